"""How long fusion takes, beside the printed equations written out in plain Python floats."""

from functools import partial
from typing import Any

from compare import row, seconds
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
    plain = 1e6 * seconds(partial(
        pairwise, [logits.tolist() for logits in one.values()]), repeats=16, calls=300)
    rows: list[dict[str, Any]] = []
    for preset in ('paper', 'calibrated'):
        single = 1e6 * seconds(partial(_fused, one, preset), repeats=16, calls=300)
        window = 1e6 * seconds(partial(_fused, batch, preset), repeats=16) / WINDOWS
        for name, value, target in (
                (f'fuse one window, {preset}', single, ONE_CALL_TARGET_US),
                (f'fuse {WINDOWS} windows, {preset}, each', window, WINDOW_TARGET_US)):
            rows += [row(name, value, 'µs', most=target),
                     row(f'  the same by pairwise floats / {name}', plain / value, 'x')]
    return rows


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


def _fused(logits: Logits, preset: str) -> tuple[Any, ...]:
    opinion = fuse(logits, preset=preset)
    return opinion.belief, opinion.uncertainty, opinion.probability, opinion.alpha
