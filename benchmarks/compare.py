"""Measuring alternatives side by side, so that a busy machine is unfair to none of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from statistics import median
import time
from typing import Any

import numpy as np
from numpy.typing import NDArray

REPEATS = 5


def in_turns(calls: Mapping[str, Callable[[], Any]], *, repeats: int = REPEATS
             ) -> dict[str, list[float]]:
    """Return the seconds of each call by name; every round makes all of them once, in order.

    The first round, in which caches are cold, does not count.
    """
    seconds: dict[str, list[float]] = {name: [] for name in calls}
    for _ in range(repeats + 1):
        for name, call in calls.items():
            began = time.perf_counter()
            call()
            seconds[name].append(time.perf_counter() - began)
    return {name: values[1:] for name, values in seconds.items()}


def speed_rows(what: str, seconds: Mapping[str, list[float]], *, items: int, target: float,
               errors: Mapping[str, float]) -> list[dict[str, Any]]:
    """Return how many times faster than the first each alternative is, and its ms an item, as rows.

    The ratio is the median of those of the rounds.  The fastest must reach the target; its name
    carries its error.
    """
    baseline, *others = seconds
    ratios = {name: median(slow / fast for slow, fast in zip(
        seconds[baseline], seconds[name], strict=True)) for name in others}
    each = {name: 1e3 * median(values) / items for name, values in seconds.items()}
    best = max(ratios, key=lambda name: ratios[name])
    return [
        {'name': f'{what}: {baseline}', 'value': each[baseline], 'unit': 'ms'},
        *({'name': f'{what}: {name}', 'value': ratio, 'unit': f'x ({each[name]:.3g} ms)',
           'milliseconds': each[name]} for name, ratio in ratios.items()),
        {'name': f'{what}: fastest ({best}, error {errors[best.partition(",")[0]]:.2g} %)',
         'value': ratios[best], 'unit': 'x', 'target': f'>= {target:g}',
         'met': ratios[best] >= target},
    ]


def error_rows(what: str, logits: Mapping[str, NDArray[Any]]
               ) -> tuple[list[dict[str, Any]], dict[str, float]]:
    """Return the largest error of the logits of each alternative to the first, as rows and by name.

    In percent of the standard deviation of the first; logits are compared less their mean over
    the classes, which no probability depends on.
    """
    centred = {name: values - values.mean(axis=-1, keepdims=True)
               for name, values in logits.items()}
    reference, *others = centred
    spread = float(centred[reference].std())
    errors = {name: 100.0 * float(np.abs(centred[name] - centred[reference]).max()) / spread
              for name in others}
    return [{'name': f'{what}: largest logit error, {name}', 'value': error,
             'unit': '% of their spread'} for name, error in errors.items()], errors
