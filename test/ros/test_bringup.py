"""What the executable bringup makes of its arguments."""

import os
import signal
import subprocess
import sys

import pytest

pytest.importorskip('rclpy')

from mer_ros.msg import EmotionState, Transcript
import rclpy
from rclpy.executors import SingleThreadedExecutor

from mer_ros.nodes import bringup
from mer_ros.nodes.base.executors import EXECUTORS, take_executor
from mer_ros.nodes.base.qos import STATE_QOS
from mer_ros.nodes.base.run import run
from mer_ros.nodes.text_node import TextNode

COMMAND = [sys.executable, '-c', 'from mer_ros.cli import main; main()', 'bringup']


@pytest.mark.parametrize('value', ['true', 'false'])
def test_an_option_renames_no_topic(monkeypatch, value):
    given = []
    monkeypatch.setattr(bringup, 'run', lambda makers, args, **options: given.append(args) or 0)
    settings = ['--ros-args', '-r', 'image:=camera']
    assert bringup.main(['bringup', f'response:={value}', 'lddu:=true', *settings]) == 0
    assert given == [['bringup', 'executor:=auto', *settings]]


def test_an_unknown_option_is_refused_with_the_known_ones(monkeypatch, capsys):
    monkeypatch.setattr(bringup, 'run', lambda makers, args, **options: 0)
    assert bringup.main(['bringup', 'respond:=true']) == 2
    said = capsys.readouterr().err
    assert 'response:=true|false' in said
    assert 'executor:=auto|single|events' in said


def test_an_rclpy_without_the_executor_of_events_says_what_is_allowed(domain, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, 'rclpy.experimental', None)
    assert run([TextNode], ['text_node', 'executor:=events']) == 1
    assert not rclpy.ok()
    said = capsys.readouterr().err
    assert said.startswith('not started: executor:=events needs')
    assert 'allowed here: executor:=single' in said


def test_without_a_word_such_an_rclpy_gets_its_own_executor(domain, monkeypatch):
    monkeypatch.setitem(sys.modules, 'rclpy.experimental', None)
    rclpy.init()
    try:
        assert isinstance(EXECUTORS['auto'](), SingleThreadedExecutor)
    finally:
        rclpy.shutdown()


def test_an_unknown_executor_is_refused_with_the_known_ones(capsys):
    assert run([TextNode], ['text_node', 'executor:=fast']) == 2
    assert 'executor:=fast is not understood; known: executor:=auto|single|events' in (
        capsys.readouterr().err)


def test_what_follows_ros_args_chooses_no_executor():
    words = ['text_node', 'executor:=single', '--ros-args', '-r', 'executor:=topic']
    assert take_executor(words) == ('single', ['text_node', *words[2:]])
    assert take_executor(words[:1]) == ('auto', words[:1])


@pytest.mark.parametrize('executor', ['events', 'single'])
def test_with_either_executor_the_graph_perceives_and_ends_cleanly(graph, executor):
    if executor == 'events':
        pytest.importorskip('rclpy.experimental')
    child = subprocess.Popen([*COMMAND, '--executor', executor, 'response:=false', '--ros-args',
                              '-p', 'modalities:=[text]'], stderr=subprocess.PIPE, text=True,
                             env=os.environ)
    try:
        words = graph.publisher(Transcript, 'transcript')
        states = graph.collect(EmotionState, 'emotion', STATE_QOS)
        message = Transcript(text='What a lovely day, I am so happy!', confidence=1.0)
        message.header.stamp = graph.probe.get_clock().now().to_msg()
        words.publish(message)
        graph.wait(lambda: states, 'a state')
        assert states[0].label == 'happiness'
    finally:
        child.send_signal(signal.SIGINT)
        rest = child.communicate(timeout=60)[1]
    assert child.returncode == 0, rest
    assert 'Traceback' not in rest
