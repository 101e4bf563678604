"""Evidence maps: from temperature-scaled logits to log-scores."""

from collections.abc import Callable

import numpy as np

from mer_ros.fusion.logspace import Floats, from_log_evidence


def _shift_min(scores: Floats, floor: Floats) -> Floats:
    """Return the log-scores of e = max(l - floor, 0): eq. (1) when the floor is global."""
    return _of_evidence(np.maximum(scores - floor, 0.0))


def _expm1(scores: Floats, floor: Floats) -> Floats:
    """Return the log-scores of e = K (exp(max(l - floor, 0)) - 1), which need no exponential."""
    log_scores: Floats = np.maximum(scores - floor, 0.0)
    return log_scores


def _relu(scores: Floats) -> Floats:
    return _of_evidence(np.maximum(scores, 0.0))


def _softplus(scores: Floats) -> Floats:
    return _of_evidence(np.logaddexp(0.0, scores))


def _exp(scores: Floats) -> Floats:
    return from_log_evidence(scores - np.log(scores.shape[-1]))


def _given(scores: Floats) -> Floats:
    if scores.size and scores.min() < 0.0:
        raise ValueError(
            f'evidence {scores.min()} was given; evidence cannot be negative: pass '
            f'numbers >= 0, or logits with another evidence map than given')
    return _of_evidence(scores)


def _of_evidence(evidence: Floats) -> Floats:
    log_scores: Floats = np.log1p(evidence / evidence.shape[-1])
    return log_scores


REFERENCED: dict[str, Callable[[Floats, Floats], Floats]] = {
    'shift_min': _shift_min, 'expm1': _expm1}
"""Maps that measure evidence from a reference level, by name."""

ABSOLUTE: dict[str, Callable[[Floats], Floats]] = {
    'relu': _relu, 'softplus': _softplus, 'exp': _exp, 'given': _given}
"""Maps of the logits as they are, by name."""


def reference_floor(scores: Floats, reference: str, reliability: Floats) -> Floats:
    """Return the level at which evidence is zero, broadcastable to the scores (N, ..., K).

    ``own`` is the smallest score of each modality; ``global`` the smallest of all modalities
    that have some reliability (N, ...), which is eq. (1).  Raises ValueError for another name.
    """
    lows: Floats = np.minimum.reduce(scores, axis=-1, keepdims=True)
    if reference == 'own':
        return lows
    if reference == 'global':
        present = reliability > 0.0
        if not present.all():
            lows = np.where(present[..., np.newaxis], lows, np.inf)
        lowest: Floats = lows.min(axis=0, initial=np.inf)
        return lowest
    raise ValueError(
        f'reference {reference!r} was given; allowed are global, own, a number, or a mapping '
        f'from modality to a number')
