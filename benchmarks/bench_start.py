"""How soon the whole graph in one process is ready and publishes its first state.

An image of the sample and a sentence are published at 10 Hz from before the process starts, as by a
robot that runs already.  Until the middleware has introduced the nodes to the robot's topics,
which takes Fast DDS up to three seconds even with a bare node, nothing arrives; so that the time
after it is told too.  What the imports cost is told by
`python -X importtime`, by the top package.
"""

from collections import Counter
from collections.abc import Callable
import os
import signal
from statistics import median
import subprocess
import time
from typing import Any

from bench_bringup import BRINGUP, sample, SIZE
from children import graph, processor_seconds, python, QUIET
from compare import row

RELIABLE = 'qos_overrides./image.subscription.reliability:=reliable'
STARTS = 5
PERIOD = 0.1
PATIENCE = 30.0
TARGET_READY = 0.6
TARGET_STATE = 1.5
MOST_IMPORTS = 6


def run() -> list[dict[str, Any]]:
    """Return the seconds to ready and to the first state, median over starts, and imports in ms."""
    with graph():
        starts = [_start() for _ in range(STARTS)]
    ready, found, state, cpu = map(median, zip(*starts, strict=True))
    after = median(state - max(ready, found) for ready, found, state, _ in starts)
    return [
        row('bringup: process started to all nodes active', ready, 's', most=TARGET_READY),
        row('bringup: process started to first EmotionState', state, 's', most=TARGET_STATE),
        row('  process started to topics found by the middleware', found, 's'),
        row('  nodes active and topics found to first EmotionState', after, 's'),
        row('bringup: processor time until all nodes are active', cpu, 's'),
        *[row(f'import of the graph: {name}', 1e3 * seconds, 'ms')
          for name, seconds in _imports().most_common(MOST_IMPORTS)]]


def _start() -> tuple[float, float, float, float]:
    """Start the graph; return the seconds to ready, to topics found, to its first state, of CPU."""
    from mer_ros.msg import EmotionState
    import rclpy

    node = rclpy.create_node('probe')
    states: list[float] = []
    node.create_subscription(
        EmotionState, 'emotion', lambda message: states.append(time.perf_counter())
        if message.modalities else None, 10)
    publishers, tell = _robot(node)
    began = time.perf_counter()
    child = subprocess.Popen(python(BRINGUP, *QUIET, '-p', RELIABLE), text=True,
                             stdout=subprocess.PIPE)
    try:
        assert child.stdout is not None
        os.set_blocking(child.stdout.fileno(), False)
        ready = found = cpu = 0.0
        due = began
        while not (ready and states) and time.perf_counter() - began < PATIENCE:
            if time.perf_counter() >= due:
                tell()
                due += PERIOD
            rclpy.spin_once(node, timeout_sec=0.005)
            if not found and all(each.get_subscription_count() for each in publishers):
                found = time.perf_counter() - began
            if not ready and child.stdout.readline() == 'ready\n':
                ready = time.perf_counter() - began
                cpu = processor_seconds(child.pid)
        if not (ready and states):
            raise RuntimeError('the graph did not start, or published nothing; its log says why')
        return ready, found, states[0] - began, cpu
    finally:
        child.send_signal(signal.SIGINT)
        child.wait(20)
        node.destroy_node()


def _robot(node: Any) -> tuple[list[Any], Callable[[], None]]:
    """Return the publishers of the image and the sentence, and what publishes both, stamped now."""
    from mer_ros.msg import Transcript
    from sensor_msgs.msg import Image

    height, width = SIZE
    image = Image(height=height, width=width, encoding='rgb8', step=3 * width)
    image.data = sample()[0][0]
    words = Transcript(text='What a lovely day, I am so happy!', confidence=1.0)
    topics = [(node.create_publisher(Image, 'image', 5), image),
              (node.create_publisher(Transcript, 'transcript', 5), words)]

    def tell() -> None:
        for publisher, message in topics:
            message.header.stamp = node.get_clock().now().to_msg()
            publisher.publish(message)

    return [publisher for publisher, _ in topics], tell


def _imports() -> Counter[str]:
    """Return the seconds that the modules of each top package take to import."""
    told = subprocess.run(
        python('import mer_ros.nodes.bringup'), env={**os.environ, 'PYTHONPROFILEIMPORTTIME': '1'},
        capture_output=True, text=True, check=True).stderr
    seconds: Counter[str] = Counter()
    for line in told.splitlines():
        own, _, name = line.removeprefix('import time:').split('|')
        if own.strip().isdecimal():
            seconds[name.strip().partition('.')[0]] += 1e-6 * int(own)
    return seconds
