"""How well a confidence tells right from wrong: risk-coverage areas and error detection.

``correct`` is a boolean array (N,), ``confidence`` a float array (N,) of any scale, larger = surer
(the best probability, or minus an uncertainty).  Ties are taken at their expected value over
random orders, so that the order of the rows never matters.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray


def _by_confidence(correct: ArrayLike, confidence: ArrayLike
                   ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return how many rows are right and wrong (G,) at each distinct confidence, surest first."""
    right = np.asarray(correct, dtype=bool)
    sure = np.asarray(confidence, dtype=np.float64)
    if right.ndim != 1 or right.shape != sure.shape or not len(right):
        raise ValueError(f'correct and confidence must both be (N,) with N >= 1; '
                         f'given {right.shape} and {sure.shape}')
    if not np.isfinite(sure).all():
        raise ValueError('confidence must be finite')
    _, group = np.unique(-sure, return_inverse=True)
    hits = np.bincount(group, weights=right).astype(np.float64)
    return hits, np.bincount(group).astype(np.float64) - hits


def _expected_errors(correct: ArrayLike, confidence: ArrayLike) -> NDArray[np.float64]:
    """Return the expected number of errors (N,) among the 1..N surest rows."""
    hits, errors = _by_confidence(correct, confidence)
    size = hits + errors
    return np.cumsum(np.repeat(errors / size, size.astype(int)))


def aurc(correct: ArrayLike, confidence: ArrayLike) -> float:
    """Return the area under the risk-coverage curve, in [0, 1]; smaller is better.

    The mean over i = 1..N of the error rate among the i surest rows (Geifman and El-Yaniv 2017).
    """
    errors = _expected_errors(correct, confidence)
    return float(np.mean(errors / np.arange(1, len(errors) + 1)))


def augrc(correct: ArrayLike, confidence: ArrayLike) -> float:
    """Return the area under the generalised risk-coverage curve, in [0, 1]; smaller is better.

    The mean over i = 1..N of the errors among the i surest rows, divided by N: it does not
    over-weight the first ranks as `aurc` does (Traub et al. 2024).
    """
    errors = _expected_errors(correct, confidence)
    return float(np.mean(errors) / len(errors))


def error_auroc(correct: ArrayLike, confidence: ArrayLike) -> float | None:
    """Return the probability that a right row is surer than a wrong one, in [0, 1].

    0.5 is chance, ties count half; None where every row is right or every row is wrong.
    """
    hits, errors = _by_confidence(correct, confidence)
    pairs = hits.sum() * errors.sum()
    if pairs == 0:
        return None
    less_sure_errors = errors.sum() - np.cumsum(errors)
    return float(np.sum(hits * (less_sure_errors + errors / 2)) / pairs)


def risk_coverage(correct: ArrayLike, confidence: ArrayLike
                  ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return coverage (G,) rising to 1 and risk (G,), one a threshold on the confidence.

    Coverage is the share of rows at least that sure, risk the error rate among them; rows of
    equal confidence are accepted together, as a threshold does.
    """
    hits, errors = _by_confidence(correct, confidence)
    accepted = np.cumsum(hits + errors)
    return accepted / accepted[-1], np.cumsum(errors) / accepted


def coverage_at_risk(correct: ArrayLike, confidence: ArrayLike, *, risk: float = 0.05) -> float:
    """Return the largest coverage in [0, 1] whose error rate is at most ``risk``; 0 if none is."""
    coverage, risks = risk_coverage(correct, confidence)
    return float(coverage[risks <= risk].max(initial=0.0))
