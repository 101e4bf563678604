"""The fusion node with a crowd: 20 people, 3 modalities, 10 times a second, beside a bare relay.

The crowd's logits go first to the one and then to the other, at the same pace.  Latency is from
publishing a person's last logits to receiving what they lead to; the share of a core is the
processor time that the node's process takes, by the kernel's count.
"""

from collections.abc import Callable
import time
from typing import Any

from bench_latency import RELAY
from children import graph, main_of, process, processor_seconds, QUIET
from compare import row
import numpy as np

PEOPLE = 20
RATE = 10
SECONDS = 15
SETTLE = 5.0
MODALITIES = ('face', 'speech', 'text')
TARGET_SHARE = 0.25
TARGET_RATIO = 3.0


def run() -> list[dict[str, Any]]:
    """Return the share of a core and the 99th percentile of latency, of both."""
    with graph(), process(RELAY) as relay, process(main_of('fusion_node'), *QUIET) as node:
        fusion_share, fusion_ms = _crowd(
            {name: f'{name}/logits' for name in MODALITIES}, 'emotion', node.pid)
        relay_share, relay_ms = _crowd(
            dict.fromkeys(MODALITIES, 'relay/in'), 'relay/out', relay.pid)
    load = f'{PEOPLE} people x {len(MODALITIES)} modalities x {RATE} Hz'
    return [
        row(f'fusion node, {load}', fusion_share, 'of a core', most=TARGET_SHARE),
        row(f'bare relay, {load}', relay_share, 'of a core'),
        row('fusion node, last logits to EmotionState, p99', fusion_ms, 'ms'),
        row('bare relay, logits to logits, p99', relay_ms, 'ms'),
        row('p99 of fusion node / relay', fusion_ms / relay_ms, 'ratio', most=TARGET_RATIO)]


def _crowd(inputs: dict[str, str], output: str, pid: int) -> tuple[float, float]:
    """Publish for a crowd; return the process's share of a core and the p99 latency in ms."""
    from mer_ros.msg import EmotionState, ModalityLogits
    import rclpy

    from mer_ros.data import Logits
    from mer_ros.emotions import EMOTIONS
    from mer_ros.messages.conversions import to_ros

    node = rclpy.create_node('crowd')
    asked: dict[tuple[str, int], float] = {}
    latencies: list[float] = []

    def on_answer(message: Any) -> None:
        began = asked.pop((message.person_id, message.header.stamp.nanosec), None)
        if began is not None:
            latencies.append(time.perf_counter() - began)

    kind = EmotionState if output == 'emotion' else ModalityLogits
    node.create_subscription(kind, output, on_answer, 100)
    publishers = {name: node.create_publisher(ModalityLogits, topic, 100)
                  for name, topic in inputs.items()}
    _until(node, lambda: all(p.get_subscription_count() for p in publishers.values()))
    # A subscriber may learn of its publishers seconds after they learnt of it.
    settled = time.perf_counter() + SETTLE
    _until(node, lambda: time.perf_counter() >= settled)
    scores = np.linspace(-1.0, 2.0, len(EMOTIONS))
    gap = 1.0 / (RATE * PEOPLE)
    before, began = processor_seconds(pid), time.perf_counter()
    for turn in range(SECONDS * RATE * PEOPLE):
        person, stamp = f'person_{turn % PEOPLE}', time.time_ns()
        for name in MODALITIES:
            message = to_ros(Logits(stamp, name, EMOTIONS, scores, person_id=person))
            if name == MODALITIES[-1]:
                asked[person, message.header.stamp.nanosec] = time.perf_counter()
            publishers[name].publish(message)
        _until(node, lambda due=began + (turn + 1) * gap: time.perf_counter() >= due)
    share = (processor_seconds(pid) - before) / (time.perf_counter() - began)
    node.destroy_node()
    return share, 1e3 * float(np.percentile(latencies[len(latencies) // 10:], 99))


def _until(node: Any, condition: Callable[[], bool]) -> None:
    import rclpy

    while not condition():
        rclpy.spin_once(node, timeout_sec=0.001)
