"""How far modalities may be trusted beside each other so that none of them costs anything."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product

import numpy as np

from mer_ros.engines.fusion_settings import BUILT_IN_WEAK, FusionSettings
from mer_ros.evaluation.compare import subsets
from mer_ros.evaluation.metrics.classification import calibration_error
from mer_ros.evaluation.recorded_evidence import Evidence

GRID = (0.0, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
"""Reliabilities that are tried."""

ACCURACY_NOISE = 0.01
"""Accuracy that a modality may cost: about a standard error of the difference on 800 rows."""

ECE_NOISE = 0.025
"""Calibration error that it may cost: about that of perfect probabilities on 800 rows."""

Figures = tuple[float, float]
"""Accuracy and calibration error."""


@dataclass(frozen=True, slots=True)
class Step:
    """What adding a modality to others changes: accuracy gained, calibration error gained."""

    added: str
    to: tuple[str, ...]
    accuracy: float
    ece: float

    @property
    def is_free(self) -> bool:
        """Whether it costs no more than noise."""
        return self.accuracy >= -ACCURACY_NOISE and self.ece <= ECE_NOISE


def figures(evidence: Evidence, names: Sequence[str], settings: FusionSettings) -> Figures:
    """Return the figures of the rows that have any of these modalities, fused."""
    rows = np.flatnonzero(evidence.having(names)).tolist()
    probability, truth = evidence.opinion(names, settings, rows).probability, evidence.truth[rows]
    return (float(np.mean(probability.argmax(axis=1) == truth)),
            calibration_error(truth, probability))


def steps(evidence: Evidence, settings: FusionSettings,
          known: dict[tuple[str, ...], Figures] | None = None) -> Iterator[Step]:
    """Yield what every modality adds to every choice of the others.

    ``known`` are the figures of choices that are not to be computed again.
    """
    found = {} if known is None else known
    for names in subsets(list(evidence.scores)):
        if names not in found:
            found[names] = figures(evidence, names, settings)
        for added in names if len(names) > 1 else ():
            rest = tuple(name for name in names if name != added)
            (accuracy, ece), (before, before_ece) = found[names], found[rest]
            yield Step(added, rest, accuracy - before, ece - before_ece)


def fit_company(evidence: Sequence[Evidence], settings: FusionSettings, names: Sequence[str],
                weak: Sequence[str] = ()) -> FusionSettings:
    """Return the settings with the largest reliabilities at which no step costs more than noise.

    Where words say nothing the likeliest reliability of them would be 0; the largest one that is
    free leaves them a say where they do.  Of equally large sums the evenest is taken.

    Args:
        evidence: recordings, each measured on its own.
        settings: of the fusion; what modalities are worth alone stays as it is.
        names: the modalities whose ``reliability`` is fitted.
        weak: those whose ``weak_reliability`` is fitted, which is at most that one.

    Raises:
        ValueError: even without any trust some step costs more.

    """
    alone: list[dict[tuple[str, ...], Figures]] = [
        {(name,): figures(one, (name,), settings) for name in one.scores} for one in evidence]
    everything = {name for one in evidence for name in one.scores}
    kept = {name: settings.alone_of(name) for name in everything}
    labels = settings.weak_labels or {name: BUILT_IN_WEAK.get(name, ()) for name in weak}
    for chosen in sorted(product(GRID, repeat=len(names) + len(weak)),
                         key=lambda values: (-sum(values), max(values) - min(values))):
        reliability = {**{name: settings.reliability_of(name) for name in everything},
                       **dict(zip(names, chosen, strict=False))}
        little = dict(zip(weak, chosen[len(names):], strict=True))
        if any(reliability[name] < share for name, share in little.items()):
            continue
        tried = replace(settings, reliability=reliability, reliability_alone=kept,
                        weak_labels=labels, weak_reliability=little)
        if all(step.is_free for one, known in zip(evidence, alone, strict=True)
               for step in steps(one, tried, dict(known))):
            return tried
    raise ValueError(f'no reliabilities of {list(names)} are free of cost, not even 0: is the '
                     f'evidence calibrated?')
