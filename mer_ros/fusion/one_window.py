"""The fusion of one window in plain floats, where numpy takes longer to begin than to compute.

It does what `fuse_stack` does, for what nodes do by default: the evidence maps shift_min, expm1
and relu, discounts, and Dempster's rule.  Both agree to 1e-12, log-scores and alpha to 1e-11.
What is out of the ordinary, or too large for a ratio, is left to the arrays, and so is whatever is
not allowed: they say why.
"""

from collections.abc import Mapping, Sequence
from math import expm1, inf, prod
from typing import Any, NamedTuple

import numpy as np

from mer_ros.fusion.checks import LIMIT, POSITIVE
from mer_ros.fusion.conjunctive import DEMPSTER
from mer_ros.fusion.logspace import Bools
from mer_ros.fusion.plain_opinion import PlainOpinion, Told
from mer_ros.fusion.presets import Preset
from mer_ros.fusion.ratios import (
    dempster,
    filled,
    lost_certainty,
    mixture,
    Places,
    Ratios,
    shafer,
    sharpness,
    spread,
)

MOST_CLASSES = 32
"""Classes up to which plain floats are faster than arrays."""

MAPS = ('shift_min', 'expm1', 'relu')
"""The evidence maps that are known here."""

_MOST_RATIO = 1e260
"""What 1 + the sums of ratios may multiply to: up to this nothing overflows."""


class PlainStack(NamedTuple):
    """What `mer_ros.fusion.fuse_stack.Stack` holds, of one window and in plain floats.

    Attributes:
        used, missing: names of the modalities that are there, and of those that are not.
        rows: the logits (K,) of each modality that is there, at most 1e300 in size; 2 <= K <=
            MOST_CLASSES.
        temperature, reliability: of each.
        reference: 'own', 'global', or the level of each, which is for the arrays.
        named: the classes that each names; None where all name all.

    """

    used: tuple[str, ...]
    missing: tuple[str, ...]
    rows: Sequence[list[float]]
    temperature: Sequence[float]
    reliability: Sequence[float]
    reference: str | Sequence[float]
    named: Sequence[Places] | None = None


def fuse_window(stack: PlainStack, evidence: str, output_temperature: float | None, *, doubt: bool
                ) -> PlainOpinion | None:
    """Fuse a window by Dempster's rule; None where it is for the arrays.

    Args:
        stack: the modalities, at least one.
        evidence: one of MAPS; expm1 where there is ``doubt``.
        output_temperature: as for `mer_ros.fusion.fuse`.
        doubt: the same; it needs an output temperature.

    """
    trust, places = stack.reliability, stack.named or (None,) * len(stack.rows)
    try:
        said = _ratios(stack, places, evidence)
    except OverflowError:  # sure beyond what a ratio can tell
        return None
    believed_trust = trust if not doubt else [
        share * sharpness(ratios, place)
        for share, ratios, place in zip(trust, said, places, strict=True)]
    likely, lost = None, None
    if min(believed_trust) < 1.0:
        believed = _discounted(shafer, said, believed_trust, places)
        if output_temperature is not None:
            likely = _discounted(mixture, said, trust, places)
    else:
        believed = Told(dempster(said), said)
    if doubt and len(said) > 1:
        likely = likely or believed
        lost = lost_certainty(likely.each, likely.fused)
        believed = Told(shafer(believed.fused, 1.0 - lost), believed.each)
    return PlainOpinion(stack.used, stack.missing, believed, likely, output_temperature, lost)


def _discounted(discount: Any, said: Sequence[Ratios], trust: Sequence[float],
                places: Sequence[Places]) -> Told:
    each = [filled(discount(ratios, share), place)
            for ratios, share, place in zip(said, trust, places, strict=True)]
    return Told(dempster(each), each)


def _ratios(stack: PlainStack, places: Sequence[Places], evidence: str) -> Sequence[Ratios]:
    """Return what each modality says before discounts; OverflowError where a ratio is too large."""
    classes, scores = len(stack.rows[0]), stack.rows
    if stack.named is not None:
        scores = [row if place is None else [row[index] for index in place]
                  for row, place in zip(scores, places, strict=True)]
    if not min(stack.temperature) == 1.0 == max(stack.temperature):
        scores = [[value / heat for value in row]
                  for row, heat in zip(scores, stack.temperature, strict=True)]
    if evidence == 'relu':
        named = [[max(value, 0.0) / classes for value in row] for row in scores]
    else:
        floors = list(map(min, scores))
        if stack.reference == 'global':
            if not min(stack.reliability) > 0.0:  # who does not count may lie below the floor
                floors = [low for low, share in zip(floors, stack.reliability, strict=True)
                          if share > 0.0] or [0.0]
                scores = [[max(value, min(floors)) for value in row] for row in scores]
            floors = [min(floors)] * len(scores)
        named = ([[expm1(value - low) for value in row]
                  for row, low in zip(scores, floors, strict=True)] if evidence == 'expm1' else
                 [[(value - low) / classes for value in row]
                  for row, low in zip(scores, floors, strict=True)])
    # Written so that NaN fails.
    if not prod([1.0 + sum(row) for row in named]) <= _MOST_RATIO:
        raise OverflowError
    return named if stack.named is None else [
        row if place is None else spread(row, place, classes)
        for row, place in zip(named, places, strict=True)]


