"""One diagnostic status a second for each node, whose level moves."""

from collections.abc import Callable

from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus, KeyValue
from rclpy.clock import Clock, ClockType
from rclpy.node import Node

PERIOD = 1.0
"""Seconds between two reports."""

LEVEL_OF_NAME = {
    'ok': DiagnosticStatus.OK,
    'warn': DiagnosticStatus.WARN,
    'error': DiagnosticStatus.ERROR,
}


class Diagnostics:
    """Publishes what ``report()`` returns: a level, a message, and values by name.

    It keeps going in every lifecycle state and on a steady clock, so that a stopped /clock can
    be seen too.  The message's stamp is the node's time.
    """

    def __init__(
        self, node: Node, report: Callable[[], tuple[str, str, dict[str, object]]]
    ) -> None:
        self._node = node
        self._report = report
        self._publisher = node.create_publisher(DiagnosticArray, '/diagnostics', 10)
        self._timer = node.create_timer(
            PERIOD, self.publish, clock=Clock(clock_type=ClockType.STEADY_TIME))

    def publish(self) -> None:
        """Publish one report now."""
        level, message, values = self._report()
        name = self._node.get_fully_qualified_name().lstrip('/')
        status = DiagnosticStatus(
            level=LEVEL_OF_NAME[level], name=f'emotion_perception/{name}', message=message,
            hardware_id='mer_ros',
            values=[KeyValue(key=key, value=_text(value)) for key, value in values.items()])
        array = DiagnosticArray(status=[status])
        array.header.stamp = self._node.get_clock().now().to_msg()
        self._publisher.publish(array)


def _text(value: object) -> str:
    return f'{value:.3f}' if isinstance(value, float) else str(value)
