"""How soon all nodes in one process are ready, what they need, and whether they keep up.

The process runs on one core only; images of 640x480 come at 30 Hz, with sound.  They are sent and
subscribed RELIABLE: with best effort, Fast DDS as it is configured by default loses most messages
of this size between processes, whoever subscribes.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from contextlib import contextmanager
import os
import signal
from statistics import median
import subprocess
from threading import Thread
import time
from typing import Any

from children import graph, megabytes, processor_seconds, python, QUIET
from compare import row
import numpy as np

SECONDS = 20.0
STARTS = 5
FRAME_RATE = 30
SIZE = (480, 640)
PICTURES = 60
TARGET_READY = 3.0
TARGET_MEMORY = 350.0
TARGET_GROWTH = 10.0

BRINGUP = '''
import sys
from mer_ros.nodes.base import run
from mer_ros.nodes.bringup import main
spin = run.spin
def tell(executor, nodes):  # every node is active by then
    print('ready', flush=True)
    spin(executor, nodes)
run.spin = tell
sys.exit(main())
'''


def run() -> list[dict[str, Any]]:
    """Return time to ready in s, resident memory in MB, and ages of evidence in ms."""
    starts = []
    with graph():
        for _ in range(STARTS - 1):
            with bringup() as (_, seconds):
                starts.append(seconds)
        with bringup() as (child, seconds):
            starts.append(seconds)
            probe = Probe()
            probe.wait_until_connected()
            cpu = processor_seconds(child.pid)
            probe.feed(SECONDS)
            cpu = (processor_seconds(child.pid) - cpu) / SECONDS
            memory = megabytes(child.pid)
            probe.node.destroy_node()
    reports = probe.reports[1:]
    ages = [age for _, age in reports]
    half = len(ages) // 2
    growth = median(ages[half:]) - median(ages[:half])
    return [
        row('bringup: started to all nodes active, median', median(starts), 's',
            most=TARGET_READY),
        row('bringup: resident memory after the run', memory, 'MB', most=TARGET_MEMORY),
        row('bringup: CPU, 30 images/s 640x480 with sound', 100 * cpu, '% of one core'),
        row('images that arrive, median', median(rate for rate, _ in reports), '1/s'),
        row('age of an image when work on it begins, median', median(ages), 'ms'),
        row('growth of that age from first to second half', growth, 'ms', most=TARGET_GROWTH),
    ]


@contextmanager
def bringup(code: str = BRINGUP, *options: str) -> Iterator[tuple[subprocess.Popen[str], float]]:
    """Run all nodes in a process on one core; give it and the seconds until they were active."""
    core = max(os.sched_getaffinity(0))
    began = time.monotonic()
    child = subprocess.Popen(
        python(code, *options, *QUIET, '-p',
               'qos_overrides./image.subscription.reliability:=reliable'), text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        preexec_fn=lambda: os.sched_setaffinity(0, {core}))
    try:
        assert child.stdout is not None
        if child.stdout.readline() != 'ready\n':
            raise RuntimeError('bringup did not become ready; its log says why')
        yield child, time.monotonic() - began
    finally:
        child.send_signal(signal.SIGINT)
        child.wait(20)


class Probe:
    """Publishes images, sound and words; ``reports`` holds image rate (Hz), age (ms) by second."""

    def __init__(self) -> None:
        from diagnostic_msgs.msg import DiagnosticArray
        from mer_ros.msg import AudioChunk, Transcript
        import rclpy
        from rclpy.qos import qos_profile_sensor_data
        from sensor_msgs.msg import Image

        self.node = rclpy.create_node('probe')
        self._images = self.node.create_publisher(Image, 'image', 5)
        self._sound = self.node.create_publisher(AudioChunk, 'audio', qos_profile_sensor_data)
        self._words = self.node.create_publisher(Transcript, 'transcript', 10)
        self.reports: list[tuple[float, float]] = []
        self.node.create_subscription(DiagnosticArray, '/diagnostics', self._on_report, 10)
        self._image = Image(height=SIZE[0], width=SIZE[1], encoding='rgb8', step=SIZE[1] * 3)
        self._frames = 0
        self._pictures, self._samples = sample()
        Thread(target=rclpy.spin, args=[self.node], daemon=True).start()

    def wait_until_connected(self) -> None:
        """Wait until every input has its subscriber."""
        while not (self._images.get_subscription_count() and self._sound.get_subscription_count()
                   and self._words.get_subscription_count()):
            time.sleep(0.01)

    def feed(self, seconds: float) -> None:
        """Publish for so long, while ``reports`` fills with what the face node says of itself."""
        from mer_ros.data import AudioBlock, Words
        from mer_ros.messages.conversions import to_ros

        start = time.monotonic()
        for frame in range(round(seconds * FRAME_RATE)):
            time.sleep(max(0.0, start + frame / FRAME_RATE - time.monotonic()))
            now = self.node.get_clock().now()
            self._image.header.stamp = now.to_msg()
            self._image.data = self._pictures[self._frames // 3 % len(self._pictures)]
            self._images.publish(self._image)
            first, last = (number * 16000 // FRAME_RATE for number in (
                self._frames, self._frames + 1))
            block = np.take(self._samples, np.arange(first, last), axis=0, mode='wrap')
            self._sound.publish(to_ros(AudioBlock(now.nanoseconds, block, 16000)))
            if self._frames % (2 * FRAME_RATE) == 0:
                self._words.publish(to_ros(Words(now.nanoseconds, 'I am so glad to see you')))
            self._frames += 1

    def _on_report(self, message: Any) -> None:
        for status in message.status:
            values = {value.key: value.value for value in status.values}
            if status.name.endswith('face_node') and float(values['input age (ms)']):
                self.reports.append(
                    (float(values['input rate (Hz)']), float(values['input age (ms)'])))


def sample() -> tuple[list[Any], np.ndarray]:
    """Return images of the shipped sample as the bytes of messages, and its sound at 16 kHz."""
    import cv2

    from mer_ros.data import AudioBlock, CameraImage
    from mer_ros.engines.pipeline import MODALITIES
    from mer_ros.evaluation.bag_inputs import BagInputs
    from mer_ros.samples import SAMPLE_BAG

    items = list(BagInputs(SAMPLE_BAG).read(MODALITIES))
    images = [item for item in items if isinstance(item, CameraImage)][:PICTURES]
    sound = np.concatenate([item.samples for item in items if isinstance(item, AudioBlock)])
    return [array('B', cv2.resize(item.pixels, SIZE[::-1]).tobytes()) for item in images], sound
