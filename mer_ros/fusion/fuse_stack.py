"""The fusion itself, of what has been checked: scale, map to evidence, discount, combine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from mer_ros.fusion.affine import Affine, calibrated
from mer_ros.fusion.checks import LIMIT, POSITIVE
from mer_ros.fusion.conflict import lost_certainty
from mer_ros.fusion.discount import Discount, mixture, shafer, sharpness
from mer_ros.fusion.evidence import ABSOLUTE, reference_floor, REFERENCED
from mer_ros.fusion.frames import fill_unnamed
from mer_ros.fusion.logspace import Bools, Floats, from_masses, masses
from mer_ros.fusion.one_window import fuse_window, is_plain, MOST_CLASSES, PlainStack
from mer_ros.fusion.opinion import Opinion
from mer_ros.fusion.presets import Preset
from mer_ros.fusion.rules import find_rule, Judgement, Rule, Sources


@dataclass(frozen=True, slots=True, eq=False)
class Stack:
    """The logits of the N modalities that are there, a row each, and what holds for each row.

    Attributes:
        used: the names of the rows.
        missing: names of the modalities that are not there.
        values: the logits (N, ..., K), at most 1e300 in size.
        temperature: (N, ...) > 0; like the next two it broadcasts to the leading dimensions.
        reliability: (N, ...) in [0, 1].
        reference: where evidence is zero: 'global', 'own', or a level (N, ...) of the logits.
        named: (N, 1, ..., K), True where a modality names the class; None when all name all.
    """

    used: tuple[str, ...]
    missing: tuple[str, ...]
    values: Floats
    temperature: Floats
    reliability: Floats
    reference: str | Floats
    named: Bools | None = None

    @classmethod
    def of(cls, window: PlainStack, classes: int) -> Stack:
        """Return the arrays of one window of K classes."""
        named = None
        if window.named is not None:
            named = np.ones((len(window.rows), classes), dtype=np.bool_)
            for mask, places in zip(named, window.named, strict=True):
                if places is not None:
                    mask[:] = False
                    mask[list(places)] = True
        return cls(
            window.used, window.missing,
            np.asfortranarray(np.reshape(window.rows, (-1, classes)), dtype=np.float64),
            np.array(window.temperature), np.array(window.reliability),
            window.reference if isinstance(window.reference, str) else np.array(window.reference),
            named)


@dataclass(frozen=True, slots=True)
class Method:
    """How stacks are fused; the fields have the meaning of the keywords of `fuse`."""

    evidence: str
    rule: Rule
    output_temperature: float | None = None
    calibration: Mapping[str, Affine] = field(default_factory=dict)
    doubt: bool = False

    @classmethod
    def of(
        cls, preset: Preset, *, evidence: str | None, rule: str | Rule | None,
        output_temperature: float | None, calibration: Mapping[str, Affine], doubt: bool,
    ) -> Method:
        """Return the method of these choices, those of the preset where they are None.

        Raises ValueError for a map or rule that nobody knows and an impossible temperature.
        """
        evidence = preset.evidence if evidence is None else evidence
        if evidence not in ABSOLUTE and evidence not in REFERENCED:
            raise ValueError(f'no evidence map is called {evidence!r}; known: '
                             f'{sorted([*REFERENCED, *ABSOLUTE])}')
        if output_temperature is None:
            output_temperature = preset.output_temperature
        elif not POSITIVE[0] <= output_temperature <= POSITIVE[1]:
            raise ValueError(
                f'output_temperature {output_temperature} was given; it must be finite and > 0')
        return cls(evidence, find_rule(preset.rule if rule is None else rule),
                   output_temperature, calibration, doubt)


def fuse_one(window: PlainStack, method: Method, classes: int) -> Opinion:
    """Fuse one window of K classes, in plain floats where that is possible."""
    doubt = method.doubt and method.output_temperature is not None
    if (window.rows and not method.calibration and isinstance(window.reference, str)
            and 2 <= classes <= MOST_CLASSES
            and is_plain(method.evidence, method.rule, doubt=doubt)):
        opinion = fuse_window(window, method.evidence, method.output_temperature, doubt=doubt)
        if opinion is not None:
            return opinion
    return fuse_stack(Stack.of(window, classes), method)


def fuse_stack(stack: Stack, method: Method) -> Opinion:
    """Fuse the modalities of a stack; see `mer_ros.fusion.fuse`, which checks and calls this."""
    used, named, trust = stack.used, stack.named, stack.reliability
    values = stack.values
    if method.calibration:
        values = values if named is None else fill_unnamed(values, named)
        values = calibrated(values, method.calibration, used)
    scores = _divided(values, stack.temperature)
    if named is not None:
        scores = fill_unnamed(scores, named)
    said = _log_scores(scores, method.evidence, stack)
    if named is not None:
        said = fill_unnamed(said, named)

    belief_trust = trust
    if method.doubt and method.output_temperature is not None:
        belief_trust = trust * sharpness(scores, named)
    believed = _discounted(said, shafer, belief_trust, named)
    fused = _combined(method.rule, Sources(used, believed, scores, trust))

    # The probability of an output temperature is that of mixtures, not of discounted beliefs.
    likely = fused_likely = judgement = None
    if method.output_temperature is not None and belief_trust.min(initial=1.0) < 1.0:
        likely = _discounted(said, mixture, trust, named)
        fused_likely = _combined(method.rule, Sources(used, likely, scores, trust))
    told, lost = believed if likely is None else likely, None
    if method.doubt and method.output_temperature is not None and len(used) > 1:
        if likely is None:
            likely, fused_likely = believed, fused
        lost = lost_certainty(told)
        fused = shafer(fused, 1.0 - lost)
    if method.rule.judge is not None and used:
        judgement = _judged(method.rule, Sources(used, told, scores, trust))
        fused = _believed(fused, judgement)
    return Opinion(
        log_scores=fused, used=used, missing=stack.missing, sources=believed,
        output_temperature=method.output_temperature, pooled=method.rule.pools,
        likelihoods=fused_likely, source_likelihoods=likely, judgement=judgement,
        known_loss=lost)


def _divided(values: Floats, temperature: Floats) -> Floats:
    """Divide by the temperatures, saturating at the largest magnitude that is allowed."""
    if temperature.min(initial=1.0) >= 1.0:
        return values / temperature[..., np.newaxis]
    with np.errstate(over='ignore'):
        scaled = values / temperature[..., np.newaxis]
    saturated: Floats = np.minimum(np.maximum(scaled, -LIMIT), LIMIT)
    return saturated


def _log_scores(scores: Floats, evidence: str, stack: Stack) -> Floats:
    if evidence in ABSOLUTE:
        return ABSOLUTE[evidence](scores)
    if isinstance(stack.reference, str):
        floor = reference_floor(scores, stack.reference, stack.reliability)
    else:
        floor = _divided(stack.reference[..., np.newaxis], stack.temperature)
    return REFERENCED[evidence](scores, floor)


def _discounted(log_scores: Floats, discount: Discount, trust: Floats, named: Bools | None
                ) -> Floats:
    if not trust.min(initial=1.0) < 1.0:
        return log_scores
    discounted = discount(log_scores, trust)
    return discounted if named is None else fill_unnamed(discounted, named)


def _combined(rule: Rule, sources: Sources) -> Floats:
    if not sources.names:
        return np.zeros(sources.scores.shape[1:])
    fused = rule.combine(sources)
    expected = sources.log_scores.shape[1:]
    if fused.shape != expected or not (
            fused.min(initial=0.0) >= 0.0 and fused.max(initial=0.0) < np.inf):
        raise ValueError(
            f'fusion rule {rule} returned {fused} of shape {fused.shape}; it must return finite '
            f'log-scores >= 0 of shape {expected}')
    return fused


def _judged(rule: Rule, sources: Sources) -> Judgement:
    assert rule.judge is not None
    judgement = rule.judge(sources)
    expected = sources.log_scores.shape[1:]
    total = np.exp(judgement.log_probability).sum(axis=-1)
    if judgement.log_probability.shape != expected or not (np.abs(total - 1.0) < 1e-6).all():
        raise ValueError(
            f'fusion rule {rule} judged {judgement.log_probability} of shape '
            f'{judgement.log_probability.shape}; it must return logarithms of probabilities that '
            f'sum to 1, of shape {expected}')
    return judgement


def _believed(fused: Floats, judgement: Judgement) -> Floats:
    """Return the log-scores of belief (1 - u) p, for the u that was fused and the p judged."""
    uncertainty = masses(fused)[1]
    certainty = (1.0 - uncertainty)[..., np.newaxis]
    return from_masses(certainty * np.exp(judgement.log_probability), uncertainty)
