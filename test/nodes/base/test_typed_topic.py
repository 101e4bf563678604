"""A subscription whose type is that of the publisher."""

import pytest

pytest.importorskip('rclpy')

from std_msgs.msg import Bool, String

from mer_ros.nodes.base.typed_topic import AUTO, message_class, TypedTopic

KNOWN = ('std_msgs/msg/String', 'std_msgs/msg/Bool')


@pytest.fixture
def topic(tiny):
    """Return an open topic and what is heard on it, and how often it looks for its type."""
    class Open:
        heard = []

        def __init__(self):
            before = set(tiny.timers)
            self.topic = TypedTopic(
                tiny, 'thing', KNOWN, lambda message, kind: self.heard.append(kind))
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


def test_a_new_publisher_waits_half_a_second_at_most(topic):
    (look,) = topic.looks
    assert look.timer_period_ns <= 500_000_000


def test_nothing_is_left_when_it_is_closed(tiny, topic):
    topic.topic.close()
    topic.topic.close()
    assert not topic.looks & set(tiny.timers)
    assert not tiny.get_subscriptions_info_by_topic('/thing')


def test_a_type_that_cannot_be_read_is_told_with_those_that_can(graph, tiny, topic):
    from std_msgs.msg import Int8

    publisher = graph.stranger().create_publisher(Int8, 'thing', 10)
    graph.wait(lambda: tiny.meter.read(0.0).totals['refused.message_type'], 'the complaint')
    del publisher


def test_a_type_that_is_not_installed_is_told_with_what_to_install():
    with pytest.raises(ImportError, match='install the package no_such_msgs'):
        message_class('no_such_msgs/msg/Thing')
