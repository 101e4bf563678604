#!/usr/bin/env python3
"""A modality of one's own: the heart rate, as evidence of how excited somebody is.

    python3 examples/extra_modality.py                      # heart_rate in, physio/logits out
    ros2 launch mer_ros mer.launch.py modalities:=face,speech,text,physio
    ros2 topic pub /heart_rate std_msgs/msg/Float32 '{data: 110.0}'

Nothing in mer_ros knows of it: the fusion node listens to physio/logits because its parameter
modalities names physio, and has the parameter physio.reliability for how far to trust it.
The rule is a sketch, not a validated model: it knows an excited heart from a calm one, no more.
"""

from collections.abc import Sequence
from typing import Any

from mer_ros.msg import ModalityLogits
import rclpy
from rclpy.duration import Duration
from rclpy.executors import ExternalShutdownException
from rclpy.node import Node
from std_msgs.msg import Float32

AROUSAL = {'anger': 1.0, 'fear': 1.0, 'surprise': 1.0, 'happiness': 0.5, 'neutral': -1.0,
           'sadness': -1.0}
"""How excited each emotion makes; disgust is left out: it is neither supported nor opposed."""

SPREAD = 15.0
"""Beats a minute above rest that multiply the odds of an excited emotion by e."""

PLAUSIBLE = (30.0, 220.0)
"""Beats a minute of a living heart; what is outside comes from a loose sensor."""


class HeartRate(Node):
    """Turns beats a minute (heart_rate) into scores of emotions (physio/logits)."""

    def __init__(self, **options: Any) -> None:
        super().__init__('heart_rate_node', **options)
        self._resting = self.declare_parameter('resting_rate', 65.0)
        self._publisher = self.create_publisher(ModalityLogits, 'physio/logits', 10)
        self.create_subscription(Float32, 'heart_rate', self._on_rate, 10)

    def _on_rate(self, message: Float32) -> None:
        if not PLAUSIBLE[0] <= message.data <= PLAUSIBLE[1]:
            self.get_logger().warning(f'{message.data} beats a minute are ignored',
                                      throttle_duration_sec=5.0)
            return
        excitement = (message.data - self._resting.value) / SPREAD
        evidence = ModalityLogits(
            modality='physio', model='heart_rate', window=Duration(seconds=5.0).to_msg(),
            labels=list(AROUSAL), quality=1.0,
            logits=[arousal * min(max(excitement, -2.0), 2.0) for arousal in AROUSAL.values()])
        # Evidence carries the time at which it happened; this sensor sends no stamp of its own.
        evidence.header.stamp = self.get_clock().now().to_msg()
        self._publisher.publish(evidence)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run until interrupted."""
    rclpy.init(args=arguments)
    try:
        rclpy.spin(HeartRate())
    except (KeyboardInterrupt, ExternalShutdownException):
        pass
    finally:
        rclpy.try_shutdown()


if __name__ == '__main__':
    main()
