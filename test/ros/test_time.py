"""The fusion node under a simulated clock that the test owns."""

import pytest

pytest.importorskip('rclpy')

from mer_ros.msg import EmotionState, ModalityLogits
import numpy as np
from rclpy.time import Time
from rosgraph_msgs.msg import Clock

from mer_ros.data import Logits, nanoseconds
from mer_ros.emotions import EMOTIONS
from mer_ros.nodes.conversions import to_ros
from mer_ros.nodes.fusion_node import FusionNode


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
