"""Rules that add evidence: cumulative, averaging and weighted belief fusion.

Source: van der Heijden, Kopp, Kargl (2018), the corrected N-ary forms, with prior weight K.
"""

import numpy as np

from mer_ros.fusion.logspace import Floats, from_masses, masses
from mer_ros.fusion.rules import Rule, Sources


def cumulative(sources: Sources) -> Floats:
    """Return cumulative fusion, e = sum e_n: for sources that saw different evidence."""
    return _log_scores(_evidence(sources).sum(axis=0))


def averaging(sources: Sources) -> Floats:
    """Return averaging fusion, e = mean e_n: for sources that saw the same evidence."""
    return _log_scores(_evidence(sources).sum(axis=0) / sources.count)


def weighted(sources: Sources) -> Floats:
    """Return weighted fusion, e = sum (1 - u_n) e_n / sum (1 - u_n): ignorance has no vote."""
    certainty = masses(sources.log_scores)[0].sum(axis=-1, keepdims=True)
    votes = np.maximum(certainty.sum(axis=0), np.finfo(np.float64).tiny)
    return _log_scores((certainty / votes * _evidence(sources)).sum(axis=0))


def _evidence(sources: Sources) -> Floats:
    """Return e / K of each source, at most 1e300: beyond that its uncertainty is nil."""
    return np.expm1(from_masses(*masses(sources.log_scores)))


def _log_scores(evidence: Floats) -> Floats:
    log_scores: Floats = np.log1p(evidence)
    return log_scores


CUMULATIVE = Rule(cumulative)
AVERAGING = Rule(averaging)
WEIGHTED = Rule(weighted)
