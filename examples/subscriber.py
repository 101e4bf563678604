#!/usr/bin/env python3
"""Print the perceived emotion of each person."""

from contextlib import suppress

from mer_ros.msg import EmotionState
import rclpy
from rclpy.executors import ExternalShutdownException
from rclpy.qos import DurabilityPolicy, QoSProfile


def on_emotion(state):
    """Print one state; the person without an id has person_id ''."""
    print(f'{state.person_id or "anonymous"}: {state.label}, probability {state.confidence:.2f}, '
          f'uncertainty {state.uncertainty:.2f}', flush=True)


rclpy.init()
node = rclpy.create_node('subscriber')
qos = QoSProfile(depth=10, durability=DurabilityPolicy.TRANSIENT_LOCAL)  # also the last state
node.create_subscription(EmotionState, 'emotion', on_emotion, qos)
with suppress(KeyboardInterrupt, ExternalShutdownException):
    rclpy.spin(node)
