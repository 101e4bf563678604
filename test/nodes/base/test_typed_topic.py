"""A subscription whose type is that of the publisher."""

from time import sleep

import pytest

pytest.importorskip('rclpy')

from std_msgs.msg import Bool, String

from mer_ros.nodes.base.typed_topic import arrival_of, AUTO, message_class, TypedTopic

KNOWN = ('std_msgs/msg/String', 'std_msgs/msg/Bool')


@pytest.fixture
def topic(tiny):
    """Return an open topic and what is heard on it, and how often it looks for its type."""
    class Open:
        heard = []
        arrivals = []

        def __init__(self):
            before = set(tiny.timers)
            self.topic = TypedTopic(
                tiny, 'thing', KNOWN,
                lambda message, kind, arrival: (self.heard.append(kind),
                                                self.arrivals.append(arrival)))
            self.topic.open(AUTO, 10)
            self.looks = set(tiny.timers) - before

    return Open()


@pytest.mark.parametrize('kind', [String, Bool])
def test_it_follows_the_publisher(graph, topic, kind):
    publisher = graph.stranger().create_publisher(kind, 'thing', 10)
    graph.wait(publisher.get_subscription_count, 'the node to follow')
    publisher.publish(kind())
    graph.wait(lambda: topic.heard, 'the message')
    assert topic.heard[0] == f'std_msgs/msg/{kind.__name__}'


def test_a_busy_executor_does_not_delay_the_arrival(graph, tiny, topic):
    publisher = graph.stranger().create_publisher(String, 'thing', 10)
    graph.wait(publisher.get_subscription_count, 'the node to follow')
    for pause in (0.2, 1.0, 5.0):  # a busy machine may need more than the first
        before = tiny.now
        publisher.publish(String())
        sleep(pause)  # nothing is taken in the meantime
        after = tiny.now
        topic.arrivals.clear()
        graph.wait(lambda: topic.arrivals, 'the message')
        if topic.arrivals[0] <= after:
            break
    assert before <= topic.arrivals[0] <= after


def test_a_clock_of_its_own_stamps_arrivals_with_now(tiny):
    class Simulated:
        now = 5
        ros_time_is_active = True

        def get_clock(self):
            return self

    real = tiny.now
    assert arrival_of(Simulated(), {'received_timestamp': 3}) == 5
    assert arrival_of(tiny, {'received_timestamp': real - 7}) == real - 7
    for unknown in ({}, {'received_timestamp': 0}, {'received_timestamp': None},
                    {'received_timestamp': 2 * real}):
        assert real <= arrival_of(tiny, unknown) <= tiny.now


def test_a_new_publisher_waits_half_a_second_at_most(topic):
    (look,) = topic.looks
    assert look.timer_period_ns <= 500_000_000


def test_nothing_is_left_when_it_is_closed(graph, tiny, topic):
    topic.topic.close()
    topic.topic.close()
    assert not topic.looks & set(tiny.timers)
    graph.told(tiny.get_subscriptions_info_by_topic, '/thing', 0)


def test_a_type_that_cannot_be_read_is_told_with_those_that_can(graph, tiny, topic):
    from std_msgs.msg import Int8

    publisher = graph.stranger().create_publisher(Int8, 'thing', 10)
    graph.wait(lambda: tiny.meter.read(0.0).totals['refused.message_type'], 'the complaint')
    del publisher


def test_a_type_that_is_not_installed_is_told_with_what_to_install():
    with pytest.raises(ImportError, match='install the package no_such_msgs'):
        message_class('no_such_msgs/msg/Thing')
