"""Let hours of event time pass through the engines, and a node through many lifecycles.

    python tools/soak.py --hours 8 --cycles 200

Evidence of three modalities about changing people comes to the fusion ten times a second; the
sample recording is seen, heard and read once in a while.  Then every node of the graph is
configured, activated, deactivated and cleaned up so many times.  Memory, threads and open files
are printed on the way; the exit status is 1 where they grow.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
import os
import random
import tempfile
from time import monotonic
from typing import Any
from unittest.mock import patch

import numpy as np
from usage import slope, Usage, usage

from mer_ros.data import Logits, NANOSECONDS
from mer_ros.emotions import EMOTIONS
from mer_ros.engines.fused_stream import FusedStream
from mer_ros.engines.fusion import FusionEngine
from mer_ros.engines.fusion_settings import FusionSettings
from mer_ros.engines.pipeline import MODALITIES, Pipeline
from mer_ros.evaluation.bag_inputs import BagInputs
from mer_ros.messages.border import checked
from mer_ros.samples import SAMPLE_BAG
from mer_ros.window import WindowSettings

HOUR = 3600
RATE = 10
MOST_GROWTH = 1.0
"""MB that the memory may grow from an hour, or ten lifecycles, to the next."""

WARM_UP = 0.25
"""The share of looks that come before caches are full and do not count."""


class Look:
    """Prints what the process takes, and tells whether it grew."""

    def __init__(self, what: str) -> None:
        self.what, self.seen, self._began = what, list[Usage](), monotonic()

    def take(self, text: str) -> None:
        """Look once."""
        self.seen.append(usage())
        print(f'{text}: {self.seen[-1]}', flush=True)

    def is_flat(self) -> bool:
        """Print the growth; return whether memory, threads and files stayed."""
        late = self.seen[int(len(self.seen) * WARM_UP):]
        growth = slope([one.memory for one in late]) if len(late) > 2 else 0.0
        flat = (growth <= MOST_GROWTH and late[-1].threads <= late[0].threads
                and late[-1].files <= late[0].files)
        print(f'{self.what}: {self.seen[0]} -> {self.seen[-1]}; {growth:+.3f} MB a look; '
              f'{monotonic() - self._began:.0f} s; {"flat" if flat else "GROWS"}')
        return flat


def soak_engines(hours: float, seed: int, every: int) -> bool:
    """Let event time pass; the sample is perceived every so many seconds of it."""
    chance = random.Random(seed)
    sample = list(BagInputs(SAMPLE_BAG).read(list(MODALITIES)))
    begin = sample[0].stamp
    pipeline = Pipeline()
    stream = FusedStream(FusionEngine(
        modalities=MODALITIES, fusion=FusionSettings(), window=WindowSettings()))
    logits = states = inputs = 0
    look = Look(f'{hours:g} h of event time')
    look.take('before')
    for second in range(round(hours * HOUR)):
        now = begin + second * NANOSECONDS
        for tick in range(RATE):
            stamp = now + tick * NANOSECONDS // RATE
            person = f'person_{second // 60 + chance.randrange(3)}'
            evidence = [Logits(stamp, modality, EMOTIONS, np.array(
                [chance.gauss(0.0, 3.0) for _ in EMOTIONS]), person) for modality in MODALITIES]
            logits += len(evidence)
            states += sum(bool(checked(state)) for state in stream.add(evidence, stamp))
        if second % every == 0:
            shift = now - begin
            for item in sample:
                states += sum(bool(checked(state)) for state in pipeline.feed(
                    replace(item, stamp=item.stamp + shift)))
            inputs += len(sample)
        if (second + 1) % HOUR == 0:
            look.take(f'{(second + 1) // HOUR} h')
    print(f'{logits} logits, {inputs} images, blocks of sound and sentences, {states} states')
    return look.is_flat()


def soak_nodes(cycles: int) -> bool:
    """Take every node through its lifecycle so many times."""
    if not cycles:
        return True
    with nodes() as (graph, executor):
        look = Look(f'{cycles} lifecycles of {len(graph)} nodes')
        look.take('before')
        for cycle in range(cycles):
            for node in graph:
                for step in ('configure', 'activate', 'deactivate', 'cleanup'):
                    assert getattr(node, f'trigger_{step}')().name == 'SUCCESS', node.failure
                    executor.spin_once(timeout_sec=0.0)
            if (cycle + 1) % 10 == 0:
                look.take(f'{cycle + 1} lifecycles')
        return look.is_flat()


@contextmanager
def nodes() -> Iterator[tuple[Sequence[Any], Any]]:
    """Return the nodes of the graph, unconfigured, and their executor, in a domain of their own."""
    with tempfile.TemporaryDirectory() as state, patch.dict(
            os.environ, ROS_AUTOMATIC_DISCOVERY_RANGE='LOCALHOST', XDG_STATE_HOME=state,
            ROS_DOMAIN_ID=str(random.SystemRandom().randint(1, 101))):
        import rclpy
        from rclpy.executors import SingleThreadedExecutor

        from mer_ros.nodes.bringup import makers, OPTIONS

        rclpy.init(args=[])
        executor = SingleThreadedExecutor()
        given = {name: values[0] for name, values in OPTIONS.items()}
        graph = [make() for make in makers(given)]
        try:
            for node in graph:
                node.get_logger().set_level(30)  # one line a lifecycle would hide the figures
                executor.add_node(node)
            yield graph, executor
        finally:
            for node in graph:
                node.close()
                node.destroy_node()
            executor.shutdown()
            rclpy.try_shutdown()


if __name__ == '__main__':
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--hours', type=float, default=8.0)
    parser.add_argument('--cycles', type=int, default=200)
    parser.add_argument('--seed', type=int, default=1)
    parser.add_argument('--every', type=int, default=240, help='seconds from sample to sample')
    chosen = parser.parse_args()
    flat = soak_engines(chosen.hours, chosen.seed, chosen.every)
    raise SystemExit(0 if soak_nodes(chosen.cycles) and flat else 1)
