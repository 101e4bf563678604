"""The monitor on a live topic, as a user runs it."""

from contextlib import contextmanager
import os
import pty
import signal
import subprocess
import sys
import time

import pytest

pytest.importorskip('rclpy')

from mer_ros.msg import EmotionState, EmotionStateArray
import numpy as np

from mer_ros.data import Emotion, ModalityOpinion
from mer_ros.emotions import EMOTIONS
from mer_ros.messages.conversions import array_message, to_ros
from mer_ros.nodes.base.qos import STATE_QOS

COMMAND = [sys.executable, '-c', 'from mer_ros.cli import main; main()', 'monitor']


def message(person):
    """Return the state of a happy person, as of now."""
    probability = np.full(7, 0.05)
    probability[EMOTIONS.index('happiness')] = 0.7
    opinion = ModalityOpinion('face', 'lite', probability / 2, 0.5, probability, 0, 0.9)
    return to_ros(Emotion(
        stamp=time.time_ns(), window_start=0, person_id=person, label='happiness',
        confidence=0.7, uncertainty=0.25, conflict=0.125, labels=EMOTIONS,
        belief=probability * 0.75, probability=probability, alpha=probability + 1,
        modalities=(opinion,), missing=('speech', 'text'), valid_for=60 * 10**9))


@contextmanager
def monitor(*arguments, **options):
    """Run the command; whatever happens, it is not left behind."""
    child = subprocess.Popen([*COMMAND, *arguments], env={**os.environ, 'COLUMNS': '80'}, **options)
    try:
        yield child
    finally:
        if child.poll() is None:
            child.kill()
        child.wait()


def test_once_prints_everybody_and_ends(graph):
    people = [message('anna'), message('ben')]
    for topic, kind, content in (('emotion', EmotionState, people[0]),
                                 ('emotion_array', EmotionStateArray, array_message(people))):
        graph.probe.create_publisher(kind, topic, STATE_QOS).publish(content)
    with monitor('--once', stdout=subprocess.PIPE, text=True) as child:
        graph.wait(lambda: child.poll() is not None, 'the end')
        lines = child.stdout.read().splitlines()
    assert child.returncode == 0
    assert [line.split()[1] for line in lines] == ['anna', 'ben']
    assert 'happiness 0.70  uncertainty 0.25  conflict 0.12  face happiness 0.70' in lines[0]
    assert lines[0].endswith('missing speech, text')


def test_several_emotions_at_once_are_shown_beside_the_others(graph):
    state = Emotion(
        stamp=time.time_ns(), window_start=0, person_id='anna', label='joy', confidence=0.9,
        uncertainty=0.25, conflict=0.0, labels=('joy', 'pride'), belief=np.empty(0),
        probability=np.array([0.9, 0.75]), alpha=np.empty(0), valid_for=60 * 10**9,
        multi_label=True, label_uncertainty=np.array([0.25, 0.5]))
    graph.probe.create_publisher(EmotionState, 'lddu/emotion', STATE_QOS).publish(to_ros(state))
    with monitor('--once', '--namespace', 'lddu', stdout=subprocess.PIPE, text=True) as child:
        graph.wait(lambda: child.poll() is not None, 'the end')
        text = child.stdout.read()
    assert child.returncode == 0
    assert 'joy 0.90  uncertainty 0.25' in text
    assert 'several at once: joy 0.90, pride 0.75' in text


def test_once_says_when_nobody_was_perceived(graph):
    with monitor('--once', '--timeout', '0.3', stdout=subprocess.PIPE, text=True) as child:
        graph.wait(lambda: child.poll() is not None, 'the end')
        text = child.stdout.read()
    assert child.returncode == 1
    assert text == 'nobody was perceived on /emotion within 0.3 s\n'


def test_without_a_terminal_every_state_of_the_namespace_is_a_line(graph):
    with monitor('--namespace', 'robot1', stdout=subprocess.PIPE, text=True) as child:
        publisher = graph.publisher(EmotionState, '/robot1/emotion', STATE_QOS)
        for person in ('anna', 'ben', 'anna'):
            publisher.publish(message(person))
        persons = [child.stdout.readline().split()[1] for _ in range(3)]
        child.send_signal(signal.SIGINT)
        rest, _ = child.communicate(timeout=20)
    assert persons == ['anna', 'ben', 'anna']
    assert rest == ''
    assert child.returncode == 0


def test_in_a_terminal_the_bars_are_live_and_ctrl_c_ends_them_cleanly(graph):
    publisher = graph.probe.create_publisher(EmotionState, 'emotion', STATE_QOS)
    publisher.publish(message('anna'))
    controller, terminal = pty.openpty()
    with monitor(stdin=terminal, stdout=terminal, stderr=terminal, start_new_session=True) as child:
        os.close(terminal)
        shown = b''
        while b'uncertainty' not in shown:
            shown += os.read(controller, 4096)
        child.send_signal(signal.SIGINT)
        while chunk := _read(controller):
            shown += chunk
        assert child.wait(20) == 0
    text = shown.decode()
    assert 'anna' in text
    assert '█' in text
    assert 'Traceback' not in text


def _read(controller):
    """Return what the terminal shows next, b'' when the program has ended."""
    try:
        return os.read(controller, 4096)
    except OSError:  # how Linux tells that nobody holds the terminal any more
        return b''
