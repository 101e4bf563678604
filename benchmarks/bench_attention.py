"""What learned attention fusion costs beside Dempster's rule, in the same run."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from statistics import median
from time import perf_counter
from typing import Any

import numpy as np

from mer_ros.fusion import fuse

MODALITIES = ('face', 'speech')
CLASSES = 7
WINDOWS = 100_000


def run() -> list[dict[str, Any]]:
    """Return microseconds a window by attention, with its ratio to Dempster's rule in this run.

    Each is the median of repeats that alternate between the two rules, with the settings of the
    fusion node (doubt, reliabilities below 1), and includes reading what an EmotionState holds.
    """
    draw = np.random.default_rng(0)
    batch = {name: draw.normal(scale=3.0, size=(WINDOWS, CLASSES)) for name in MODALITIES}
    one = {name: logits[0] for name, logits in batch.items()}
    rows: list[dict[str, Any]] = []
    for name, logits, windows, calls in (
            ('one window', one, 1, 300), (f'{WINDOWS} windows, each', batch, WINDOWS, 1)):
        attention, dempster = _medians(
            [partial(_fused, logits, rule) for rule in ('attention', 'dempster')], calls)
        rows.append({'name': f'fuse {name}, attention', 'value': 1e6 * attention / windows,
                     'unit': 'µs'})
        rows.append({'name': f'  that / dempster, {name}', 'value': attention / dempster,
                     'unit': 'x'})
    return rows


def _fused(logits: dict[str, Any], rule: str) -> tuple[Any, ...]:
    opinion = fuse(logits, rule=rule, output_temperature=1.0, doubt=True,
                   reliability={'face': 0.9, 'speech': 0.5})
    return (opinion.belief, opinion.uncertainty, opinion.probability, opinion.alpha,
            opinion.weights)


def _medians(works: list[Callable[[], object]], calls: int, repeats: int = 15) -> list[float]:
    """Return the seconds a call of each; they take turns, so that both see the same machine."""
    times: list[list[float]] = [[] for _ in works]
    for _ in range(repeats + 1):
        for work, seen in zip(works, times, strict=True):
            start = perf_counter()
            for _ in range(calls):
                work()
            seen.append((perf_counter() - start) / calls)
    return [median(seen[1:]) for seen in times]
