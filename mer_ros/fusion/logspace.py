"""Opinions written as log-scores, the one representation that no finite evidence overflows.

A Dirichlet opinion on K classes with evidence e >= 0 and prior weight K is held as its
log-scores ``L_k = log(1 + e_k / K) >= 0``: L = 0 is ignorance, and Dempster's rule is a sum.
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


def log_expm1(values: Floats) -> Floats:
    """Return log(exp(x) - 1) for x >= 0, element by element; -inf at 0.

    Of log-scores it is the log-evidence log(e / K), which needs no bound.
    """
    with np.errstate(divide='ignore'):
        return values + np.log(-np.expm1(-values))


def from_log_evidence(values: Floats) -> Floats:
    """Return the log-scores log(1 + e / K) of the log-evidence log(e / K); -inf gives 0."""
    return np.logaddexp(0.0, values)


def masses(log_scores: Floats) -> tuple[Floats, Floats]:
    """Return belief (..., K) and uncertainty (...), which sum to 1, of log-scores (..., K).

    These are eqs. (4) and (5) with everything scaled by exp(-max L), so that only an
    uncertainty below the smallest double is lost (it becomes 0).
    """
    # The ufuncs' own reductions save the detour that the methods of small arrays take.
    top = np.maximum.reduce(log_scores, axis=-1, keepdims=True)
    belief = np.exp(log_scores - top) * -np.expm1(-log_scores)
    ignorance = np.exp(-top)
    total = np.add.reduce(belief, axis=-1, keepdims=True) + ignorance
    return belief / total, (ignorance / total)[..., 0]


def from_masses(belief: Floats, uncertainty: Floats) -> Floats:
    """Return the log-scores (..., K) of masses (..., K) and (...) that may share any factor.

    An uncertainty below 1e-300 counts as 1e-300, so that the quotient stays finite.
    """
    log_scores: Floats = np.log1p(belief / np.maximum(uncertainty, 1e-300)[..., np.newaxis])
    return log_scores


def softmax(scores: Floats, temperature: float = 1.0) -> Floats:
    """Return exp(scores / temperature) normalised over the last axis."""
    centred = scores - np.maximum.reduce(scores, axis=-1, keepdims=True)
    if temperature != 1.0:
        with np.errstate(over='ignore'):
            centred /= temperature
    weights = np.exp(centred)
    normalised: Floats = weights / np.add.reduce(weights, axis=-1, keepdims=True)
    return normalised


def entropy_bits(scores: Floats) -> Floats:
    """Return the entropy (...) of softmax(scores (..., K)) in bits, 0 to log2 K."""
    p = softmax(scores)
    bits: Floats = -np.sum(p * np.log2(np.maximum(p, 1e-300)), axis=-1)
    return np.maximum(bits, 0.0)
