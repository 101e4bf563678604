"""Whether somebody on another host, who knows the robot's address, hears what is published."""

from __future__ import annotations

import os
from pathlib import Path
import shutil
import subprocess
import sys

import pytest

pytest.importorskip('rclpy')

NODE = """
import sys, time
import rclpy
from std_msgs.msg import String
rclpy.init()
node, heard = rclpy.create_node(sys.argv[1]), []
topic = node.create_publisher(String, 'transcript', 10)
if sys.argv[1] == 'spy':
    node.create_subscription(String, 'transcript', heard.append, 10)
until = time.monotonic() + float(sys.argv[2])
while time.monotonic() < until and not heard:
    if sys.argv[1] == 'talker':
        topic.publish(String(data='my secret diagnosis'))
    rclpy.spin_once(node, timeout_sec=0.1)
print(sys.argv[1], 'heard', len(heard))
"""

PATIENCE_S = 25
"""How long the talker talks, and a spy waits who ought to hear it."""

TRIES = 3
"""Discovery between two new networks fails now and then on a busy machine."""


def spy_hears(tmp_path: Path, seconds: float, **environment: str) -> bool:
    """Tell whether a spy on another host hears a talker that has this environment in time."""
    if not (shutil.which('unshare') and shutil.which('ip')):
        pytest.skip('unshare and ip are needed: apt install util-linux iproute2')
    (tmp_path / 'node.py').write_text(NODE)
    commands = [f'{sys.executable} {tmp_path / "node.py"} {name} {lasting}'
                for name, lasting in (('talker', PATIENCE_S + 10), ('spy', seconds))]
    done = subprocess.run(
        ['unshare', '--map-root-user', '--net', '--mount', '--pid', '--fork', '--mount-proc',
         '--kill-child', 'sh',
         str(Path(__file__).with_name('two_hosts.sh')), *commands],
        env={**os.environ, 'ROS_AUTOMATIC_DISCOVERY_RANGE': 'LOCALHOST', 'ROS_DOMAIN_ID': '0',
             **environment}, capture_output=True, text=True, timeout=3 * PATIENCE_S, check=False)
    if 'spy heard' not in done.stdout:
        pytest.skip(f'networks of their own cannot be made here: {done.stderr[-500:]}')
    return 'spy heard 0' not in done.stdout


def test_the_profile_keeps_other_hosts_out(tmp_path: Path, repository: Path) -> None:
    """The range alone does not: a spy that knows the address hears a talker without the profile."""
    if not any(spy_hears(tmp_path, PATIENCE_S) for _ in range(TRIES)):
        pytest.skip('networks of their own cannot be made here: the spy hears nothing even '
                    'without the profile')
    profile = repository / 'config' / 'fastdds_loopback.xml'
    assert not spy_hears(tmp_path, 10, FASTRTPS_DEFAULT_PROFILES_FILE=str(profile))
