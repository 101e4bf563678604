"""How long the fusion node takes from the last logits to the state, beside a bare relay node.

Three processes: this one publishes and receives, one fuses, one only passes messages on.  Both are
asked in turn, so that whatever else the machine does hits both alike.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
import os
import random
import signal
from statistics import median
import subprocess
import sys
import time
from typing import Any

ROUNDS = 300
WARM_UP = 30
PERIOD = 0.02
TARGET_RATIO = 1.5

RELAY = '''
import rclpy
from mer_ros.msg import ModalityLogits
rclpy.init()
node = rclpy.create_node('relay')
publisher = node.create_publisher(ModalityLogits, 'relay/out', 10)
node.create_subscription(ModalityLogits, 'relay/in', publisher.publish, 10)
try:
    rclpy.spin(node)
except (KeyboardInterrupt, rclpy.executors.ExternalShutdownException):
    pass
'''

FUSION = '''
import sys
from mer_ros.nodes.fusion_node import main
sys.exit(main())
'''


@contextmanager
def process(code: str, *arguments: str) -> Iterator[None]:
    """Run Python code in a process of its own for as long as the block lasts."""
    child = subprocess.Popen([sys.executable, '-c', code, *arguments])
    try:
        yield
    finally:
        child.send_signal(signal.SIGINT)
        child.wait(10)


def run() -> list[dict[str, Any]]:
    """Return the median latencies in milliseconds and their ratio."""
    os.environ['ROS_AUTOMATIC_DISCOVERY_RANGE'] = 'LOCALHOST'
    os.environ['ROS_DOMAIN_ID'] = str(random.randint(1, 101))
    import rclpy

    rclpy.init()
    try:
        with process(RELAY), process(FUSION, '--ros-args', '--log-level', 'warn'):
            relay, fusion = _measure()
    finally:
        rclpy.try_shutdown()
    ratio = median(fusion) / median(relay)
    return [
        {'name': 'bare relay: message in to message out, median', 'unit': 'ms',
         'value': 1e3 * median(relay)},
        {'name': 'fusion: last logits published to EmotionState received, median', 'unit': 'ms',
         'value': 1e3 * median(fusion)},
        {'name': 'fusion latency / relay latency', 'unit': 'ratio', 'value': ratio,
         'target': f'<= {TARGET_RATIO}', 'met': ratio <= TARGET_RATIO},
    ]


def _measure() -> tuple[list[float], list[float]]:
    from mer_ros.msg import EmotionState, ModalityLogits
    import numpy as np
    import rclpy

    from mer_ros.data import Logits
    from mer_ros.emotions import EMOTIONS
    from mer_ros.nodes.conversions import to_ros

    node = rclpy.create_node('probe')
    arrived: list[float] = []
    node.create_subscription(
        EmotionState, 'emotion', lambda _: arrived.append(time.perf_counter()), 10)
    node.create_subscription(
        ModalityLogits, 'relay/out', lambda _: arrived.append(time.perf_counter()), 10)
    modalities = ('face', 'speech', 'text')
    topics = {name: node.create_publisher(ModalityLogits, f'{name}/logits', 10)
              for name in modalities}
    relay = node.create_publisher(ModalityLogits, 'relay/in', 10)
    while not all(publisher.get_subscription_count() for publisher in (relay, *topics.values())):
        rclpy.spin_once(node, timeout_sec=0.05)
    scores = np.linspace(-1.0, 2.0, len(EMOTIONS))

    def message(modality: str, stamp: int) -> Any:
        return to_ros(Logits(stamp, modality, EMOTIONS, scores, model='bench'))

    def ask(publisher: Any, question: Any) -> float:
        arrived.clear()
        began = time.perf_counter()
        publisher.publish(question)
        while not arrived:
            rclpy.spin_once(node, timeout_sec=0.5)
        return arrived[0] - began

    relay_times, fusion_times = [], []
    for index in range(WARM_UP + ROUNDS):
        stamp = time.time_ns()
        *first, last = (message(name, stamp) for name in modalities)
        for name, question in zip(modalities, first, strict=False):
            topics[name].publish(question)
        time.sleep(PERIOD)
        fused = ask(topics['text'], last)
        relayed = ask(relay, last)
        if index >= WARM_UP:
            fusion_times.append(fused)
            relay_times.append(relayed)
    node.destroy_node()
    return relay_times, fusion_times
