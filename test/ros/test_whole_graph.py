"""Bags through the whole graph, in one process or one a node."""

from contextlib import contextmanager, ExitStack
import csv
from itertools import pairwise
import os
import signal
import subprocess
from threading import Thread

from ament_index_python.packages import get_package_prefix
import pytest

pytest.importorskip('rclpy')

from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus
from mer_ros.msg import EmotionState
from rosgraph_msgs.msg import Clock

from mer_ros.bags import BagReader, BagWriter
from mer_ros.bags.bag_messages import to_message
from mer_ros.bags.convert import media_to_bag
from mer_ros.bags.input_bag import BAG_START, write_input
from mer_ros.bags.typestore import typestore
from mer_ros.data import NANOSECONDS, nanoseconds, Words
from mer_ros.engines.pipeline import Pipeline, time_of
from mer_ros.evaluation.bag_inputs import BagInputs
from mer_ros.messages.conversions import emotion_from, to_nanoseconds
from mer_ros.nodes.replay.replay_node import replay_bag
from mer_ros.perception.media import read_media
from mer_ros.samples import SAMPLE_BAG
from mer_ros.window import WindowSettings

SIM = ('--ros-args', '--log-level', 'warn', '-p', 'use_sim_time:=true',
       '-p', 'image_transport:=compressed')


@contextmanager
def process(node, *arguments):
    """Run an executable of the package for as long as the block lasts."""
    path = f'{get_package_prefix("mer_ros")}/lib/mer_ros/{node}'
    child = subprocess.Popen([path, *arguments], env=os.environ)
    try:
        yield child
    finally:
        if child.poll() is None:
            child.send_signal(signal.SIGINT)
        assert child.wait(20) == 0, f'{node} ended with status {child.returncode}'


def replay_through(graph, bag, nodes=('bringup',)):
    """Return the states that the graph publishes while a bag is replayed."""
    with ExitStack() as running:
        for node in nodes:
            running.enter_context(process(node, *SIM))
        # Discovery may take seconds: a bag that starts before would be half over.
        states = graph.collect(EmotionState, 'emotion', 100)
        playing = running.enter_context(process(
            'replay', str(bag), '--ros-args', '-p', 'wait_for:=30.0', '-p', 'tail:=5.0',
            '-p', 'progress:=false'))
        graph.wait(lambda: playing.poll() is not None, 'the end of the bag', patience=60.0)
        graph.settle(1.0)
    return states


def play(graph, bag, **options):
    """Replay a bag to its end while the graph runs."""
    playing = Thread(target=replay_bag, args=(bag,), kwargs={
        'wait_for': 30.0, 'reliable': True, 'progress': False, 'tail': TAIL, **options})
    playing.start()
    graph.wait(lambda: not playing.is_alive(), 'the end of the bag', patience=60.0)
    graph.settle(0.2)


def check(states, bag):
    """Assert what must hold for every state of a bag."""
    assert states, 'nothing was perceived'
    with BagReader(bag) as reader:
        first, last = reader.start, reader.end
    stamps = [to_nanoseconds(state.header.stamp) for state in states]
    assert stamps == sorted(stamps)
    assert first <= stamps[0]
    assert all(stamp <= last for stamp, state in zip(stamps, states, strict=True)
               if state.modalities)
    for state in states:
        assert sum(state.belief) + state.uncertainty == pytest.approx(1.0)
        assert sum(state.probability) == pytest.approx(1.0)
        assert min(state.alpha) >= 1.0
        assert 0.0 <= state.conflict <= 1.0


def used(states):
    return {opinion.modality for state in states for opinion in state.modalities}


def test_an_audio_visual_clip_with_its_words_is_perceived_in_every_modality(
        graph, sample_film, tmp_path):
    media_to_bag(sample_film, tmp_path / 'bag', transcript='I am so happy, this is wonderful news!')
    states = replay_through(graph, tmp_path / 'bag')
    check(states, tmp_path / 'bag')
    assert used(states) == {'face', 'speech', 'text'}


def test_four_nodes_in_four_processes_do_the_same(graph, sample_film, tmp_path):
    media_to_bag(sample_film, tmp_path / 'bag', transcript='I am so happy, this is wonderful news!')
    states = replay_through(
        graph, tmp_path / 'bag', ('fusion_node', 'face_node', 'speech_node', 'text_node'))
    check(states, tmp_path / 'bag')
    assert used(states) == {'face', 'speech', 'text'}


def test_the_happy_and_the_neutral_clip_of_an_actor_are_understood(graph, shared_data, tmp_path):
    """The intended emotion gets more probability than chance; faint anger and disgust may not."""
    with open(shared_data / 'crema_d' / 'clips.csv', newline='') as file:
        rows = [row for row in csv.DictReader(file) if row['clip'].startswith('1001_')]
    right = set()
    with process('bringup', *SIM):
        states = graph.collect(EmotionState, 'emotion', 100)
        for row in rows:
            bag, before = tmp_path / row['clip'], len(states)
            media_to_bag(shared_data / 'crema_d' / 'clips' / f'{row["clip"]}.mp4', bag)
            play(graph, bag, tail=2.0)
            found = [state for state in states[before:] if state.modalities]
            check(found, bag)
            mean = sum(state.probability[list(state.labels).index(row['intended'])]
                       for state in found) / len(found)
            if mean > 1.0 / len(found[0].labels):
                right.add(row['intended'])
    assert len(rows) == 4
    assert right >= {'happiness', 'neutral'}


