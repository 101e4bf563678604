"""The nodes under a simulated clock that the test owns, and with more input than they can take."""

from threading import Event

import pytest

pytest.importorskip('rclpy')

from mer_ros.msg import EmotionState, ModalityLogits
import numpy as np
from rclpy.time import Time
from rosgraph_msgs.msg import Clock
from sensor_msgs.msg import Image

from mer_ros.data import Logits, nanoseconds
from mer_ros.emotions import EMOTIONS
from mer_ros.messages.conversions import to_ros
from mer_ros.nodes.face_node import FaceNode
from mer_ros.nodes.fusion_node import FusionNode
from mer_ros.nodes.speech_node import SpeechNode
from mer_ros.nodes.text_node import TextNode


@pytest.fixture
def sim(graph):
    """Start the fusion node on simulated time; offer its clock, its face topic and its states."""
    class Sim:
        node = graph.start(FusionNode, use_sim_time=True)
        states = graph.collect(EmotionState, 'emotion')
        clock = graph.publisher(Clock, '/clock')
        face = graph.publisher(ModalityLogits, 'face/logits')

        def set(self, seconds):
            self.clock.publish(Clock(clock=Time(nanoseconds=nanoseconds(seconds)).to_msg()))
            graph.wait(lambda: self.node.now == nanoseconds(seconds), 'the clock')

        def smile(self, seconds):
            before = self.node.meter.read(0.0).totals['received']
            scores = np.where(np.array(EMOTIONS) == 'happiness', 3.0, 0.0)
            self.face.publish(to_ros(Logits(nanoseconds(seconds), 'face', EMOTIONS, scores)))
            graph.wait(lambda: self.node.meter.read(0.0).totals['received'] > before, 'the face')

    return Sim()


def test_nothing_is_published_before_the_clock_starts(graph, sim):
    sim.smile(100.0)
    graph.settle()
    assert sim.states == []
    sim.set(101.0)
    graph.wait(lambda: sim.states, 'the state of what waited')
    assert sim.states[0].header.stamp.sec == 100


def test_a_window_closes_by_simulated_time_alone(graph, sim):
    sim.set(100.0)
    sim.smile(100.0)
    graph.settle(0.6)
    assert sim.states == [], 'the clock stands still, so no deadline has passed'
    sim.set(100.3)
    graph.wait(lambda: sim.states, 'the state at the deadline')


def test_a_clock_that_jumps_back_clears_what_was_known(graph, sim):
    sim.set(100.0)
    sim.smile(100.0)
    sim.set(100.5)
    graph.wait(lambda: len(sim.states) == 1, 'a state of the first pass')
    sim.set(10.0)
    sim.smile(10.1)
    sim.set(10.5)
    graph.wait(lambda: len(sim.states) == 2, 'a state of the second pass')
    assert [state.header.stamp.sec for state in sim.states] == [100, 10]
    assert sim.node.engine.counts['too_late'] == 0


def test_stamps_that_go_back_without_a_jump_of_the_clock_are_dropped_and_counted(graph, sim):
    sim.set(100.0)
    sim.smile(100.0)
    sim.set(100.5)
    graph.wait(lambda: len(sim.states) == 1, 'a state')
    sim.smile(50.0)
    sim.set(101.0)
    graph.settle()
    assert len(sim.states) == 1
    assert sim.node.engine.counts['too_late'] == 1


@pytest.mark.parametrize('kind', [FaceNode, SpeechNode, TextNode])
def test_a_node_that_perceives_starts_afresh_when_the_clock_jumps_back(graph, kind):
    node = graph.start(kind, use_sim_time=True)
    resets = []
    node.engine.reset = lambda: resets.append(node.now)
    clock = graph.publisher(Clock, '/clock')
    for seconds in (100.0, 101.0, 10.0):
        now = nanoseconds(seconds)
        clock.publish(Clock(clock=Time(nanoseconds=now).to_msg()))
        graph.wait(lambda now=now: node.now == now, 'the clock')
    graph.wait(lambda: resets, 'the new beginning')
    assert len(resets) == 1


@pytest.mark.parametrize(('lossless', 'taken'), [(True, 30), (False, 2)])
def test_a_slow_model_gets_every_image_of_a_recording_and_the_newest_of_a_robot(
        graph, lossless, taken):
    node = graph.start(FaceNode, lossless=lossless, every=1)
    stamps, ready = [], Event()

    def process(image):
        stamps.append(image.stamp)
        ready.wait()
        return []

    node.engine.process = process
    images = graph.publisher(Image, 'image', 100)
    try:
        for second in range(1, 31):
            message = Image(height=2, width=2, encoding='rgb8', step=6, data=bytes(12))
            message.header.stamp.sec = second
            images.publish(message)
            graph.wait(lambda second=second: node.meter.read(0.0).totals['received'] == second,
                       'an image')
            graph.wait(lambda: stamps, 'the first image to be taken')
    finally:
        ready.set()
    graph.wait(lambda: stamps[-1] == nanoseconds(30.0), 'the last image')
    assert len(stamps) == taken
