"""A webcam as an image topic, for demonstrations; a robot has its own camera driver."""

from __future__ import annotations

from array import array
import sys

import cv2
import rclpy
from rclpy.exceptions import ParameterException
from rclpy.executors import ExternalShutdownException
from rclpy.qos import qos_profile_sensor_data
from sensor_msgs.msg import Image

from mer_ros.nodes.base.guarded_node import GuardedNode
from mer_ros.nodes.base.not_started import say_why_not_started
from mer_ros.nodes.base.parameters import Parameter, Parameters

PARAMETERS = (
    Parameter(name='device', default=0, range=(0, 100), description='device number of the camera'),
    Parameter(name='rate', default=30.0, range=(1.0, 120.0), description='frame rate (Hz)'),
)


class CameraNode(GuardedNode):
    """Publishes what the camera sees on ``image``."""

    def __init__(self) -> None:
        super().__init__('camera')
        values = Parameters(self, PARAMETERS).values()
        self._camera = cv2.VideoCapture(values['device'])
        if not self._camera.isOpened():
            raise RuntimeError(
                f'camera {values["device"]} cannot be opened; is it plugged in, and may this '
                f'user read /dev/video{values["device"]}?')
        self._publisher = self.create_publisher(Image, 'image', qos_profile_sensor_data)
        self.create_timer(1.0 / values['rate'], self._on_tick)

    def _on_tick(self) -> None:
        there, pixels = self._camera.read()
        if not there:
            self.get_logger().warning('the camera returned no image', throttle_duration_sec=5.0)
            return
        message = Image(height=pixels.shape[0], width=pixels.shape[1], encoding='bgr8',
                        step=pixels.shape[1] * 3)
        message.header.stamp = self.get_clock().now().to_msg()
        message.header.frame_id = 'camera'
        message.data = array('B', pixels.tobytes())
        self._publisher.publish(message)


@say_why_not_started
def main(args: list[str] | None = None) -> int:
    """Publish images until interrupted; return 1 where there is no camera."""
    rclpy.init(args=args)
    try:
        rclpy.spin(CameraNode())
    except (RuntimeError, ParameterException, ValueError) as error:
        print(error, file=sys.stderr)
        return 1
    except (KeyboardInterrupt, ExternalShutdownException):
        pass
    finally:
        rclpy.try_shutdown()
    return 0
