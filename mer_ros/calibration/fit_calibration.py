"""Calibration of the fusion on labelled logits."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from mer_ros.calibration.abstain_fit import choose_threshold, Threshold
from mer_ros.calibration.affine_fit import fit_affine
from mer_ros.calibration.prediction_set_fit import fit_sets, halves, SetThreshold
from mer_ros.calibration.temperature import fit_temperature
from mer_ros.calibration.trust_fit import fit_trust, TEMPERATURES
from mer_ros.engines.fusion_settings import (
    BUILT_IN_WEAK,
    BUILT_IN_WEAK_RELIABILITY,
    FusionSettings,
)
from mer_ros.evaluation.metrics.classification import (
    calibration_error,
    CLIP,
    negative_log_likelihood,
)
from mer_ros.evaluation.recorded_evidence import Evidence, Outcomes
from mer_ros.fusion import Affine, fuse

MIN_ROWS = 30
"""Fewer labelled rows than this say nothing about a modality."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Quality:
    """How many rows were judged, and how well: accuracy, NLL in nats, calibration error."""

    rows: int
    accuracy: float
    nll: float
    ece: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """Settings of the fusion that were fitted, and what they gave.

    ``before`` and ``after`` hold the quality of each modality alone, as the preset calibrated
    fuses it, and of ``fused`` where rows have several; ``skipped`` why modalities could not be
    fitted, which keep their defaults.
    """

    settings: FusionSettings
    before: Mapping[str, Quality]
    after: Mapping[str, Quality]
    skipped: Mapping[str, str]
    threshold: Threshold | None = None
    sets: SetThreshold | None = None


def calibrate(
    evidence: Evidence, *, risk: float | None = None, affine: bool = False,
    coverage: float | None = None,
    outcomes: Callable[[FusionSettings], Outcomes] | None = None,
) -> Calibration:
    """Fit temperature and reliability of each modality, and what comes after the fusion.

    The output temperature is fitted on the rows that have several modalities and stays 1 where
    there are none.

    Args:
        evidence: logits and truth.
        risk: share of errors that is acceptable; sets the least confidence of a label.
        affine: also fit an affine calibration of each modality; wants some hundred rows.
        coverage: share of cases in which a prediction set shall hold the truth, see `fit_sets`;
            half of the groups is kept aside for it, and all else fitted on the others.
        outcomes: what the fusion makes of the same recordings, by groups of the same names;
            `Evidence.outcomes` by default.

    Raises:
        ValueError: no modality can be fitted, no threshold reaches the risk, or there are too few
            groups for the coverage.
    """
    aside: set[str] = set()
    published = outcomes or evidence.outcomes
    if coverage is not None:
        groups = evidence.groups or [str(row) for row in range(len(evidence.truth))]
        kept = halves(groups)
        aside = {group for group, one in zip(groups, kept, strict=True) if one}
        evidence = evidence.rows((~kept).tolist())
    usable = {name: scores.present & scores.named[evidence.truth]
              for name, scores in evidence.scores.items()}
    skipped = {name: reason for name, rows in usable.items()
               if (reason := _unfit(evidence.scores[name].logits[rows], evidence.truth[rows]))}
    evidence = replace(evidence, scores={
        name: scores for name, scores in evidence.scores.items() if name not in skipped})
    if not evidence.scores:
        raise ValueError(f'nothing can be calibrated: {skipped}')
    before = FusionSettings()
    temperature, maps = {}, {}
    reliability = {name: before.reliability_of(name) for name in usable}
    alone = {name: before.alone_of(name) for name in usable}
    for name, scores in evidence.scores.items():
        logits, truth = scores.logits[usable[name]], evidence.truth[usable[name]]
        if affine:
            maps[name] = _affine(logits, truth, scores.named)
            logits = maps[name].apply(logits)
        temperature[name], reliability[name] = fit_trust(logits, truth, scores.named)
        alone[name] = reliability[name]
    after = replace(before, temperature=temperature, reliability=reliability,
                    reliability_alone=alone,
                    weak_labels={name: BUILT_IN_WEAK[name] for name in skipped
                                 if name in BUILT_IN_WEAK},
                    weak_reliability={
                        name: 1.0 if name in temperature else BUILT_IN_WEAK_RELIABILITY.get(
                            name, 1.0) for name in usable},
                    calibration=maps or None)
    several = _present(evidence).sum(axis=0) > 1
    if several.sum() >= MIN_ROWS:
        log_p = np.log(np.maximum(_probability(evidence, after, several), CLIP))
        after = replace(after, output_temperature=fit_temperature(
            log_p, evidence.truth[several], TEMPERATURES))
    threshold = None
    if risk is not None:
        threshold = _threshold(evidence, after, risk)
        after = replace(after, min_confidence=threshold.confidence)
    sets = None
    if coverage is not None:
        found = published(after)
        sets = fit_sets(found.rows(np.array([group in aside for group in found.groups])), coverage)
        after = replace(after, set_coverage=coverage, set_threshold=sets.threshold)
    return Calibration(after, _qualities(evidence, before), _qualities(evidence, after),
                       skipped, threshold, sets)


