"""All nodes in one process beside a process each, on the same recording.

The sample bag is replayed in real time, first to the one and then to the other.  Memory is the
proportional set size: pages that processes share are counted once.  The dashboard is started
beside the nodes, with nobody looking.
"""

from contextlib import ExitStack
from statistics import median
import time
from typing import Any

from children import graph, main_of, megabytes, process, processor_seconds, QUIET
from compare import row

from mer_ros.samples import SAMPLE_BAG

NODES = ('fusion_node', 'face_node', 'speech_node', 'text_node')
SIM = (*QUIET, '-p', 'use_sim_time:=true',
       '-p', 'image_transport:=compressed')
REPLAY = (*QUIET, '-p', f'bag:={SAMPLE_BAG}', '-p', 'loop:=true',
          '-p', 'wait_for:=30.0', '-p', 'progress:=false')
DASHBOARD = 'from mer_ros.cli import main; main()'
SECONDS = 26.0
TARGET_DASHBOARD = 5.0


def run() -> list[dict[str, Any]]:
    """Return latencies, share of a core and memory of both, and the share of the dashboard."""
    rows: list[dict[str, Any]] = []
    for name, executables, options in (
            ('one process', ('bringup',), ()),
            ('one process, executor:=single', ('bringup',), ('executor:=single',)),
            ('a process a node', NODES, ())):
        words, image, share, memory, dashboard = _measure(executables, options)
        rows += [row(f'{name}: words to text/logits, median', words, 'ms'),
                 row(f'{name}: image to emotion, median', image, 'ms'),
                 row(f'{name}: CPU', 100 * share, '% of a core'),
                 row(f'{name}: memory', memory, 'MB')]
    return [*rows, row('dashboard that nobody watches: CPU', 100 * dashboard, '% of a core',
                       most=TARGET_DASHBOARD)]


def _measure(executables: tuple[str, ...], options: tuple[str, ...]
             ) -> tuple[float, float, float, float, float]:
    with graph(), ExitStack() as running:
        nodes = [running.enter_context(process(main_of(name), *options, *SIM))
                 for name in executables]
        page = running.enter_context(process(DASHBOARD, 'dashboard', '--port', '0'))
        watch = _Watch()
        running.enter_context(process(main_of('replay.replay_node'), *REPLAY))
        watch.spin_until(lambda: bool(watch.words.latencies), 60.0)
        before, began = [processor_seconds(child.pid) for child in (*nodes, page)], time.time()
        watch.spin_until(lambda: False, SECONDS)
        elapsed = time.time() - began
        spent = [(processor_seconds(child.pid) - then) / elapsed
                 for child, then in zip((*nodes, page), before, strict=True)]
        memory = sum(megabytes(child.pid, 'Pss') for child in nodes)
        watch.node.destroy_node()
        return (watch.words.median_ms(), watch.images.median_ms(), sum(spent[:-1]), memory,
                spent[-1])


class _Delays:
    """Notes how long after an input of the same stamp an output arrives."""

    def __init__(self) -> None:
        self.latencies: list[float] = []
        self._since: dict[int, float] = {}

    def began(self, message: Any) -> None:
        self._since[_nanoseconds(message)] = time.perf_counter()

    def ended(self, message: Any) -> None:
        since = self._since.pop(_nanoseconds(message), None)
        if since is not None:
            self.latencies.append(time.perf_counter() - since)

    def median_ms(self) -> float:
        return 1e3 * median(self.latencies)


class _Watch:
    """Listens to words and images, and to what becomes of them.

    The stamp of a state is that of its newest evidence: where that is a face, the stamp of its
    image.  Its delay contains the selection of an image and the window of the fusion.
    """

    def __init__(self) -> None:
        from mer_ros.msg import EmotionState, ModalityLogits, Transcript
        import rclpy
        from rclpy.qos import qos_profile_sensor_data
        from sensor_msgs.msg import CompressedImage

        self.node = rclpy.create_node('watch')
        self.words = _Delays()
        self.images = _Delays()
        for kind, topic, act in (
                (Transcript, 'transcript', self.words.began),
                (ModalityLogits, 'text/logits', self.words.ended),
                (CompressedImage, 'image/compressed', self.images.began),
                (EmotionState, 'emotion', self.images.ended)):
            self.node.create_subscription(kind, topic, act, qos_profile_sensor_data)

    def spin_until(self, condition: Any, patience: float) -> None:
        import rclpy

        give_up = time.monotonic() + patience
        while not condition() and time.monotonic() < give_up:
            rclpy.spin_once(self.node, timeout_sec=0.1)


def _nanoseconds(message: Any) -> int:
    return int(message.header.stamp.sec) * 10**9 + int(message.header.stamp.nanosec)

