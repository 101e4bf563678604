"""The whole graph in one process: the simplest way to run the package."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
import sys
from typing import Any

from mer_ros.nodes.base.engine_node import EngineNode
from mer_ros.nodes.base.executors import EXECUTORS
from mer_ros.nodes.base.not_started import say_why_not_started
from mer_ros.nodes.base.run import run
from mer_ros.nodes.face_node import FaceNode
from mer_ros.nodes.fusion_node import FusionNode
from mer_ros.nodes.response_node import ResponseNode
from mer_ros.nodes.speech_node import SpeechNode
from mer_ros.nodes.text_node import TextNode


def _avnet(**options: Any) -> EngineNode:
    from mer_ros.nodes.avnet_node import AvNetNode  # most robots run without it

    return AvNetNode(**options)


PERCEPTION: dict[str, Callable[..., EngineNode]] = {
    'face': FaceNode, 'speech': SpeechNode, 'text': TextNode, 'av': _avnet}
"""What makes the node that perceives each modality."""


OPTIONS = {'humans': ('false', 'true'), 'attention': ('false', 'true'), 'lddu': ('false', 'true'),
           'response': ('true', 'false'),
           'executor': tuple(EXECUTORS)}
"""What else runs, and in which executor: the values of ``NAME:=VALUE``, the default first."""


def makers(options: Mapping[str, str]) -> Iterator[Callable[[], EngineNode]]:
    """Yield what makes the fusion node, those of the modalities that it fuses, and the options."""
    fusion = FusionNode()
    yield lambda: fusion
    if options['humans'] == 'true':
        from mer_ros.nodes.humans.humans_node import HumansNode  # needs hri_msgs

        yield HumansNode
    else:
        modalities = fusion.get_parameter('modalities').value
        yield from (node for modality, node in PERCEPTION.items() if modality in modalities)
    if options['attention'] == 'true':
        from mer_ros.nodes.attention_node import AttentionNode

        yield AttentionNode
    if options['lddu'] == 'true':
        from mer_ros.nodes.lddu_node import LdduNode

        yield LdduNode
    if options['response'] == 'true':
        yield ResponseNode


@say_why_not_started
def main(args: list[str] | None = None) -> int:
    """Run the nodes in one executor; their models work in threads of their own."""
    words = list(sys.argv if args is None else args)
    given = {name: values[0] for name, values in OPTIONS.items()}
    # Not by rclpy's remove_ros_args: for rcl, response:=true renames the topic `response`.
    own = words.index('--ros-args') if '--ros-args' in words else len(words)
    for argument in words[1:own]:
        name, _, value = argument.partition(':=')
        if value not in OPTIONS.get(name, ()):
            known = [f'{option}:={"|".join(values)}' for option, values in OPTIONS.items()]
            print(f'not started: {argument!r} is not understood; known: {known} and --ros-args ...',
                  file=sys.stderr)
            return 2
        given[name] = value
    return run(makers(given), [*words[:1], f'executor:={given["executor"]}', *words[own:]])
