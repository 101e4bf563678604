"""What comes while the executor is held up is not lost: queues are as deep as the topic needs."""

import numpy as np
import pytest

pytest.importorskip('rclpy')

from mer_ros.msg import AudioChunk, ModalityLogits

from mer_ros.data import AudioBlock, Logits
from mer_ros.emotions import EMOTIONS
from mer_ros.messages.conversions import to_ros
from mer_ros.nodes.fusion_node import FusionNode
from mer_ros.nodes.speech_node import SpeechNode

BURST = 40


def received(node):
    return node.meter.read(0.0).totals['received']


def test_a_second_of_sound_that_waited_is_heard(graph):
    node = graph.start(SpeechNode)
    sound = graph.publisher(AudioChunk, 'audio', 100)
    for number in range(BURST):
        sound.publish(to_ros(AudioBlock(
            10**9 + number * 20_000_000, np.zeros((320, 1), np.float32), 16000, 'microphone')))
    graph.wait(lambda: received(node) == BURST, 'all of the sound')


def test_logits_that_waited_are_fused(graph):
    node = graph.start(FusionNode)
    face = graph.publisher(ModalityLogits, 'face/logits', 100)
    for number in range(BURST):
        face.publish(to_ros(Logits(
            node.now + number, 'face', EMOTIONS, np.zeros(7), person_id=f'face_{number}')))
    graph.wait(lambda: received(node) == BURST, 'all of the logits')
