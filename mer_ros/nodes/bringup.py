"""The whole graph in one process: the simplest way to run the package."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from mer_ros.nodes.avnet_node import AvNetNode
from mer_ros.nodes.base.engine_node import EngineNode
from mer_ros.nodes.base.run import run
from mer_ros.nodes.face_node import FaceNode
from mer_ros.nodes.fusion_node import FusionNode
from mer_ros.nodes.response_node import ResponseNode
from mer_ros.nodes.speech_node import SpeechNode
from mer_ros.nodes.text_node import TextNode

PERCEPTION = {'face': FaceNode, 'speech': SpeechNode, 'text': TextNode, 'av': AvNetNode}
"""The node that perceives each modality."""


def makers() -> Iterator[Callable[[], EngineNode]]:
    """Yield what makes the fusion node, those of the modalities that it fuses, and the response."""
    fusion = FusionNode()
    yield lambda: fusion
    modalities = fusion.get_parameter('modalities').value
    yield from (node for modality, node in PERCEPTION.items() if modality in modalities)
    yield ResponseNode


def main(args: list[str] | None = None) -> int:
    """Run the nodes in one executor; their models work in threads of their own."""
    return run(makers(), args)
