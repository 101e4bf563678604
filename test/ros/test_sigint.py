"""Ctrl-C and a termination request end every executable cleanly."""

import signal
import subprocess

import pytest

pytest.importorskip('rclpy')

from ament_index_python.packages import get_package_prefix
from diagnostic_msgs.msg import DiagnosticArray, KeyValue

PATIENCE = 100.0
"""Seconds that a process gets to start in, on a machine that is busy; never a measure of speed."""

NODES_OF = {
    'face_node': ('face_node',),
    'speech_node': ('speech_node',),
    'text_node': ('text_node',),
    'fusion_node': ('fusion_node',),
    'response_node': ('response_node',),
    'bringup': ('face_node', 'speech_node', 'text_node', 'fusion_node', 'response_node'),
}


@pytest.fixture
def process(request, domain):
    """Start an executable as `ros2 run` does; end it, whatever became of the test."""
    path = f'{get_package_prefix("mer_ros")}/lib/mer_ros/{request.param}'
    with subprocess.Popen([path], stderr=subprocess.PIPE, text=True) as child:
        yield child
        child.kill()


def wait_until_active(graph, nodes):
    reports = graph.collect(DiagnosticArray, '/diagnostics')
    awaited = set(nodes)

    def active():
        for status in (status for report in reports for status in report.status):
            if KeyValue(key='lifecycle state', value='active') in status.values:
                awaited.discard(status.name.rpartition('/')[2])
        return not awaited

    graph.wait(active, f'{nodes} to become active', PATIENCE)


@pytest.mark.parametrize('number', [signal.SIGINT, signal.SIGTERM], ids=lambda it: it.name)
@pytest.mark.parametrize(('process', 'nodes'), NODES_OF.items(), indirect=['process'],
                         ids=list(NODES_OF))
def test_a_signal_ends_the_process_with_status_0(graph, process, nodes, number):
    wait_until_active(graph, nodes)

    process.send_signal(number)
    _, errors = process.communicate(timeout=PATIENCE)

    assert process.returncode == 0, errors
    assert 'Traceback' not in errors


@pytest.mark.parametrize(('process', 'nodes'), [('bringup', NODES_OF['bringup'])],
                         indirect=['process'], ids=['bringup'])
def test_signals_that_arrive_during_the_clean_up_do_no_harm(graph, process, nodes):
    wait_until_active(graph, nodes)

    while process.poll() is None:
        process.send_signal(signal.SIGINT)
        graph.settle(0.01)
    _, errors = process.communicate(timeout=PATIENCE)

    assert process.returncode == 0, errors
    assert 'Traceback' not in errors


def test_a_parameter_that_is_not_allowed_is_answered_in_one_line(domain):
    path = f'{get_package_prefix("mer_ros")}/lib/mer_ros/fusion_node'
    done = subprocess.run([path, '--ros-args', '-p', 'rate:=1000000.0'], capture_output=True,
                          text=True, timeout=PATIENCE)
    assert done.returncode == 1
    assert 'rate' in done.stderr
    assert 'Traceback' not in done.stderr
