"""Parameters that were given at the start and that nobody has: most likely misspelt."""

from collections.abc import Iterable, Iterator, Sequence
from difflib import get_close_matches
from itertools import pairwise
from pathlib import Path
from typing import Any

from rclpy.node import Node
import yaml

NODES = ('attention_node', 'avnet_node', 'camera', 'face_node', 'fusion_node', 'humans_node',
         'lddu_node', 'replay', 'response_node', 'speech_node', 'text_node')
"""The names of the package's nodes."""

_PARAMETERS = 'ros__parameters'


def unused_parameters(nodes: Sequence[Node], *, active: bool = True) -> list[str]:
    """Return a warning for each parameter that was given and that none of the nodes declares.

    The nodes of a process are often given the same parameters, which not all of them have.

    Args:
        nodes: all that the process has.
        active: whether they are; those of the quality of service are declared by then only.
    """
    declared = {name for node in nodes for name in node.get_parameters_by_prefix('')}
    given = {name for node in nodes for name in node._parameter_overrides
             if active or not name.startswith('qos_overrides.')}
    who = ' and '.join(node.get_name() for node in nodes)
    return [f'the parameter {name} was given, but {who} {"has" if len(nodes) == 1 else "have"} '
            f'none of this name{_instead(name, declared)}' for name in sorted(given - declared)]


def unknown_nodes(arguments: Sequence[str], names: Iterable[str]) -> list[str]:
    """Return a warning for each node of a parameter file that is called nearly as one of these.

    Other nodes than the package's may share a file, so that other names are nobody's mistake.

    Args:
        arguments: the command line, with ``--params-file`` before each file.
        names: of the nodes, besides NODES.
    """
    known = {*NODES, *names}
    return [f'{path} has parameters of {name}; no node is called so{_instead(name, known)}'
            for option, path in pairwise(arguments)
            if option == '--params-file'
            for name in sorted(set(_nodes(path)) - known)
            if _nearest(name, known)]


def _nodes(path: str) -> Iterator[str]:
    try:
        yield from _walk(yaml.safe_load(Path(path).read_text()))
    except (OSError, UnicodeDecodeError, yaml.YAMLError):
        return  # rclpy has said what is wrong with the file


def _walk(content: Any) -> Iterator[str]:
    if isinstance(content, dict):
        for name, inner in content.items():
            if isinstance(inner, dict) and _PARAMETERS in inner:
                yield str(name).rsplit('/', 1)[-1]
            elif name != _PARAMETERS:
                yield from _walk(inner)


def _instead(name: str, known: Iterable[str]) -> str:
    nearest = _nearest(name, known)
    return f'; did you mean {nearest[0]}?' if nearest else ''


def _nearest(name: str, known: Iterable[str]) -> list[str]:
    return get_close_matches(name, sorted(known), n=1)