def fuse_plain(
    logits: Any, classes: Any, defaults: Preset, *, evidence: Any, reference: Any,
    temperature: Any, reliability: Any, rule: Any, output_temperature: Any, named: Any, doubt: bool,
) -> PlainOpinion | None:
    """Fuse what a caller of `mer_ros.fusion.fuse` passed in; None where it is for the arrays.

    The options are those of `fuse`, where None is that of the preset.
    """
    evidence = defaults.evidence if evidence is None else evidence
    heat = defaults.output_temperature if output_temperature is None else output_temperature
    doubt = doubt and heat is not None
    if not is_plain(evidence, defaults.rule if rule is None else rule, doubt=doubt) or not (
            heat is None or (isinstance(heat, float) and POSITIVE[0] <= heat <= POSITIVE[1])):
        return None
    stack = _read(
        logits, classes, defaults.reference if reference is None else reference, named,
        defaults.temperature if temperature is None else temperature,
        defaults.reliability if reliability is None else reliability)
    return None if stack is None else fuse_window(stack, evidence, heat, doubt=doubt)


def is_plain(evidence: Any, rule: Any, *, doubt: bool) -> bool:
    """Say whether these choices are among those that `fuse_window` knows."""
    return evidence in MAPS and rule in ('dempster', DEMPSTER) and not (
        doubt and evidence != 'expm1')


def _read(logits: Any, classes: Any, reference: Any, named: Any, temperature: Any, reliability: Any
          ) -> PlainStack | None:
    if type(logits) is not dict or not isinstance(reference, str) or (
            reference not in ('own', 'global')):
        return None
    rows: dict[str, list[float]] = {}
    for name, given in logits.items():
        if given is not None:
            row = _row(given)
            if row is None:
                return None
            rows[name] = row
    widths = set(map(len, rows.values()))
    if len(widths) != 1 or not 2 <= (width := widths.pop()) <= MOST_CLASSES or not (
            classes is None or classes == width):
        return None
    used = tuple(rows)
    heat = _numbers(temperature, used, logits, POSITIVE)
    trust = _numbers(reliability, used, logits, (0.0, 1.0))
    places = _places(named, used, logits, width) if named else None
    if heat is None or trust is None or (named and places is None):
        return None
    missing = () if len(used) == len(logits) else tuple(
        [name for name in logits if name not in rows])
    return PlainStack(used, missing, list(rows.values()), heat, trust, reference, places)


def _row(given: Any) -> list[float] | None:
    if type(given) is np.ndarray and given.ndim == 1 and given.dtype.char in 'dfe':
        row: list[float] = given.tolist()
    elif type(given) in (list, tuple):
        try:
            row = list(map(float, given))
        except (TypeError, ValueError, OverflowError):
            return None
    else:
        return None
    # The largest may miss NaN, the sum does not.
    return row if row and max(map(abs, row)) <= LIMIT and sum(row) < inf else None


def _numbers(given: Any, used: tuple[str, ...], known: Mapping[str, Any],
             bounds: tuple[float, float]) -> list[float] | None:
    low, high = bounds
    if isinstance(given, float):
        return [given] * len(used) if low <= given <= high else None
    if type(given) is not dict or not given.keys() <= known.keys():
        return None
    numbers = [given.get(name, 1.0) for name in used]
    for number in numbers:
        if not isinstance(number, (float, int)) or not low <= number <= high:
            return None
    return numbers


def _places(named: Any, used: tuple[str, ...], known: Mapping[str, Any], width: int
            ) -> list[Places] | None:
    if not isinstance(named, Mapping) or not named.keys() <= known.keys():
        return None
    places: list[Places] = []
    for name in used:
        mask = np.asarray(named[name]) if name in named else None
        if mask is not None and (mask.dtype != np.bool_ or mask.shape != (width,)):
            return None
        places.append(None if mask is None else places_of(mask))
    return None if () in places else places


def places_of(mask: Bools) -> Places:
    """Return where a mask (K,) is True; None where it is everywhere."""
    flags = mask.tolist()
    return None if all(flags) else tuple([place for place, flag in enumerate(flags) if flag])
