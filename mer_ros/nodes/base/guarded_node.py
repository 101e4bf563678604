"""A node that goes on whatever is raised in what rclpy calls back."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from rclpy.node import Node

from mer_ros.nodes.base.answers import answering
from mer_ros.nodes.base.faults import Faults
from mer_ros.nodes.base.meter import Meter


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
            timer_period_sec, self.faults.guard('timer', callback), *arguments, **options)

    def create_subscription(self, msg_type: Any, topic: str, callback: Callable[..., Any],
                            *arguments: Any, **options: Any) -> Any:
        """Create a subscription whose failures are counted and logged."""
        return super().create_subscription(
            msg_type, topic, _taking_apart(self.faults.guard(topic, callback)), *arguments,
            **options)

    def create_service(self, srv_type: Any, srv_name: str, callback: Callable[..., Any],
                       **options: Any) -> Any:
        """Create a service that always answers."""
        return super().create_service(
            srv_type, srv_name, answering(srv_type, srv_name, callback, self.faults), **options)

    def complain(self, reason: str, message: str) -> None:
        """Count a refused input under its reason and log it once in a while."""
        self.faults.refuse(reason, message)


def _taking_apart(callback: Callable[..., Any]) -> Callable[..., Any]:
    """Return a callback that is given a message, and its info if it wants it, as two arguments.

    The executor of events of early Jazzy releases passes both as one tuple.
    """
    @wraps(callback)  # by whose signature rclpy sees whether the info is wanted
    def take(*given: Any) -> Any:
        return callback(*(given[0] if isinstance(given[0], tuple) else given))

    return take
