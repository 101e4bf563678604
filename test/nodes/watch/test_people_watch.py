"""The node that listens to everybody's emotions while asked to."""

from dataclasses import replace

import pytest

pytest.importorskip('rclpy')

from mer_ros.msg import EmotionState, EmotionStateArray
from rclpy.qos import QoSProfile
from rclpy.time import Time
from rosgraph_msgs.msg import Clock

from mer_ros.data import NANOSECONDS
from mer_ros.messages.conversions import array_message, to_ros
from mer_ros.nodes.base.qos import STATE_QOS
from mer_ros.nodes.watch.people_watch import PeopleWatch


@pytest.fixture
def watch(graph):
    states = []
    node = PeopleWatch('watch', on_state=states.append, context=graph.context)
    node.states = states
    graph.executor.add_node(node)
    yield node
    node.destroy_node()


def subscribers(graph):
    return sum(map(graph.probe.count_subscribers, ('emotion', 'emotion_array', '/clock')))


def test_it_subscribes_only_while_asked_to(graph, watch, anna):
    publisher = graph.probe.create_publisher(EmotionState, 'emotion', STATE_QOS)
    clock = graph.probe.create_publisher(Clock, '/clock', 10)
    graph.settle()
    assert subscribers(graph) == 0
    watch.start()
    graph.wait(lambda: subscribers(graph) == 3, 'emotion, emotion_array and the clock')
    clock.publish(Clock(clock=Time(nanoseconds=7 * NANOSECONDS).to_msg()))
    graph.wait(lambda: watch.now == 7 * NANOSECONDS, 'the time of the recording')
    publisher.publish(to_ros(anna))
    graph.wait(lambda: watch.states, 'a state')
    watch.stop()
    graph.wait(lambda: subscribers(graph) == 0, 'peace')
    assert watch.now > 10**18
    watch.start()
    graph.wait(lambda: len(watch.states) == 2, 'the latched state, after starting again')


def test_a_watch_that_outlives_a_replay_has_the_time_of_the_robot_again(graph, watch):
    clock = graph.probe.create_publisher(Clock, '/clock', 10)
    watch.start()
    graph.wait(clock.get_subscription_count, 'the watch')
    clock.publish(Clock(clock=Time(nanoseconds=7 * NANOSECONDS).to_msg()))
    graph.wait(lambda: watch.now == 7 * NANOSECONDS, 'the time of the recording')
    graph.probe.destroy_publisher(clock)
    graph.wait(lambda: watch.now > 10**18, 'the time of the robot')


def test_who_joins_late_learns_of_everybody(graph, watch, anna):
    emotion = graph.probe.create_publisher(EmotionState, 'emotion', STATE_QOS)
    array = graph.probe.create_publisher(EmotionStateArray, 'emotion_array', STATE_QOS)
    people = [to_ros(replace(anna, person_id=name)) for name in ('anna', 'ben')]
    emotion.publish(people[1])
    array.publish(array_message(people))
    watch.start()
    graph.wait(lambda: {state.person_id for state in watch.states} == {'anna', 'ben'}, 'both')


def test_with_both_topics_a_state_is_passed_on_once(graph, watch, anna):
    emotion = graph.probe.create_publisher(EmotionState, 'emotion', STATE_QOS)
    array = graph.probe.create_publisher(EmotionStateArray, 'emotion_array', STATE_QOS)
    watch.start()
    graph.wait(lambda: array.get_subscription_count() and emotion.get_subscription_count(),
               'the watch')
    for second in (1, 2, 3):
        message = to_ros(replace(anna, stamp=anna.stamp + second * NANOSECONDS))
        emotion.publish(message)
        graph.wait(lambda second=second: len(watch.states) >= second, 'a state')
        array.publish(array_message([message]))
    graph.settle()
    assert len(watch.states) == 3


def test_the_array_is_enough(graph, watch, anna):
    array = graph.probe.create_publisher(EmotionStateArray, 'emotion_array', STATE_QOS)
    watch.start()
    graph.wait(lambda: array.get_subscription_count(), 'the watch')
    for second in (1, 2, 3):
        state = replace(anna, stamp=anna.stamp + second * NANOSECONDS)
        array.publish(array_message([to_ros(state)]))
        graph.wait(lambda second=second: len(watch.states) == second, 'a state')


def test_a_bag_that_offers_less_than_the_robot_before_it_is_heard_too(graph, watch, anna):
    robot = graph.probe.create_publisher(EmotionState, 'emotion', STATE_QOS)
    watch.start()
    graph.wait(lambda: robot.get_subscription_count(), 'the watch')
    player = graph.probe.create_publisher(EmotionState, 'emotion', QoSProfile(depth=10))
    graph.wait(lambda: player.get_subscription_count(), 'the watch, once more')
    player.publish(to_ros(anna))
    graph.wait(lambda: watch.states, 'a state of the bag')


def test_a_namespace_that_is_not_allowed_is_refused(graph):
    with pytest.raises(ValueError, match='must not contain characters'):
        PeopleWatch('watch', namespace='two words', on_state=print, context=graph.context)
