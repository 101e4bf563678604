"""The dashboard on a live graph, as a user runs it."""

from contextlib import contextmanager
import json
import os
import re
import signal
import subprocess
import sys
from types import SimpleNamespace

import pytest

pytest.importorskip('rclpy')
pytest.importorskip('websockets')

from mer_ros.msg import EmotionState
from websockets.sync.client import connect

from mer_ros.messages.conversions import to_ros
from mer_ros.nodes.base.qos import STATE_QOS
from mer_ros.nodes.watch.ros_source import RosSource

COMMAND = [sys.executable, '-u', '-c', 'from mer_ros.cli import main; main()', 'dashboard',
           '--port', '0']


@contextmanager
def dashboard(*arguments):
    """Run the command until it says where it serves; interrupt it in the end."""
    child = subprocess.Popen([*COMMAND, *arguments], stdout=subprocess.PIPE, text=True,
                             env=os.environ)
    try:
        said = ''
        while not (address := re.search(r'http://([^/]+)/', said)):
            line = child.stdout.readline()
            assert line, f'it ended: {said}'
            said += line
        yield address[1], said
    finally:
        child.send_signal(signal.SIGINT)
        rest, _ = child.communicate(timeout=30)
        assert child.returncode == 0, rest


def test_the_states_of_a_namespace_reach_the_browser_while_it_looks(graph, anna):
    publisher = graph.probe.create_publisher(EmotionState, '/robot1/emotion', STATE_QOS)
    publisher.publish(to_ros(anna))
    with dashboard('--namespace', 'robot1') as (host, said):
        assert 'warning' not in said
        assert graph.probe.count_subscribers('/robot1/emotion') == 0
        with connect(f'ws://{host}/states', origin=f'http://{host}') as viewer:
            while (told := json.loads(viewer.recv(20)))['type'] != 'state':
                pass
        assert told['person'] == 'anna'
        graph.wait(lambda: graph.probe.count_subscribers('/robot1/emotion') == 0,
                   'the end of the subscription')


def test_serving_the_whole_network_is_warned_of(domain):
    with dashboard('--host', '0.0.0.0') as (_, said):
        assert 'warning' in said
        assert 'no password' in said


def test_a_port_that_is_taken_is_an_error_of_one_line(domain):
    with dashboard() as (host, _):
        done = subprocess.run([*COMMAND[:-1], host.rpartition(':')[2]], capture_output=True,
                              text=True, timeout=60, env=os.environ)
    assert done.returncode == 1
    assert 'in use' in done.stderr
    assert 'Traceback' not in done.stderr


@pytest.mark.parametrize('order', [1, -1])
def test_after_a_quick_reload_the_new_viewer_is_served(order):
    source, done = RosSource.__new__(RosSource), []
    source._wishes = source._heeded = 0
    source._node = SimpleNamespace(start=lambda: done.append('start'),
                                   stop=lambda: done.append('stop'))
    tasks = []
    source._executor = SimpleNamespace(create_task=tasks.append)
    source.start(print)
    source.stop()
    source.start(print)
    for task in tasks[::order]:
        task()
    assert done == ['stop', 'start']
