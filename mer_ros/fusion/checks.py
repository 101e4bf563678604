"""Checking and stacking what a caller of `fuse` passes in."""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from mer_ros.emotions import EMOTIONS
from mer_ros.fusion.logspace import Bools, Floats

LIMIT = 1e300
"""Largest magnitude of a logit; beyond it, sums of a few could overflow."""

POSITIVE = (float(np.finfo(np.float64).smallest_subnormal), float(np.finfo(np.float64).max))
"""Bounds of a temperature: finite and > 0."""


def read_logits(
    logits: Mapping[str, ArrayLike | None], classes: int | None
) -> tuple[tuple[str, ...], tuple[str, ...], Floats]:
    """Return the names used, the names missing, and the logits as one array (N, ..., K).

    Raises ValueError for no modality at all, another length than K, shapes that do not
    broadcast, and values that are no numbers, not finite or beyond 1e300.
    """
    if not isinstance(logits, Mapping) or not logits:
        raise ValueError(
            f'logits {logits!r} were given; pass a mapping from each expected modality to an array '
            f'(..., K), or to None where it is missing')
    if classes is not None and classes < 1:
        raise ValueError(f'classes={classes} was given; at least 1 class is required')
    arrays = {name: _read_array(name, given)
              for name, given in logits.items() if given is not None}
    missing = tuple(name for name in logits if name not in arrays)
    if not arrays:
        return (), missing, np.zeros((0, classes or len(EMOTIONS)))
    lengths = {name: array.shape[-1] for name, array in arrays.items()}
    expected = classes or next(iter(lengths.values()))
    if set(lengths.values()) != {expected}:
        raise ValueError(
            f'logits have {lengths} classes; each modality must have the same {expected}: bring '
            f'partial ones to the frame first (mer_ros.emotions.align)')
    stacked = _stack(arrays)
    if not np.abs(stacked).max(initial=0.0) <= LIMIT:
        _refuse_values(arrays)
    return tuple(arrays), missing, stacked


def read_option(
    option: str, given: Any, default: float | None, bounds: tuple[float, float],
    used: tuple[str, ...], known: Iterable[str], leading: tuple[int, ...],
) -> Floats:
    """Return an option of each used modality as an array (N, ...) that broadcasts to the batch.

    Args:
        option: its name, for errors.
        given: a number or array (...) for all modalities, or a mapping from modality to such.
        default: the value of a modality that a mapping does not name; None if it must.
        bounds: smallest and largest value allowed.
        used: the modalities that the result is for, N of them.
        known: every modality that a mapping may name.
        leading: the leading dimensions of the batch.

    """
    if not isinstance(given, (int, float)) and isinstance(given, Mapping):
        check_names(option, given, known)
        lacking = [name for name in used if name not in given]
        if lacking and default is None:
            raise ValueError(f'{option} has no value for {lacking}; given {sorted(given)}')
        values = [given.get(name, default) for name in used]
    else:
        values = [given] * len(used)
    low, high = bounds
    if all(isinstance(value, (int, float)) for value in values):
        within = all(low <= value <= high for value in values)
        options = np.array(values, dtype=np.float64).reshape(-1, *[1] * len(leading))
    else:
        try:
            options = np.array([
                np.broadcast_to(np.asarray(value, dtype=np.float64), leading) for value in values])
        except (TypeError, ValueError) as error:
            raise ValueError(
                f'{option} {given!r} was given; allowed are numbers, or arrays that broadcast to '
                f'the leading dimensions {leading} of the logits ({error})') from error
        within = bool(((options >= low) & (options <= high)).all())
    if not within:
        raise ValueError(f'{option} {given!r} was given; it must be within [{low:g}, {high:g}]')
    return options


def read_named(
    named: Mapping[str, ArrayLike] | None, used: tuple[str, ...], known: Iterable[str],
    dimensions: int, classes: int,
) -> Bools | None:
    """Return which classes each modality names, (N, 1, ..., K), or None when all name all."""
    if not named:
        return None
    check_names('named', named, known)
    masks = []
    for name in used:
        mask = np.asarray(named.get(name, np.ones(classes, dtype=np.bool_)))
        if mask.dtype != np.bool_ or mask.shape != (classes,) or not mask.any():
            raise ValueError(
                f'named[{name!r}] {mask.tolist()} was given; a mask of {classes} booleans is '
                f'required, at least one of them True')
        masks.append(mask)
    stacked = np.array(masks, dtype=np.bool_).reshape(-1, *[1] * (dimensions - 2), classes)
    return None if stacked.all() else stacked


def _read_array(name: str, given: ArrayLike) -> Floats:
    try:
        array = np.asarray(given, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError(f'logits of {name!r} are no array of numbers: {error}') from error
    if array.ndim == 0 or array.shape[-1] == 0:
        raise ValueError(
            f'logits of {name!r} have shape {array.shape}; required is (..., K), one logit a class')
    return array


def _stack(arrays: Mapping[str, Floats]) -> Floats:
    """Stack and broadcast to (N, ..., K).

    The class axis comes last but is laid out first in memory, because reductions over a short
    contiguous axis are what a large batch would spend its time on.
    """
    shapes = {name: array.shape for name, array in arrays.items()}
    shape = next(iter(shapes.values()))
    if set(shapes.values()) != {shape}:
        try:
            shape = np.broadcast_shapes(*shapes.values())
        except ValueError as error:
            raise ValueError(f'logits of shapes {shapes} do not broadcast together') from error
    *leading, classes = shape
    class_first = np.empty((classes, len(arrays), *leading))
    stacked = class_first.transpose(*range(1, class_first.ndim), 0)
    for row, array in zip(stacked, arrays.values(), strict=True):
        row[...] = array
    return stacked


def _refuse_values(arrays: Mapping[str, Floats]) -> None:
    for name, array in arrays.items():
        bad = ~(np.abs(array) <= LIMIT)
        if bad.any():
            place = tuple(int(index) for index in np.argwhere(bad)[0])
            raise ValueError(
                f'logits of {name!r} hold {array[place]} at index {place}; allowed are finite '
                f'numbers up to {LIMIT:g} in size; pass None for a modality that failed')


def check_names(option: str, given: Mapping[str, Any], known: Iterable[str]) -> None:
    """Raise ValueError if an option names modalities that are not known."""
    unknown = [name for name in given if name not in known]
    if unknown:
        raise ValueError(
            f'{option} names {unknown}, which are no modalities of this call; given '
            f'{list(given)}, allowed {list(known)}')
