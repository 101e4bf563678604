"""The behaviours in a tree, on a live topic with a clock of the test."""

from dataclasses import replace
import operator
import re

import pytest

pytest.importorskip('py_trees')
pytest.importorskip('rclpy')

from mer_ros.msg import EmotionState
import numpy as np
import py_trees
from rclpy.parameter import Parameter
from rclpy.time import Time
from rosgraph_msgs.msg import Clock

from mer_ros.behaviours import EmotionToBlackboard, PersonFeels
from mer_ros.behaviours.listener import EmotionListener
from mer_ros.behaviours.to_blackboard import key_of
from mer_ros.data import Emotion, NANOSECONDS
from mer_ros.emotions import EMOTIONS
from mer_ros.messages.conversions import to_ros
from mer_ros.nodes.base.qos import STATE_QOS

Status = py_trees.common.Status
START = 1000


def emotion(second, label='sadness', person='', probability=0.8, valid_for=2):
    values = np.full(7, (1 - probability) / 6)
    values[EMOTIONS.index(label)] = probability
    return Emotion(
        stamp=round((START + second) * NANOSECONDS), window_start=0, person_id=person,
        label=label, confidence=probability, uncertainty=0.25, conflict=0.125, labels=EMOTIONS,
        belief=values * 0.75, probability=values, alpha=values + 1,
        valid_for=valid_for * NANOSECONDS)


class Stage:
    """A tree on the node of the test, whose clock and emotions the test gives."""

    def __init__(self, graph, root):
        self.graph = graph
        graph.probe.set_parameters([Parameter('use_sim_time', value=True)])
        self._clock = graph.publisher(Clock, '/clock')
        self._emotion = graph.probe.create_publisher(EmotionState, 'emotion', STATE_QOS)
        self.root = root
        self._tree = py_trees.trees.BehaviourTree(root)
        self._tree.setup(node=graph.probe)
        graph.wait(lambda: self._emotion.get_subscription_count() > 0, 'the tree')

    def at(self, second):
        """Set the clock."""
        now = round((START + second) * NANOSECONDS)
        self._clock.publish(Clock(clock=Time(nanoseconds=now).to_msg()))
        self.graph.wait(
            lambda: self.graph.probe.get_clock().now().nanoseconds == now, 'the clock')

    def perceive(self, *states):
        """Publish states and wait until each behaviour has heard them."""
        listeners = [b for b in self.root.iterate() if isinstance(b, EmotionListener)]
        before = [len(b._received) for b in listeners]
        for state in states:
            self._emotion.publish(to_ros(state))
        self.graph.wait(
            lambda: all(len(b._received) == n + len(states)
                        for b, n in zip(listeners, before, strict=True)), 'the states')

    def tick(self):
        self._tree.tick()
        return self.root.status

    def close(self):
        self._tree.shutdown()


@pytest.fixture
def stage(graph):
    py_trees.blackboard.Blackboard.clear()
    stages = []

    def make(root):
        stages.append(Stage(graph, root))
        return stages[-1]

    yield make
    for each in stages:
        each.close()


def test_a_person_feels_what_is_perceived_until_it_expires(stage):
    play = stage(PersonFeels('sadness', hold_time=1.0))
    play.at(0)
    assert play.tick() is Status.FAILURE
    play.perceive(emotion(0), emotion(1))
    play.at(1.1)
    assert play.tick() is Status.SUCCESS
    assert play.root.feedback_message == 'sadness at 0.80 for 1.1 s'
    play.at(4)
    assert play.tick() is Status.FAILURE
    assert 'expired' in play.root.feedback_message


def test_states_between_two_ticks_count(stage):
    play = stage(PersonFeels('sadness', hold_time=1.0))
    play.perceive(emotion(0), emotion(0.5, 'fear'), emotion(1))
    play.at(1)
    assert play.tick() is Status.FAILURE


def test_each_person_has_feelings_of_their_own(stage):
    anna, ben = PersonFeels('sadness', person_id='anna'), PersonFeels('anger', person_id='ben')
    play = stage(py_trees.composites.Selector('either', memory=False, children=[anna, ben]))
    play.perceive(emotion(0, 'anger', 'ben'), emotion(0, 'anger', 'anna'))
    play.at(0)
    play.tick()
    assert (anna.status, ben.status) == (Status.FAILURE, Status.SUCCESS)
    assert (anna.name, ben.name) == ('anna feels sadness', 'ben feels anger')


def test_before_time_begins_nothing_is_believed(stage):
    play = stage(PersonFeels('sadness'))
    play.perceive(emotion(0))
    assert play.tick() is Status.FAILURE
    assert 'no time yet' in play.root.feedback_message


def test_a_tree_that_joins_late_gets_the_last_state(graph, stage):
    publisher = graph.probe.create_publisher(EmotionState, 'emotion', STATE_QOS)
    publisher.publish(to_ros(emotion(0)))
    play = stage(PersonFeels('sadness'))
    play.at(0)
    graph.wait(lambda: play.tick() is Status.SUCCESS, 'the latched state')


