"""A subscription to a topic that different drivers publish with different types."""

from collections.abc import Callable, Collection, Mapping
from importlib import import_module
from typing import Any

from rclpy._rclpy_pybind11 import RCLError  # rclpy exports it nowhere else
from rclpy.clock import Clock, ClockType
from rclpy.qos import QoSProfile

from mer_ros.nodes.base.engine_node import EngineNode

AUTO = 'auto'
"""The type that follows the publisher."""

LOOK_PERIOD = 0.2
"""Seconds between two looks at what type the publishers of the topic have."""


def message_class(name: str) -> Any:
    """Return the class of a message type such as 'std_msgs/msg/String'.

    Raises ImportError that says what to install where its package is missing.
    """
    package, _, kind = name.split('/')
    try:
        return getattr(import_module(f'{package}.msg'), kind)
    except (ImportError, AttributeError) as error:
        raise ImportError(f'the message type {name} is not installed here: install the package '
                          f'{package} and source its workspace') from error


def arrival_of(node: EngineNode, info: Mapping[str, Any]) -> int:
    """Return when a message came, in nanoseconds of the node's clock.

    That is when the middleware took it in; on a clock of its own (use_sim_time), which the
    middleware does not know, and where the middleware does not say it, it is now.
    """
    now, received = node.now, int(info.get('received_timestamp') or 0)
    return received if 0 < received < now and not node.get_clock().ros_time_is_active else now


class TypedTopic:
    """Subscribes with one of several types, chosen by name or taken from the publisher.

    The callback is given each message together with the name of its type and the time in
    nanoseconds at which it arrived, which a busy executor does not delay (see `arrival_of`).

    Args:
        node: whose subscription it is.
        topic: its name.
        known: the types that can be read, by name; the first is subscribed to until a publisher
            shows.
        callback: takes a message, the name of its type and its arrival.
        stream, overridable: as in `EngineNode.subscribe`.
    """

    def __init__(self, node: EngineNode, topic: str, known: Collection[str],
                 callback: Callable[[Any, str, int], None], *, stream: bool = False,
                 overridable: bool = True) -> None:
        self._node, self._topic, self._known = node, topic, known
        self._callback = callback
        self._options = {'stream': stream, 'overridable': overridable}
        self._qos: QoSProfile | int = 1
        self._subscription: Any = None
        self._look: Any = None
        self._type = ''
        self._refused = 0

    def check(self, name: str) -> None:
        """Raise ImportError, saying what to install, where this type cannot be subscribed to."""
        if name != AUTO:
            message_class(name)

    def open(self, name: str, qos: QoSProfile | int) -> None:
        """Subscribe with this type, or with AUTO keep looking at what type is published."""
        self._qos = qos
        if name != AUTO:
            self._subscribe(name)
            return
        self._try(next(iter(self._known)))
        self._look = self._node.create_timer(
            LOOK_PERIOD, self._follow_publisher, clock=Clock(clock_type=ClockType.STEADY_TIME))

    def close(self) -> None:
        """Unsubscribe and stop looking."""
        if self._look is not None:
            self._node.destroy_timer(self._look)
            self._look = None
        if self._subscription is not None:
            self._node.unsubscribe(self._subscription)
            self._subscription = None

    def _subscribe(self, name: str) -> None:
        kind = message_class(name)
        if self._subscription is not None:
            self._node.unsubscribe(self._subscription)
            self._subscription = None
        self._type = name
        self._subscription = self._node.subscribe(
            kind, self._topic, lambda message, info: self._callback(
                message, name, arrival_of(self._node, info)), self._qos,
            kinds=self._known, **self._options)

    def _try(self, name: str) -> None:
        """Subscribe now or at one of the next looks.

        All nodes of a process share one type for each topic; one that follows the publisher a
        moment later than this one still holds the former.
        """
        try:
            self._subscribe(name)
            self._refused = 0
        except RCLError as error:
            self._refused += 1
            if self._refused > 1:
                self._node.complain('message_type', (
                    f'{self._topic} cannot be subscribed to as {name}: does another node of this '
                    f'process use it with another type? ({error})'))

    def _follow_publisher(self) -> None:
        offered = {info.topic_type for info in self._node.get_publishers_info_by_topic(
            self._node.resolve_topic_name(self._topic))}
        if not offered or (self._subscription is not None and self._type in offered):
            return
        readable = [name for name in self._known if name in offered]
        try:
            if not readable:
                raise ImportError(f'{self._topic} is published as {sorted(offered)}; '
                                  f'known: {list(self._known)}')
            self._try(readable[0])
        except ImportError as error:
            self._node.complain('message_type', str(error))
