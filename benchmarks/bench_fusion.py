"""How long fusion takes, beside the printed equations written out in plain Python floats."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from statistics import median
from time import perf_counter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mer_ros.fusion import fuse

MODALITIES = ('face', 'speech', 'text')
CLASSES = 7
WINDOWS = 100_000
ONE_CALL_TARGET_US = 60.0
WINDOW_TARGET_US = 0.5

Logits = dict[str, NDArray[np.float64]]


def run() -> list[dict[str, Any]]:
    """Return the microseconds a window, each followed by its ratio to `pairwise` in this run.

    Each value is the median of repeats and includes reading belief, uncertainty, probability
    and alpha.
    """
    draw = np.random.default_rng(0)
    batch = {name: draw.normal(scale=3.0, size=(WINDOWS, CLASSES)) for name in MODALITIES}
    one = {name: logits[0] for name, logits in batch.items()}
    plain = _microseconds(partial(pairwise, [logits.tolist() for logits in one.values()]), 300)
    rows: list[dict[str, Any]] = []
    for preset in ('paper', 'calibrated'):
        single = _microseconds(partial(_fused, one, preset), 300)
        window = _microseconds(partial(_fused, batch, preset), 1) / WINDOWS
        for name, value, target in (
                (f'fuse one window, {preset}', single, ONE_CALL_TARGET_US),
                (f'fuse {WINDOWS} windows, {preset}, each', window, WINDOW_TARGET_US)):
            rows.append({'name': name, 'value': value, 'unit': 'µs', 'target': f'<= {target:g}',
                         'met': value <= target})
            rows.append({'name': f'  the same by pairwise floats / {name}', 'value': plain / value,
                         'unit': 'x'})
    return rows


def pairwise(logits: list[list[float]]) -> tuple[list[float], float, list[float], list[float]]:
    """Fuse one window by eqs. (1)-(12) as printed; return belief, uncertainty, p and alpha."""
    classes = len(logits[0])
    floor = min(min(row) for row in logits)
    fused: list[float] = []
    unsure = 1.0
    for row in logits:
        evidence = [value - floor for value in row]
        strength = sum(evidence) + classes
        belief, doubt = [value / strength for value in evidence], classes / strength
        if not fused:
            fused, unsure = belief, doubt
            continue
        conflict = sum(fused[i] * belief[j] for i in range(classes) for j in range(classes)
                       if i != j)
        fused = [(a * b + a * doubt + b * unsure) / (1.0 - conflict)
                 for a, b in zip(fused, belief, strict=True)]
        unsure = unsure * doubt / (1.0 - conflict)
    strength = classes / unsure
    alpha = [belief * strength + 1.0 for belief in fused]
    return fused, unsure, [value / strength for value in alpha], alpha


def _fused(logits: Logits, preset: str) -> tuple[Any, ...]:
    opinion = fuse(logits, preset=preset)
    return opinion.belief, opinion.uncertainty, opinion.probability, opinion.alpha


def _microseconds(work: Callable[[], object], calls: int, repeats: int = 15) -> float:
    work()
    times = []
    for _ in range(repeats):
        start = perf_counter()
        for _ in range(calls):
            work()
        times.append((perf_counter() - start) / calls)
    return 1e6 * median(times)