def test_the_blackboard_holds_what_is_known_of_each_person(stage):
    board = py_trees.blackboard.Blackboard
    play = stage(EmotionToBlackboard())
    play.at(0)
    assert play.tick() is Status.FAILURE
    assert board.get('/emotion/persons') == []
    play.perceive(emotion(0), emotion(0, 'fear', 'ben/2', valid_for=9))
    assert play.tick() is Status.SUCCESS
    assert play.root.feedback_message == 'anonymous: sadness, ben_x2f_2: fear'
    assert board.get('/emotion/persons') == ['anonymous', 'ben_x2f_2']
    assert board.get('/emotion/anonymous/label') == 'sadness'
    assert board.get('/emotion/anonymous/confidence') == 0.8
    assert board.get('/emotion/anonymous/uncertainty') == 0.25
    assert board.get('/emotion/anonymous/conflict') == 0.125
    assert board.get('/emotion/ben_x2f_2/stamp') == START * NANOSECONDS
    assert board.get('/emotion/ben_x2f_2/probabilities')['fear'] == 0.8
    play.at(3)
    assert play.tick() is Status.SUCCESS
    assert board.get('/emotion/persons') == ['ben_x2f_2']
    assert not board.exists('/emotion/anonymous/label')
    play.at(20)
    assert play.tick() is Status.FAILURE
    assert play.root.feedback_message == 'ben_x2f_2: the last state is 20.0 s old and has expired'


def test_conditions_of_py_trees_work_on_the_blackboard(stage):
    sad = py_trees.behaviours.CheckBlackboardVariableValue(
        'sad?', py_trees.common.ComparisonExpression(
            'emotion/anonymous/label', 'sadness', operator.eq))
    gather = EmotionToBlackboard()
    play = stage(py_trees.composites.Parallel(
        'both', py_trees.common.ParallelPolicy.SuccessOnOne(), [gather, sad]))
    play.perceive(emotion(0))
    play.at(0)
    play.tick()
    assert sad.status is Status.SUCCESS
    play.at(9)
    play.tick()
    assert sad.status is Status.FAILURE


def test_a_tree_without_a_node_is_refused_when_it_is_set_up():
    with pytest.raises(KeyError, match=r'tree\.setup\(node=node\)'):
        PersonFeels('sadness').setup()


def test_a_behaviour_that_was_not_set_up_says_so():
    with pytest.raises(RuntimeError, match='before tree'):
        PersonFeels('sadness').tick_once()


def test_a_tree_that_shuts_down_unsubscribes(graph, stage):
    play = stage(PersonFeels('sadness'))
    play.close()
    graph.wait(lambda: graph.probe.count_subscribers('emotion') == 0, 'the end')


@pytest.mark.parametrize('broken', [
    {'probability': []}, {'probability': [float('nan')] * 7}, {'probability': [7.0] * 7},
    {'uncertainty': float('nan')}, {'uncertainty': -1.0}, {'labels': []},
    {'labels': ['sadness'] * 7}, {'person_id': '\x1b[2J'}, {'person_id': 'x' * 100_000}])
def test_a_broken_state_never_reaches_the_tree(stage, broken):
    feels, board = PersonFeels('sadness'), EmotionToBlackboard()
    play = stage(py_trees.composites.Parallel(
        'both', py_trees.common.ParallelPolicy.SuccessOnAll(), children=[feels, board]))
    play.at(0)
    message = to_ros(emotion(0))
    for field, value in broken.items():
        setattr(message, field, value)
    play._emotion.publish(message)
    play.graph.wait(lambda: feels.skipped and board.skipped, 'the broken state')
    play.tick()
    assert (feels.status, board.status) == (Status.FAILURE, Status.FAILURE)
    play.perceive(emotion(0))
    assert play.tick() is Status.SUCCESS


def test_a_state_of_other_labels_is_skipped_and_named(stage):
    play = stage(PersonFeels('sadness'))
    play.at(0)
    other = replace(emotion(0), labels=('joy', 'pride'), label='joy', belief=np.zeros(2),
                    probability=np.full(2, 0.5), alpha=np.ones(2))
    play.perceive(other)
    assert play.tick() is Status.FAILURE
    assert "'sadness' is not among the labels ['joy', 'pride']" in play.root.feedback_message
    play.perceive(emotion(0), other)
    assert play.tick() is Status.SUCCESS


def test_no_two_people_share_keys():
    ids = ['', 'anonymous', 'a b', 'a-b', 'a_b', 'a.b', 'a/b', 'a_x20_b', 'a_x5f_x20_b', '_', '__',
           '_x', 'x', ' x', '_x20_x', '_x61_nonymous', 'é', 'ä b']
    keys = [key_of(person) for person in ids]
    assert len(set(keys)) == len(ids)
    assert all(re.fullmatch(r'\w+', key) for key in keys)
    assert key_of('face_1') == 'face_1'
