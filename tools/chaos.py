"""End and stop processes of the graph at random, and measure what the others and they do.

    python tools/chaos.py --seconds 60 --seed 1

The sample is fed to the graph in a loop.  A process is killed (SIGKILL), ended (SIGTERM) or stopped
for a second (SIGSTOP, SIGCONT); one that ends is started again after two seconds, as mer.launch.py
does.  For each blow the longest gap of `emotion` is told, and after how long the process published
again what it is there for, counted from when it was started or went on.  The exit status is 1
where a process does not come back.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from itertools import pairwise
import random
import signal
from time import monotonic
from typing import Any

import numpy as np
from robot import Robot, robot
from usage import usage

from mer_ros.data import AudioBlock, CameraImage, Words
from mer_ros.evaluation.bag_inputs import BagInputs
from mer_ros.messages.conversions import image_message, to_ros
from mer_ros.samples import SAMPLE_BAG

OUTPUT = {'face_node': 'face/logits', 'speech_node': 'speech/logits', 'text_node': 'text/logits',
          'fusion_node': 'emotion', 'response_node': 'response'}
"""The topic by which one sees that a node works."""

BLOWS = (signal.SIGKILL, signal.SIGTERM, signal.SIGSTOP)
STOPPED_S = 1.0
CALM_S = 2.0
"""Seconds between two blows, in which the gap before is measured."""

BACK_S = 30.0
"""Seconds after which a process counts as lost."""


class Feeder:
    """Publishes a picture and a block of sound ten times a second, and a sentence twice."""

    def __init__(self, node: Any) -> None:
        from mer_ros.msg import AudioChunk, Transcript
        from sensor_msgs.msg import Image

        items = list(BagInputs(SAMPLE_BAG).read(['face', 'speech', 'text']))
        self._pictures = [item.pixels for item in items if isinstance(item, CameraImage)]
        sound = np.concatenate([item.samples for item in items if isinstance(item, AudioBlock)])
        pause = np.zeros((11_200, 1), np.float32)
        self._sound = np.concatenate([sound[22_000:40_000], pause])  # what ends is a sentence
        self._node, self._count = node, 0
        self._image = node.create_publisher(Image, 'image', 1)
        self._audio = node.create_publisher(AudioChunk, 'audio', 50)
        self._words = node.create_publisher(Transcript, 'transcript', 10)
        node.create_timer(0.1, self._feed)

    def _feed(self) -> None:
        now = self._node.get_clock().now().nanoseconds
        header = to_ros(Words(now, '')).header
        self._image.publish(image_message(
            header, self._pictures[self._count % len(self._pictures)]))
        begin = self._count * 1600 % len(self._sound)
        block = np.roll(self._sound, -begin, axis=0)[:1600]
        self._audio.publish(to_ros(AudioBlock(now - 100_000_000, block, 16_000)))
        if self._count % 5 == 0:
            self._words.publish(to_ros(Words(now, 'I am so happy, this is wonderful!', 'v')))
        self._count += 1


class Watch:
    """Notes when each output came."""

    def __init__(self, node: Any) -> None:
        from mer_ros.msg import EmotionState, ModalityLogits
        from std_msgs.msg import String

        self.came: defaultdict[str, list[float]] = defaultdict(list)
        for topic in OUTPUT.values():
            kind = {'emotion': EmotionState, 'response': String}.get(topic, ModalityLogits)
            node.create_subscription(
                kind, topic, lambda _, topic=topic: self.came[topic].append(monotonic()), 50)

    def since(self, topic: str, moment: float) -> float | None:
        """Return how long after a moment a topic came first."""
        return next((time - moment for time in self.came[topic] if time > moment), None)

    def gap(self, topic: str, begin: float, end: float) -> float:
        """Return the longest time without a message between two moments."""
        times = [begin, *(time for time in self.came[topic] if begin < time < end), end]
        return max(later - earlier for earlier, later in pairwise(times))


def strike(graph: Robot, watch: Watch, name: str, blow: signal.Signals) -> tuple[float, float]:
    """Deal one blow; return the gap of `emotion` and the time until the node's output is back.

    Raises TimeoutError where it does not come back.
    """
    executable, began = graph.executables[name], monotonic()
    starts = executable.starts
    assert executable.process is not None
    executable.process.send_signal(blow)
    if blow == signal.SIGSTOP:
        graph.spin(STOPPED_S)
        executable.process.send_signal(signal.SIGCONT)
        again = monotonic()
    else:
        if not graph.wait(lambda: executable.starts > starts, BACK_S):
            raise TimeoutError(f'{name} does not end on {blow.name}')
        again = executable.started
    if not graph.wait(lambda: watch.since(OUTPUT[name], again), BACK_S):
        raise TimeoutError(f'{name} publishes no {OUTPUT[name]} after {blow.name}')
    back = watch.since(OUTPUT[name], again)
    assert back is not None
    graph.spin(CALM_S)
    return watch.gap('emotion', began, monotonic()), back


def run(seconds: float, seed: int, names: tuple[str, ...] = tuple(OUTPUT),
        domain: int | None = None) -> int:
    """Deal blows for a time, at least one; print them and return the status."""
    chance, found = random.Random(seed), []
    with robot(names, domain=domain) as graph:
        watch = Watch(graph.node)
        Feeder(graph.node)
        if not graph.wait(lambda: all(len(watch.came[OUTPUT[name]]) > 1 for name in names)):
            print(f'the graph does not start; heard: {sorted(watch.came)}')
            return 1
        calm = monotonic()
        graph.spin(2 * CALM_S)
        before = watch.gap('emotion', calm, monotonic())
        print(f'{"node":14} {"blow":8} {"gap of emotion":>14} {"back after":>11}\n'
              f'{"(none)":14} {"":8} {before:12.2f} s', flush=True)
        until, dealt = monotonic() + seconds, 0
        blows = [(name, blow) for name in names for blow in BLOWS]
        while not dealt or monotonic() < until:
            if dealt % len(blows) == 0:
                chance.shuffle(blows)  # every node gets every blow before one gets one again
            name, blow = blows[dealt % len(blows)]
            dealt += 1
            try:
                gap, back = strike(graph, watch, name, blow)
            except TimeoutError as error:
                print(f'blow {dealt} of seed {seed}: {error}')
                return 1
            found.append((name, gap, back))
            print(f'{name:14} {blow.name:8} {gap:12.2f} s {back:9.2f} s', flush=True)
        for name in names:
            print(f'{name}: {usage(graph.executables[name].pid)}')
    others = max((gap for name, gap, _ in found if name != 'fusion_node'), default=0.0)
    print(f'{dealt} blows, seed {seed}, {sum(map(len, watch.came.values()))} messages; gap of '
          f'emotion while another node is down at most {others:.2f} s; back after at most '
          f'{max(back for *_, back in found):.2f} s')
    return 0


if __name__ == '__main__':
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--seconds', type=float, default=60.0)
    parser.add_argument('--seed', type=int, default=1)
    chosen = parser.parse_args()
    raise SystemExit(run(chosen.seconds, chosen.seed))
