"""What a program says that cannot join the graph."""

from __future__ import annotations

import os
from pathlib import Path
import subprocess
import sys

import pytest

pytest.importorskip('rclpy')

from ament_index_python.packages import get_package_prefix

NODES = Path(get_package_prefix('mer_ros')) / 'lib' / 'mer_ros'
PROGRAMS = ('text_node', 'bringup', 'replay', 'camera')


def ended(program: str, *arguments: str, **variables: str) -> list[str]:
    """Run a program that cannot start; return what it says of its own, without the log of ROS."""
    done = subprocess.run([str(NODES / program), *arguments], capture_output=True, text=True,
                          timeout=100, env={**os.environ, **variables}, check=False)
    assert done.returncode == 1, done.stderr
    return [line for line in done.stderr.splitlines() if not line.startswith('[')]


@pytest.mark.parametrize('program', PROGRAMS)
def test_a_broken_file_of_parameters_is_answered_in_one_line(
    domain: int, tmp_path: Path, program: str
) -> None:
    (tmp_path / 'broken.yaml').write_text('a: [b\n  c')
    (said,) = ended(program, '--ros-args', '--params-file', str(tmp_path / 'broken.yaml'))
    assert said.startswith('not started: ')
    assert 'broken.yaml' in said


@pytest.mark.parametrize('program', PROGRAMS)
def test_a_folder_for_logs_that_cannot_be_made_is_answered_in_one_line(
    domain: int, program: str
) -> None:
    (said,) = ended(program, ROS_LOG_DIR='/dev/null/logs')
    assert said.startswith('not started: ')
    assert '/dev/null/logs' in said


def test_an_interrupt_while_a_program_is_loaded_leaves_no_traceback(
    domain: int, tmp_path: Path
) -> None:
    """The module that is loaded last interrupts its own program."""
    (tmp_path / 'mer_ros_late.py').write_text(
        'import os, signal\nos.kill(os.getpid(), signal.SIGINT)\nmain = print\n')
    program = (NODES / 'text_node').read_text().replace(
        'from mer_ros.nodes.text_node import main', 'from mer_ros_late import main')
    # The background job of a shell, as the tests may be, starts with the signal ignored.
    program = f'import signal\nsignal.signal(2, signal.default_int_handler)\n{program}'
    (tmp_path / 'program.py').write_text(program)
    done = subprocess.run([sys.executable, str(tmp_path / 'program.py')], capture_output=True,
                          text=True, timeout=100, check=False)
    assert (done.returncode, done.stderr, done.stdout) == (0, '', '')
