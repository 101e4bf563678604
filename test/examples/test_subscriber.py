"""The subscriber of the README, as a user runs it."""

import signal
import subprocess
import sys

import pytest

pytest.importorskip('rclpy')

from mer_ros.msg import EmotionState, ModalityLogits
import numpy as np

from mer_ros.data import Logits
from mer_ros.emotions import EMOTIONS
from mer_ros.messages.conversions import to_ros
from mer_ros.nodes.fusion_node import FusionNode


def test_the_readme_shows_the_example(repository):
    example = (repository / 'examples' / 'subscriber.py').read_text()
    code = example.partition('"""\n\n')[2]
    assert code
    assert f'```python\n{code}```\n' in (repository / 'README.md').read_text()


def test_a_subscriber_that_comes_late_prints_the_last_state(graph, repository, tmp_path):
    graph.start(FusionNode, modalities=['face'])
    states = graph.collect(EmotionState, 'emotion')
    logits = graph.publisher(ModalityLogits, 'face/logits')
    logits.publish(to_ros(Logits(
        graph.probe.get_clock().now().nanoseconds, 'face', EMOTIONS,
        np.where(np.array(EMOTIONS) == 'happiness', 5.0, 0.0), 'anna')))
    graph.wait(lambda: states, 'a state')
    output = tmp_path / 'output'
    with output.open('w') as file, subprocess.Popen(
            [sys.executable, 'examples/subscriber.py'], cwd=repository, stdout=file,
            stderr=subprocess.STDOUT) as child:
        try:
            graph.wait(lambda: '\n' in output.read_text(), 'a line')
        finally:
            child.send_signal(signal.SIGINT)
    assert output.read_text().startswith('anna: happiness, probability 0.9')
    assert child.returncode == 0, output.read_text()
