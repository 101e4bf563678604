"""How long fusion takes, beside the printed equations written out in plain Python floats."""

from collections.abc import Callable
from functools import partial
from statistics import median
from time import process_time
from typing import Any

from compare import in_turns, row, seconds
import numpy as np
from numpy.typing import NDArray

from mer_ros.fusion import fuse

MODALITIES = ('face', 'speech', 'text')
CLASSES = 7
WINDOWS = 100_000
WINDOW_TARGET_US = 0.5
TARGET_RATIO = 1.5
"""Most times of `pairwise` that one window may take by the preset paper."""

CALLS, ROUNDS = 200, 20

Logits = dict[str, NDArray[np.float64]]


def run() -> list[dict[str, Any]]:
    """Return the microseconds a window, and how many times those of `pairwise` one window takes.

    Each includes reading belief, uncertainty, probability and alpha.  Ratios are medians over
    rounds in which all are measured in turn, by the processor time of this process.
    """
    draw = np.random.default_rng(0)
    batch = {name: draw.normal(scale=3.0, size=(WINDOWS, CLASSES)) for name in MODALITIES}
    one = {name: logits[0] for name, logits in batch.items()}
    as_node = partial(_fused, one, 'calibrated', output_temperature=1.0, doubt=True,
                      reliability={'speech': 0.9}, named={'speech': np.arange(CLASSES) < 6})
    times = in_turns({name: partial(_often, call) for name, call in {
        'pairwise floats': partial(pairwise, [logits.tolist() for logits in one.values()]),
        'paper': partial(_fused, one, 'paper'), 'calibrated': partial(_fused, one, 'calibrated'),
        'calibrated, as nodes do by default': as_node}.items()}, repeats=ROUNDS,
        clock=process_time)
    plain = times['pairwise floats']
    rows = [row('one window by pairwise floats', 1e6 * median(plain) / CALLS, 'µs')]
    for name in list(times)[1:]:
        ratio = median(ours / theirs for ours, theirs in zip(times[name], plain, strict=True))
        rows += [row(f'fuse one window, {name}', 1e6 * median(times[name]) / CALLS, 'µs'),
                 row(f'  the same / pairwise floats, {name}', ratio, 'ratio',
                     most=TARGET_RATIO if name == 'paper' else None)]
    return rows + [
        row(f'fuse {WINDOWS} windows, {preset}, each',
            1e6 * seconds(partial(_fused, batch, preset), repeats=16,
                      clock=process_time) / WINDOWS, 'µs',
            most=WINDOW_TARGET_US) for preset in ('paper', 'calibrated')]


def _often(call: Callable[[], Any]) -> None:
    for _ in range(CALLS):
        call()


def pairwise(logits: list[list[float]]) -> tuple[list[float], float, list[float], list[float]]:
    """Fuse one window by eqs. (1)-(12) as printed; return belief, uncertainty, p and alpha."""
    classes = len(logits[0])
    floor = min(map(min, logits))
    fused: list[float] = []
    unsure = 1.0
    for scores in logits:
        evidence = [value - floor for value in scores]
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


def _fused(logits: Logits, preset: str, **options: Any) -> tuple[Any, ...]:
    opinion = fuse(logits, preset=preset, **options)
    return opinion.belief, opinion.uncertainty, opinion.probability, opinion.alpha
