"""Other users of the robot's computer read neither the files nor the memory of a node."""

import os
from pathlib import Path
import subprocess
import sys

import pytest

pytest.importorskip('rclpy')

PROGRAM = """
import ctypes, os
from mer_ros.nodes.base.run import keep_to_oneself
keep_to_oneself()
open('made', 'w').close()
print(ctypes.CDLL(None).prctl(3, 0, 0, 0, 0))
os.abort()
"""


@pytest.mark.skipif(sys.platform != 'linux', reason='prctl is of Linux')
def test_files_are_for_the_owner_alone_and_no_core_is_dumped(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, '-u', '-c', f'import resource\nresource.setrlimit(resource.RLIMIT_CORE, '
         f'(resource.getrlimit(resource.RLIMIT_CORE)[1],) * 2){PROGRAM}'],
        cwd=tmp_path, env={**os.environ}, capture_output=True, text=True, check=False)
    assert done.stdout == '0\n', done.stderr
    assert (tmp_path / 'made').stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ['made']
