"""A node that goes on whatever is raised in what rclpy calls back."""

from __future__ import annotations

from collections.abc import Callable
from functools import update_wrapper, wraps
from typing import Any

from rclpy.event_handler import PublisherEventCallbacks, SubscriptionEventCallbacks
from rclpy.node import Node

from mer_ros.nodes.base.answers import answering
from mer_ros.nodes.base.faults import Faults
from mer_ros.nodes.base.meter import Meter

UNHEARD = {'use_default_callbacks': False}
"""No handlers of events, by which rclpy logs who offers or asks for another QoS.

The executor of events crashes where such an event comes while its publisher or subscription is
destroyed: the last reference to the handler is then dropped without Python's lock.  The other
executor gathers every handler anew at each message, which took a third of the graph's time.
"""


class GuardedNode(Node):
    """Counts and logs what its timers, subscriptions and services raise, and services answer.

    Those that rclpy makes itself, for parameters and the clock, are guarded too.
    """

    def __init__(self, name: str, **options: Any) -> None:
        self.meter = Meter()
        self.faults = Faults(self.meter, self.get_logger, alive=lambda: self.context.ok())
        super().__init__(name, **options)

    def create_timer(self, timer_period_sec: float, callback: Callable[..., Any],
                     *arguments: Any, **options: Any) -> Any:
        """Create a timer whose failures are counted and logged."""
        return super().create_timer(
            timer_period_sec, Ending(self.faults.guard('timer', callback)), *arguments, **options)

    def create_subscription(self, msg_type: Any, topic: str, callback: Callable[..., Any],
                            *arguments: Any, **options: Any) -> Any:
        """Create a subscription whose failures are counted and logged."""
        options.setdefault('event_callbacks', SubscriptionEventCallbacks(**UNHEARD))
        return super().create_subscription(
            msg_type, topic, Ending(_taking_apart(self.faults.guard(topic, callback))), *arguments,
            **options)

    def create_publisher(self, msg_type: Any, topic: str, *arguments: Any, **options: Any) -> Any:
        """Create a publisher without handlers of events."""
        options.setdefault('event_callbacks', PublisherEventCallbacks(**UNHEARD))
        return super().create_publisher(msg_type, topic, *arguments, **options)

    def create_service(self, srv_type: Any, srv_name: str, callback: Callable[..., Any],
                       **options: Any) -> Any:
        """Create a service that always answers."""
        return super().create_service(
            srv_type, srv_name, answering(srv_type, srv_name, callback, self.faults), **options)

    def destroy_timer(self, timer: Any) -> bool:
        """Destroy a timer, whose callback is called no more."""
        _end(timer)
        return bool(super().destroy_timer(timer))

    def destroy_subscription(self, subscription: Any) -> bool:
        """Destroy a subscription, whose callback is called no more."""
        _end(subscription)
        return bool(super().destroy_subscription(subscription))

    def complain(self, reason: str, message: str) -> None:
        """Count a refused input under its reason and log it once in a while."""
        self.faults.refuse(reason, message)


class Ending:
    """A callback that does nothing after its end.

    The executor of events still delivers what it had in its queue when a subscription or a timer
    was destroyed: a node would perceive after it was deactivated.
    """

    def __init__(self, callback: Callable[..., Any]) -> None:
        update_wrapper(self, callback)  # rclpy looks at the signature
        self._callback, self._ended = callback, False

    def end(self) -> None:
        """Call back no more."""
        self._ended = True

    def __call__(self, *given: Any) -> Any:
        """Call back, unless ended."""
        return None if self._ended else self._callback(*given)


def _end(entity: Any) -> None:
    callback = getattr(entity, 'callback', None)
    if isinstance(callback, Ending):  # bondpy may hand over nothing
        callback.end()


def _taking_apart(callback: Callable[..., Any]) -> Callable[..., Any]:
    """Return a callback that is given a message, and its info if it wants it, as two arguments.

    The executor of events of early Jazzy releases passes both as one tuple.
    """
    @wraps(callback)  # by whose signature rclpy sees whether the info is wanted
    def take(*given: Any) -> Any:
        return callback(*(given[0] if isinstance(given[0], tuple) else given))

    return take