def test_a_voice_alone_is_heard(graph, sample_film, tmp_path):
    media_to_bag(sample_film.with_suffix('.wav'), tmp_path / 'bag')
    states = replay_through(graph, tmp_path / 'bag')
    check(states, tmp_path / 'bag')
    assert used(states) == {'speech'}
    assert set(states[-1].missing) >= {'face', 'text'}


def test_a_bag_with_text_that_is_no_utf8_is_replayed_to_its_end(graph, tmp_path):
    start = 1000 * NANOSECONDS
    with BagWriter(tmp_path / 'bag') as writer:
        for second in range(3):
            words = to_message(Words(start + second * NANOSECONDS, 'I am so happy today'))
            writer.write('/transcript', words, start + second * NANOSECONDS)
    path = next((tmp_path / 'bag').glob('*.mcap'))
    damaged = path.read_bytes().replace(b'so happy', b's\xff\xfehappy', 1)
    assert damaged != path.read_bytes()
    path.write_bytes(damaged)
    states = replay_through(graph, tmp_path / 'bag')
    assert used(states) == {'text'}


EXACT = ('-p', 'lossless:=true', '-p', 'window.settle:=3.0', '-p', 'window.max_future:=60.0')
"""What makes the states a function of the bag alone."""

TAIL = 3.5


@pytest.fixture
def moment(sample_film, tmp_path):
    """Return a bag of the first 2 s of a film, with words at its end."""
    end = BAG_START + nanoseconds(2.0)
    with BagWriter(tmp_path / 'moment') as bag:
        for item in read_media(sample_film, start=BAG_START):
            if time_of(item) < end:
                write_input(bag, item)
        write_input(bag, Words(end, 'What a great day!'))
    return tmp_path / 'moment'


def cdr(state):
    """Return the bytes of a state; rclpy would leave what was in memory where it aligns fields."""
    return typestore().serialize_cdr(to_message(state), 'mer_ros/msg/EmotionState')


def as_bytes(message):
    """Return the bytes of the state that a message holds."""
    return cdr(emotion_from(message))


def rounds_of(graph, states, bag, **options):
    """Replay a bag; return the bytes of the new states."""
    before = len(states)
    play(graph, bag, **options)
    return [as_bytes(state) for state in states[before:]]


def test_a_bag_gives_the_same_bytes_every_time_and_at_every_rate(graph, moment):
    with process('bringup', *SIM, *EXACT):
        states = graph.collect(EmotionState, 'emotion', 100)
        first, *others = (rounds_of(graph, states, moment, rate=rate)
                          for rate in (1.0, 1.0, 0.5, 5.0))
    assert used(states) == {'face', 'speech', 'text'}
    assert len(first) > 3
    for other in others:
        assert other == first


def test_the_report_of_a_bag_is_what_the_graph_publishes(graph):
    window = WindowSettings(settle=nanoseconds(3.0), max_future=nanoseconds(60.0))
    inputs = BagInputs(SAMPLE_BAG)
    pipeline = Pipeline(window=window)
    # At its end a report also judges what was left open; a robot hears no end.
    reported = [cdr(state) for item in inputs.read(inputs.topics) for state in pipeline.feed(item)]
    ended = reported + [cdr(state) for state in pipeline.finish()]
    with process('bringup', *SIM, *EXACT):
        states = graph.collect(EmotionState, 'emotion', 100)
        published = rounds_of(graph, states, SAMPLE_BAG, rate=1.0)
    assert used(states) == {'face', 'speech', 'text'}
    lasting = [state for state in states if state.modalities]
    assert len(lasting) == len(ended) > 10
    assert published[:len(ended) - 1] == ended[:-1]
    assert len(reported) > 10


def test_a_bag_that_loops_gives_the_same_bytes_in_every_round(graph, moment):
    reports, ticks = [], []
    graph.probe.create_subscription(DiagnosticArray, '/diagnostics', reports.append, 100)
    graph.probe.create_subscription(
        Clock, '/clock', lambda message: ticks.append(to_nanoseconds(message.clock)), 100)

    def rounds():
        """Return the states of each round: a new one begins where stamps go back."""
        found, newest = [], 0
        for state in states:
            stamp = to_nanoseconds(state.header.stamp)
            if not found or stamp < newest:
                found.append([])
            found[-1].append(as_bytes(state))
            newest = stamp
        return found

    with process('bringup', *SIM, *EXACT):
        states = graph.collect(EmotionState, 'emotion', 100)
        with process('replay', str(moment), '--ros-args', '--log-level', 'warn', '-p', 'loop:=true',
                     '-p', 'rate:=5.0', '-p', f'tail:={TAIL}', '-p', 'reliable:=true'):
            graph.wait(lambda: len(rounds()) > 2, 'the third round', patience=60.0)
    first, second, *_ = rounds()
    assert second == first
    back = next(index for index, (now, then) in enumerate(pairwise(ticks), start=1) if then < now)
    assert ticks[back:back + 10] == 10 * [ticks[back]], 'the clock stands when a round begins'
    last = {status.name: status for report in reports for status in report.status}
    assert len(last) == 5
    for status in last.values():
        assert status.level in (DiagnosticStatus.OK, DiagnosticStatus.WARN), status.message
        counts = {value.key: value.value for value in status.values}
        assert not counts.keys() & {'errors', 'dropped', 'engine.too_late', 'engine.future'}


def test_without_a_clock_the_graph_publishes_nothing(graph, moment):
    with process('bringup', *SIM):
        states = graph.collect(EmotionState, 'emotion', 100)
        assert rounds_of(graph, states, moment, rate=5.0, clock=False, tail=0.0) == []
        assert rounds_of(graph, states, moment, rate=5.0) != []
