"""What is wrong with the time of a node's input, and where missing input may be found instead."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from statistics import median
from typing import Any, TYPE_CHECKING

from rclpy.node import Node
from rclpy.qos import qos_check_compatible, QoSCompatibility

from mer_ros.nodes.base.meter import Reading

if TYPE_CHECKING:
    from mer_ros.nodes.base.engine_node import EngineNode

OLDEST, NEWEST = 2.0, -0.5
"""Median ages in seconds beyond which input comes late, or from the future."""

EVENTS = ('transcript', 'logits', 'features')
"""Input that is told of when it is over, and so may be old: only the future is wrong."""

NO_INPUT = ('robot_description', 'response')
"""Topics of strings that are nobody's words, or the robot's own."""

MOST_TOPICS = 5
"""How many topics are named at most."""


def clock_problems(node: EngineNode, reading: Reading) -> list[str]:
    """Say where stamps do not fit the node's clock, by how much, and what to check."""
    if node.get_clock().ros_time_is_active and not node.now:
        return ['no /clock: use_sim_time is true and nobody tells the time; start what publishes '
                '/clock, or set use_sim_time to false']
    found = []
    for name, ages in reading.ages.items():
        age = median(ages)
        if age < NEWEST:
            found.append(f'{name} is stamped {-age:.1f} s in the future: synchronise the clocks, '
                         f'check use_sim_time')
        elif age > OLDEST and name not in EVENTS:
            found.append(f'{name} is {age:.1f} s old: ' + (
                'the node cannot keep up' if any(worker.waiting > 1 for worker in node.workers)
                else 'synchronise the clocks, check use_sim_time and the delay of its driver'))
    for problem in found:
        node.faults.warn('clock', problem)
    return found


@dataclass
class Stream:
    """A topic that never pauses: the types that it may have, and when the last message came.

    ``last`` is the time in seconds of a steady clock, None before the first.
    """

    kinds: Collection[str]
    last: float | None = None


def type_name(kind: type) -> str:
    """Return the name of a class of messages, such as 'std_msgs/msg/String'."""
    return f'{kind.__module__.partition(".")[0]}/msg/{kind.__name__}'


def elsewhere(node: Node, topic: str, kinds: Collection[str]) -> str:
    """Name the topics on which others publish what a topic of this node lacks; '' for none.

    kinds: The names of the types that the topic may have.
    """
    mine, me = node.resolve_topic_name(topic), (node.get_name(), node.get_namespace())
    names = sorted(
        name for name, types in node.get_topic_names_and_types()
        if name != mine and not set(kinds).isdisjoint(types)
        and name.rpartition('/')[2] not in NO_INPUT
        and any((info.node_name, info.node_namespace) != me
                for info in node.get_publishers_info_by_topic(name)))
    if not names:
        return ''
    more = f' and {len(names) - MOST_TOPICS} more' if len(names) > MOST_TOPICS else ''
    return (f' (nothing on {mine}; topics of that type: {", ".join(names[:MOST_TOPICS])}{more}: '
            f'remap, as with `-r {topic}:={names[0]}`, or set image_topic, audio_topic or '
            f'transcript_topic of the launch file)')


def unheard(node: Node, subscriptions: Iterable[Any]) -> list[str]:
    """Name who publishes with a quality of service of which a subscription hears nothing."""
    found = []
    for one in subscriptions:
        topic = one.topic_name
        if one.get_publisher_count() or not node.count_publishers(topic):
            continue
        for info in node.get_publishers_info_by_topic(topic):
            compatible, reason = qos_check_compatible(info.qos_profile, one.qos_profile)
            if compatible == QoSCompatibility.ERROR:
                found.append(
                    f'{info.node_name} publishes {topic} with a quality of service that cannot be '
                    f'heard ({reason.strip().rstrip(";")}): change it there, or set '
                    f'qos_overrides.{topic}.subscription.* here')
    return found
