"""What a recorded topic is published with when it is replayed."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

from rclpy.qos import QoSDurabilityPolicy, QoSProfile, QoSReliabilityPolicy
from rosbags.interfaces import Qos, QosDurability, QosReliability

from mer_ros.bags import BagTopic

_UNLATCHED_DEPTH = 100


def message_class(msgtype: str) -> Any:
    """Return the class of a message type such as 'std_msgs/msg/String'.

    Raises:
        ImportError: its package is not installed.
        AttributeError: the package has no such message.
    """
    package, kind, name = msgtype.split('/')
    return getattr(import_module(f'{package}.{kind}'), name)


def offered_qos(topic: BagTopic) -> QoSProfile:
    """Return the QoS to publish a topic with: as recorded, else RELIABLE and VOLATILE.

    Where several publishers were recorded, none is promised more than the least of them offered.
    A topic that is not latched keeps a longer history than it was recorded with, because replay
    may publish faster than a subscriber takes.
    """
    def every(test: Callable[[Qos], bool]) -> bool:
        return bool(topic.qos) and all(map(test, topic.qos))

    latched = every(lambda qos: qos.durability is QosDurability.TRANSIENT_LOCAL)
    reliable = not topic.qos or every(
        lambda qos: qos.reliability is not QosReliability.BEST_EFFORT)
    return QoSProfile(
        depth=max(1, *(qos.depth for qos in topic.qos)) if latched else _UNLATCHED_DEPTH,
        reliability=(QoSReliabilityPolicy.RELIABLE if reliable
                     else QoSReliabilityPolicy.BEST_EFFORT),
        durability=(QoSDurabilityPolicy.TRANSIENT_LOCAL if latched
                    else QoSDurabilityPolicy.VOLATILE))
