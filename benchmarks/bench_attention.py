"""What learned attention fusion costs beside Dempster's rule, in the same run."""

from functools import partial
from statistics import median
from typing import Any

from compare import in_turns, row
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
        times = in_turns({rule: partial(_fused, logits, rule, calls)
                          for rule in ('attention', 'dempster')}, repeats=15)
        attention, dempster = (median(values) / calls for values in times.values())
        rows += [row(f'fuse {name}, attention', 1e6 * attention / windows, 'µs'),
                 row(f'  that / dempster, {name}', attention / dempster, 'x')]
    return rows


def _fused(logits: dict[str, Any], rule: str, calls: int) -> Any:
    for _ in range(calls):
        opinion = fuse(logits, rule=rule, output_temperature=1.0, doubt=True,
                       reliability={'face': 0.9, 'speech': 0.5})
        read = (opinion.belief, opinion.uncertainty, opinion.probability, opinion.alpha,
                opinion.weights)
    return read
