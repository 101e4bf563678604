"""Measuring calls, and alternatives side by side, so that a busy machine is unfair to none."""

from collections.abc import Callable, Mapping
from statistics import median
import time
from typing import Any

import numpy as np
from numpy.typing import NDArray

REPEATS = 5


def row(name: str, value: float, unit: str, *, most: float | None = None,
        least: float | None = None) -> dict[str, Any]:
    """Return a figure as `run.py` prints it, with its target if it has one."""
    found = {'name': name, 'value': value, 'unit': unit}
    if most is not None:
        return {**found, 'target': f'<= {most:g}', 'met': value <= most}
    return found if least is None else {
        **found, 'target': f'>= {least:g}', 'met': value >= least}


def seconds(call: Callable[[], Any], *, repeats: int, calls: int = 1,
            clock: Callable[[], float] = time.perf_counter) -> float:
    """Return the median time that a call takes; the first tenth of the repeats only warms up."""
    times = []
    for _ in range(repeats):
        began = clock()
        for _ in range(calls):
            call()
        times.append((clock() - began) / calls)
    return median(times[-(-repeats // 10):])


def in_turns(calls: Mapping[str, Callable[[], Any]], *, repeats: int = REPEATS,
             clock: Callable[[], float] = time.perf_counter) -> dict[str, list[float]]:
    """Return the seconds of each call by name; every round makes all of them once, in order.

    The first round, in which caches are cold, does not count.
    """
    found: dict[str, list[float]] = {name: [] for name in calls}
    for _ in range(repeats + 1):
        for name, call in calls.items():
            began = clock()
            call()
            found[name].append(clock() - began)
    return {name: values[1:] for name, values in found.items()}


def speed_rows(what: str, times: Mapping[str, list[float]], *, items: int, target: float,
               errors: Mapping[str, float]) -> list[dict[str, Any]]:
    """Return how many times faster than the first each alternative is, and its ms an item, as rows.

    The ratio is the median of those of the rounds.  The fastest must reach the target; its name
    carries its error.
    """
    baseline, *others = times
    ratios = {name: median(slow / fast for slow, fast in zip(
        times[baseline], times[name], strict=True)) for name in others}
    each = {name: 1e3 * median(values) / items for name, values in times.items()}
    best = max(ratios, key=lambda name: ratios[name])
    return [
        row(f'{what}: {baseline}', each[baseline], 'ms'),
        *({**row(f'{what}: {name}', ratio, f'x ({each[name]:.3g} ms)'),
           'milliseconds': each[name]} for name, ratio in ratios.items()),
        row(f'{what}: fastest ({best}, error {errors[best.partition(",")[0]]:.2g} %)',
            ratios[best], 'x', least=target)]


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
    return [row(f'{what}: largest logit error, {name}', error, '% of their spread')
            for name, error in errors.items()], errors
