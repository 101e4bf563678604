"""A process of nodes goes on whatever its executor raises, and off survives its end."""

import os
import signal
import subprocess
import sys

import pytest

pytest.importorskip('rclpy')

from ament_index_python.packages import get_package_prefix
from diagnostic_msgs.msg import DiagnosticArray
from rclpy.executors import ExternalShutdownException
from std_srvs.srv import SetBool

from mer_ros.nodes.base import run

PATIENCE = 100.0


def test_whatever_the_executor_raises_is_counted_and_it_spins_on(graph, tiny, monkeypatch):
    monkeypatch.setattr(run, 'PAUSE', 0.0)
    raised = [ValueError('boom'), RuntimeError('bang'), ValueError('boom')]

    class Broken:
        context = graph.context

        def spin_once(self, timeout_sec):
            raise raised.pop() if raised else ExternalShutdownException()

    run.spin(Broken(), [tiny])
    assert raised == []
    assert tiny.meter.read(0.0).totals['errors'] == 3


@pytest.fixture
def start(domain):
    """Return what starts the text node as a process; all of them are ended."""
    path = f'{get_package_prefix("mer_ros")}/lib/mer_ros/text_node'
    running = []

    def begin():
        running.append(subprocess.Popen([path], env=os.environ, stderr=subprocess.DEVNULL))
        return running[-1]

    yield begin
    for process in running:
        process.kill()
        process.wait()


STUCK = """
import sys, time
from mer_ros.nodes.base.run import run
from mer_ros.nodes.text_node import TextNode

class Stuck(TextNode):
    def start(self, values):
        super().start(values)
        self._worker.put(lambda: time.sleep(3600))
        print('stuck', flush=True)

sys.exit(run([Stuck]))
"""


def test_a_model_that_hangs_does_not_keep_the_process_from_ending(domain):
    with subprocess.Popen([sys.executable, '-c', STUCK], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == 'stuck\n'
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0, errors
    assert 'has not finished' in errors


def test_off_survives_a_process_that_is_killed_and_started_again(graph, start):
    reports = []
    graph.probe.create_subscription(DiagnosticArray, '/diagnostics', reports.append, 10)
    process = start()

    def await_report(message):
        del reports[:]
        graph.wait(lambda: any(report.status[0].message == message for report in reports),
                   f'the report {message!r}', PATIENCE)

    await_report('nobody publishes transcript')
    client = graph.probe.create_client(SetBool, 'text_node/enable')
    graph.wait(client.service_is_ready, 'the switch')
    answer = client.call_async(SetBool.Request(data=False))
    graph.wait(answer.done, 'the answer')
    process.send_signal(signal.SIGKILL)
    process.wait()
    start()
    await_report('switched off')
