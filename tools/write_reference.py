"""Write the profiles in config and the tables of doc/PARAMETERS.md from the declarations.

Run it after a parameter was added or changed:  python tools/write_reference.py
A test checks that the files are what this script would write.
"""

from pathlib import Path
from textwrap import wrap

from mer_ros.nodes import (
    attention_node,
    avnet_node,
    face_node,
    fusion_parameters,
    lddu_node,
    response_parameters,
    speech_node,
    text_node,
)
from mer_ros.nodes.base.engine_node import COMMON
from mer_ros.nodes.base.parameters import Parameter
from mer_ros.nodes.humans import humans_parameters
from mer_ros.nodes.replay import replay_node as replay
from mer_ros.profiles import PROFILES

ROOT = Path(__file__).resolve().parent.parent

NODES: dict[str, tuple[Parameter, ...]] = {
    'fusion_node': (*fusion_parameters.PARAMETERS, *fusion_parameters.modality_parameters(
        fusion_parameters.PARAMETERS[0].default)),
    'face_node': face_node.PARAMETERS,
    'speech_node': speech_node.PARAMETERS,
    'text_node': text_node.PARAMETERS,
    'avnet_node': avnet_node.PARAMETERS,
    'attention_node': attention_node.PARAMETERS,
    'lddu_node': lddu_node.PARAMETERS,
    'response_node': response_parameters.PARAMETERS,
    'humans_node': humans_parameters.PARAMETERS,
}

TITLES = {
    'lite': ['the built-in models.  Every parameter with its default and its meaning;'],
    'paper': [
        'the models of the multimodal paper, which need the extra [paper] and weights:',
        '`mer_ros models download --profile paper`.  Every parameter with its meaning;',
    ],
}
"""What stands at the head of a profile."""


def yaml(profile: str = 'lite') -> str:
    """Return the text of a profile: every parameter, its meaning and its value."""
    title, *more = TITLES[profile]
    lines = [
        f'# Profile {profile}: {title}', *(f'# {line}' for line in more),
        '# written by tools/write_reference.py from the declarations of the nodes.',
        '/**:',
    ]
    for node, parameters in NODES.items():
        chosen = PROFILES[profile].get(node, {})
        lines += [f'  {node}:', '    ros__parameters:']
        for parameter in (*COMMON, *parameters):
            value = chosen.get(parameter.name, parameter.default)
            note = '' if value == parameter.default else f'  # not {_literal(parameter.default)}'
            lines += [f'      # {line}' for line in wrap(_meaning(parameter), 88)]
            lines.append(f'      {parameter.name}: {_literal(value)}{note}')
    return '\n'.join(lines) + '\n'


def markdown() -> str:
    """Return the text of the parameter reference."""
    lines = ['# Parameters', '', 'Written by `tools/write_reference.py` from the declarations. '
             '*Live* parameters may change while a node runs; the others while it is unconfigured.']
    for node, parameters in {**NODES, 'replay': replay.PARAMETERS}.items():
        lines += ['', f'## {node}', '', '| parameter | default | allowed | live | meaning |',
                  '|---|---|---|---|---|']
        common = () if node == 'replay' else COMMON
        lines += [f'| `{parameter.name}` | `{_literal(parameter.default)}` | {_allowed(parameter)} '
                  f'| {"yes" if parameter.live else "no"} | {parameter.description} |'
                  for parameter in (*common, *parameters)]
    return '\n'.join(lines) + '\n'


def _meaning(parameter: Parameter) -> str:
    allowed = _allowed(parameter)
    return parameter.description + (f' [{allowed}]' if allowed else '')


def _allowed(parameter: Parameter) -> str:
    if parameter.choices:
        return ', '.join(choice or "''" for choice in parameter.choices)
    return f'{parameter.range[0]:g} to {parameter.range[1]:g}' if parameter.range else ''


def _literal(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return '[' + ', '.join(_literal(item) for item in value) + ']'
    return f"'{value}'" if value == '' else str(value)


if __name__ == '__main__':
    for name in PROFILES:
        (ROOT / 'config' / f'{name}.yaml').write_text(yaml(name))
    (ROOT / 'doc' / 'PARAMETERS.md').write_text(markdown())
