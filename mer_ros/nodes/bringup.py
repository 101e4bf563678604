"""All nodes in one process: the simplest way to run the package."""

from __future__ import annotations

from mer_ros.nodes.face_node import FaceNode
from mer_ros.nodes.fusion_node import FusionNode
from mer_ros.nodes.run import run
from mer_ros.nodes.speech_node import SpeechNode
from mer_ros.nodes.text_node import TextNode


def main(args: list[str] | None = None) -> int:
    """Run every node in one executor; their models work in threads of their own."""
    return run([FusionNode, FaceNode, SpeechNode, TextNode], args)
