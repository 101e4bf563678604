"""The fusion itself: scale, map to evidence, discount, combine."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from mer_ros.fusion.affine import Affine, calibrated
from mer_ros.fusion.checks import LIMIT, POSITIVE, read_logits, read_named, read_option
from mer_ros.fusion.discount import Discount, mixture, shafer, sharpness
from mer_ros.fusion.evidence import ABSOLUTE, reference_floor, REFERENCED
from mer_ros.fusion.frames import fill_unnamed
from mer_ros.fusion.logspace import Floats, from_masses, masses
from mer_ros.fusion.opinion import Opinion
from mer_ros.fusion.presets import find_preset
from mer_ros.fusion.rules import find_rule, Judgement, Rule, Sources

Reference = str | float | Mapping[str, float]
"""Where evidence is zero: 'global', 'own', or a number, for all modalities or by name."""

PerModality = ArrayLike | Mapping[str, ArrayLike]
"""A number, or an array over the leading dimensions, for all modalities or by name."""


def fuse(
    logits: Mapping[str, ArrayLike | None],
    *,
    preset: str = 'calibrated',
    evidence: str | None = None,
    reference: Reference | None = None,
    temperature: PerModality | None = None,
    reliability: PerModality | None = None,
    rule: str | Rule | None = None,
    output_temperature: float | None = None,
    named: Mapping[str, ArrayLike] | None = None,
    calibration: Mapping[str, Affine] | None = None,
    doubt: bool = False,
    classes: int | None = None,
) -> Opinion:
    """Fuse the logits of several modalities into one opinion.

    The default of every keyword is the preset's.  Modality names are free; their order does not
    matter.  All work is done in float64.

    Args:
        logits: by modality, an array (..., K) of raw scores up to 1e300 in size, or None where it
            is missing.  Leading dimensions are a batch and broadcast.
        preset: paper (eqs. 1-12 of the paper), basic or calibrated; see `PRESETS`.
        evidence: map from logits l to evidence e >= 0: shift_min (l - reference, eq. 1), relu,
            softplus, exp, expm1 (K (exp(l - reference) - 1)), or given (l is evidence already).
        reference: zero of shift_min and expm1 (the other maps have none): global (the minimum
            over all that is present, eq. 1), own (of each modality), or a number in the unit of
            the logits, for all or by modality; what lies below it is no evidence.
        temperature: what the logits are divided by first, > 0; 1 for modalities not mentioned.
        reliability: Shafer discount in [0, 1]; 1 for modalities not mentioned.  An array over the
            leading dimensions masks a batch: where it is 0 the modality counts as missing.
        rule: a name in `RULES`, or a `Rule`.
        output_temperature: T > 0 of probability = softmax(log_scores / T).  Log-scores then
            count as log-likelihoods, so that reliability r makes of a modality's probability p
            the mixture r p + (1 - r) / K; belief and uncertainty are discounted as ever.
        named: by modality, a mask (K,), True where its model learned the class.  A modality
            neither supports nor opposes the others: their log-score is the mean of the named
            ones, and the values that stand there are ignored (but must be finite).
        calibration: by modality, weights (K, K) and bias (K,) of an affine map that its logits go
            through first, see `Affine`; the logits of the others stay as they are.
        doubt: with an output temperature, discount each modality's belief by its `sharpness` too,
            so that the uncertainty of a single modality is the chance that it is wrong, relative
            to a guess.  Without it the uncertainty is that of the least likely class alone.
        classes: K; needed only when everything is None (then 7 by default).

    Returns:
        The fused opinion.  When everything is missing it is vacuous: p = 1 / K, u = 1.

    Raises:
        ValueError: something given is not allowed; the message says what, and what is.

    """
    settings = find_preset(preset)
    evidence = settings.evidence if evidence is None else evidence
    reference = settings.reference if reference is None else reference
    temperature = settings.temperature if temperature is None else temperature
    reliability = settings.reliability if reliability is None else reliability
    chosen = find_rule(settings.rule if rule is None else rule)
    if output_temperature is None:
        output_temperature = settings.output_temperature
    elif not POSITIVE[0] <= output_temperature <= POSITIVE[1]:
        raise ValueError(
            f'output_temperature {output_temperature} was given; it must be finite and > 0')

    used, missing, values = read_logits(logits, classes)
    leading = values.shape[1:-1]
    scale = read_option('temperature', temperature, 1.0, POSITIVE, used, logits, leading)
    trust = read_option('reliability', reliability, 1.0, (0.0, 1.0), used, logits, leading)
    mask = read_named(named, used, logits, values.ndim, values.shape[-1])

    if calibration:
        values = values if mask is None else fill_unnamed(values, mask)
        values = calibrated(values, calibration, used, logits)
    scores = _scaled(values, scale)
    if mask is not None:
        scores = fill_unnamed(scores, mask)
    log_scores = _log_scores(scores, evidence, reference, scale, trust, used, logits)
    if mask is not None:
        log_scores = fill_unnamed(log_scores, mask)
    belief_trust = trust
    if doubt and output_temperature is not None:
        belief_trust = trust * sharpness(scores, mask)

    def fused_after(discount: Discount, weights: Floats) -> tuple[Floats, Floats]:
        sources = log_scores
        if weights.min(initial=1.0) < 1.0:
            sources = discount(log_scores, weights)
            if mask is not None:
                sources = fill_unnamed(sources, mask)
        return _combined(chosen, Sources(used, sources, scores, trust)), sources

    fused, sources = fused_after(shafer, belief_trust)
    likelihoods: tuple[Floats | None, Floats | None] = None, None
    if output_temperature is not None and belief_trust.min(initial=1.0) < 1.0:
        likelihoods = fused_after(mixture, trust)
    judgement = None
    if chosen.judge is not None and used:
        told = sources if likelihoods[1] is None else likelihoods[1]
        judgement = _judged(chosen, Sources(used, told, scores, trust))
        fused = _believed(fused, judgement)
    return Opinion(fused, used, missing, sources, output_temperature, chosen.pools,
                   *likelihoods, judgement)


def _scaled(values: Floats, scale: Floats) -> Floats:
    """Divide by the temperatures, saturating at the largest magnitude that is allowed."""
    if scale.min(initial=1.0) >= 1.0:
        return values / scale[..., np.newaxis]
    with np.errstate(over='ignore'):
        scaled = values / scale[..., np.newaxis]
    saturated: Floats = np.minimum(np.maximum(scaled, -LIMIT), LIMIT)
    return saturated


def _log_scores(
    scores: Floats, evidence: str, reference: Reference, scale: Floats, trust: Floats,
    used: tuple[str, ...], logits: Mapping[str, Any],
) -> Floats:
    if evidence in ABSOLUTE:
        return ABSOLUTE[evidence](scores)
    if evidence not in REFERENCED:
        raise ValueError(
            f'no evidence map is called {evidence!r}; known: {sorted([*REFERENCED, *ABSOLUTE])}')
    if isinstance(reference, str):
        floor = reference_floor(scores, reference, trust > 0.0)
    else:
        level = read_option(
            'reference', reference, None, (-LIMIT, LIMIT), used, logits, scores.shape[1:-1])
        floor = _scaled(level[..., np.newaxis], scale)
    return REFERENCED[evidence](scores, floor)


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
