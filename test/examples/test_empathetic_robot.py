"""The example robot, as a user runs it."""

import os
from pathlib import Path
import subprocess
import sys

import pytest

pytest.importorskip('rclpy')
pytest.importorskip('py_trees')


def test_the_robot_answers_to_the_mood_of_the_sample_recording(repository, domain):
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ['PATH']])
    done = subprocess.run(
        [sys.executable, 'examples/empathetic_robot.py', '--replay'], cwd=repository,
        env={**os.environ, 'PATH': path}, capture_output=True, text=True, timeout=150)
    assert done.returncode == 0, done.stdout + done.stderr
    lines = [line.split()[1] for line in done.stdout.splitlines() if line.startswith('robot:')]
    # The woman in the sample is happy, then sad, then angry.
    assert lines[:2] == ['idle', 'celebrate']
    assert {'console', 'keep'} & set(lines), f'only {lines} was done'
    assert 'happiness at' in done.stdout
