"""The client of the tools, as a user runs it."""

from dataclasses import replace
import os
from pathlib import Path
import subprocess
import sys
import time

import pytest

pytest.importorskip('rclpy')
pytest.importorskip('mcp')

from mer_ros.msg import EmotionState

from mer_ros.messages.conversions import to_ros
from mer_ros.nodes.base.qos import STATE_QOS


def test_it_prints_how_people_seem_and_why_not_otherwise(graph, repository, anna):
    graph.probe.create_publisher(EmotionState, 'emotion', STATE_QOS).publish(
        to_ros(replace(anna, stamp=time.time_ns(), valid_for=600 * 10**9)))
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ['PATH']])
    done = subprocess.run(
        [sys.executable, 'examples/ask_the_robot.py', 'anger'], cwd=repository,
        env={**os.environ, 'PATH': path}, capture_output=True, text=True, timeout=150)
    assert done.returncode == 0, done.stdout + done.stderr
    assert 'anna seems to show calm: probability 0.75' in done.stdout
    assert 'why not anger? anger has probability 0.25, calm has 0.75.' in done.stdout
