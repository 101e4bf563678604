"""The executors of rclpy by name."""

from collections.abc import Callable
from typing import Any

from rclpy.executors import SingleThreadedExecutor


def _events() -> Any:
    try:
        from rclpy.experimental import EventsExecutor
    except ImportError as error:
        raise ValueError('executor:=events needs an rclpy with rclpy.experimental.EventsExecutor, '
                         'which this one lacks; allowed here: executor:=single') from error
    return EventsExecutor()


EXECUTORS: dict[str, Callable[[], Any]] = {'single': SingleThreadedExecutor, 'events': _events}
"""Each makes an executor of the default context; ``events`` raises ValueError without one."""
