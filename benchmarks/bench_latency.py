"""How long the fusion node takes from the last logits to the state, beside a bare relay node.

This process publishes and receives, one fuses, and two only pass messages on: a relay as most
nodes are, with rclpy.spin, and one with the executor that the fusion node has.  They are asked in
turn, so that whatever else the machine does hits all alike.  The relay is also asked for a
ready-made EmotionState, because that message alone costs more to write and read than the logits do.
"""

from statistics import median, quantiles
import time
from typing import Any

from children import graph, main_of, process, QUIET
from compare import row

ROUNDS = 300
WARM_UP = 30
PERIOD = 0.02
TARGET_RATIO = 1.3
TARGET_TAIL_RATIO = 2.0

RELAY = '''
import rclpy
from mer_ros.msg import EmotionState, ModalityLogits, ModalityOpinion
rclpy.init()
node = rclpy.create_node('relay')
publisher = node.create_publisher(ModalityLogits, 'relay/out', 10)
node.create_subscription(ModalityLogits, 'relay/in', publisher.publish, 10)
seven = [0.1] * 7
opinion = ModalityOpinion(modality='speech', model='bench', belief=seven, probability=seven)
state = EmotionState(label='happiness', labels=['happiness'] * 7, belief=seven, probability=seven,
                     alpha=seven, modalities=[opinion] * 3)
states = node.create_publisher(EmotionState, 'relay/state', 10)
node.create_subscription(ModalityLogits, 'relay/ask', lambda _: states.publish(state), 10)
try:
    rclpy.spin(node)
except (KeyboardInterrupt, rclpy.executors.ExternalShutdownException):
    pass
'''
SAME_EXECUTOR = RELAY.replace('relay', 'like').replace('rclpy.spin(node)', '''
    from mer_ros.nodes.base.executors import EXECUTORS
    executor = EXECUTORS['auto']()
    executor.add_node(node)
    while rclpy.ok():
        executor.spin_once(timeout_sec=0.5)
'''.strip())


def run() -> list[dict[str, Any]]:
    """Return the latencies in milliseconds, median and p99, and their ratios."""
    with graph(), process(RELAY), process(SAME_EXECUTOR), process(main_of('fusion_node'), *QUIET):
        times = _measure()
    relay, like, state, fusion = map(median, times)
    relay_tail, _, _, fusion_tail = [quantiles(some, n=100)[-1] for some in times]
    return [
        row('bare relay: logits in to logits out, median', 1e3 * relay, 'ms'),
        row('bare relay: logits in to a ready-made EmotionState out, median', 1e3 * state, 'ms'),
        row('fusion: last logits published to EmotionState received, median', 1e3 * fusion, 'ms'),
        row('fusion / relay of logits', fusion / relay, 'ratio', most=TARGET_RATIO),
        row('fusion / relay of logits with the same executor', fusion / like, 'ratio'),
        row('fusion / relay of a ready-made EmotionState', fusion / state, 'ratio'),
        row('bare relay: logits in to logits out, p99', 1e3 * relay_tail, 'ms'),
        row('fusion: last logits published to EmotionState received, p99', 1e3 * fusion_tail, 'ms'),
        row('fusion / relay of logits, p99', fusion_tail / relay_tail, 'ratio',
            most=TARGET_TAIL_RATIO)]


def _measure() -> tuple[list[float], list[float], list[float], list[float]]:
    from mer_ros.msg import EmotionState, ModalityLogits
    import numpy as np
    import rclpy

    from mer_ros.data import Logits
    from mer_ros.emotions import EMOTIONS
    from mer_ros.messages.conversions import to_ros

    node = rclpy.create_node('probe')
    arrived: list[float] = []
    node.create_subscription(
        EmotionState, 'emotion', lambda _: arrived.append(time.perf_counter()), 10)
    node.create_subscription(
        EmotionState, 'relay/state', lambda _: arrived.append(time.perf_counter()), 10)
    for topic in ('relay/out', 'like/out'):
        node.create_subscription(
            ModalityLogits, topic, lambda _: arrived.append(time.perf_counter()), 10)
    modalities = ('face', 'speech', 'text')
    topics = {name: node.create_publisher(ModalityLogits, f'{name}/logits', 10)
              for name in modalities}
    relay = node.create_publisher(ModalityLogits, 'relay/in', 10)
    like = node.create_publisher(ModalityLogits, 'like/in', 10)
    state = node.create_publisher(ModalityLogits, 'relay/ask', 10)
    while not all(publisher.get_subscription_count()
                  for publisher in (relay, like, state, *topics.values())):
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

    relay_times, like_times, state_times, fusion_times = [], [], [], []
    for index in range(WARM_UP + ROUNDS):
        stamp = time.time_ns()
        *first, last = (message(name, stamp) for name in modalities)
        for name, question in zip(modalities, first, strict=False):
            topics[name].publish(question)
        time.sleep(PERIOD)
        fused = ask(topics['text'], last)
        time.sleep(PERIOD)
        relayed = ask(relay, last)
        time.sleep(PERIOD)
        liked = ask(like, last)
        time.sleep(PERIOD)
        stated = ask(state, last)
        if index >= WARM_UP:
            fusion_times.append(fused)
            relay_times.append(relayed)
            like_times.append(liked)
            state_times.append(stated)
    node.destroy_node()
    return relay_times, like_times, state_times, fusion_times