def _unfit(logits: Floats, truth: NDArray[np.intp]) -> str:
    """Return why a modality cannot be fitted on these rows of learned classes, '' if it can."""
    if len(truth) < MIN_ROWS:
        return f'{len(truth)} labelled rows of learned classes; at least {MIN_ROWS} are needed'
    if (logits.argmax(axis=1) == truth).all():
        return (f'all {len(truth)} rows are right, so that no temperature is too low; was the '
                f'model trained on them?')
    return ''


def _present(evidence: Evidence) -> NDArray[np.bool_]:
    """Return which modalities (M) the rows have, (M, N)."""
    return np.array([one.present for one in evidence.scores.values()])


def _affine(logits: Floats, truth: NDArray[np.intp], named: NDArray[np.bool_]) -> Affine:
    """Return the calibration among the classes that a model learned; the rest stays unnamed."""
    classes = int(named.sum())
    fitted = fit_affine({'it': logits[:, named]}, np.cumsum(named)[truth] - 1,
                        classes=classes)['it']
    weights, bias = np.zeros((len(named), len(named))), np.zeros(len(named))
    weights[np.ix_(named, named)], bias[named] = fitted
    return Affine(weights, bias)


def _probability(evidence: Evidence, settings: FusionSettings, rows: NDArray[np.bool_],
                 only: str | None = None) -> Floats:
    """Return the probability (N, 7) that the fusion of rows publishes, of one modality or all."""
    scores = {name: one for name, one in evidence.scores.items() if only in (None, name)}
    calibration = settings.calibration or {}
    temperature = settings.temperature if isinstance(settings.temperature, Mapping) else {}
    return fuse(
        {name: one.logits[rows] for name, one in scores.items()},
        **{**settings.options,
           'calibration': {name: calibration[name] for name in scores if name in calibration},
           'temperature': {name: temperature.get(name, 1.0) for name in scores}},
        named={name: one.named for name, one in scores.items()},
        reliability=settings.trust(
            {name: one.presence[rows] for name, one in scores.items()},
            {name: settings.beside(name, one.logits[rows], one.named)
             for name, one in scores.items()})).probability


def _qualities(evidence: Evidence, settings: FusionSettings) -> dict[str, Quality]:
    def quality(rows: NDArray[np.bool_], only: str | None = None) -> Quality:
        probability, truth = _probability(evidence, settings, rows, only), evidence.truth[rows]
        return Quality(len(truth), float(np.mean(probability.argmax(axis=1) == truth)),
                       negative_log_likelihood(truth, probability),
                       calibration_error(truth, probability))

    found = {name: quality(one.present, name) for name, one in evidence.scores.items()}
    several = _present(evidence).sum(axis=0) > 1
    if several.any():
        found['fused'] = quality(several)
    return found


def _threshold(evidence: Evidence, settings: FusionSettings, risk: float) -> Threshold:
    rows = evidence.having(list(evidence.scores))
    probability = _probability(evidence, settings, rows)
    return choose_threshold(
        probability.argmax(axis=1) == evidence.truth[rows], probability.max(axis=1), risk=risk,
        kinds=[tuple(column) for column in _present(evidence)[:, rows].T])
