"""Disagreement between modalities, reported beside the fused opinion because fusion hides it."""

import numpy as np

from mer_ros.fusion.discount import sharpness
from mer_ros.fusion.logspace import Floats

LEAST_CERTAINTY = 1e-12
"""Certainty below which there is none to lose."""


def conjunction(belief: Floats, uncertainty: Floats) -> tuple[Floats, Floats, Floats]:
    """Combine N opinions without normalising: eqs. (6)-(8) before the division by 1 - c.

    Args:
        belief: (N, ..., K) with N >= 1.
        uncertainty: (N, ...).

    Returns:
        Mass of each class (..., K), of the whole frame (...), and of the empty set (...), which
        is the total conflict.  All terms are positive, so none loses digits to cancellation.

    """
    others = 1.0 - np.eye(belief.shape[-1])
    joint, whole = belief[0], uncertainty[0]
    empty = np.zeros_like(whole)
    for more, unsure in zip(belief[1:], uncertainty[1:], strict=True):
        empty = empty + (joint * (more @ others)).sum(axis=-1)
        joint = joint * (more + unsure[..., np.newaxis]) + whole[..., np.newaxis] * more
        whole = whole * unsure
    return joint, whole, empty


def pairwise(belief: Floats, uncertainty: Floats) -> Floats:
    """Return the degree of conflict (N, N, ...) in [0, 1] of each two of the N opinions.

    The distance of the projected probabilities, 0.5 |p_i - p_j|_1, times the certainty that both
    have, (1 - u_i)(1 - u_j) (Xu et al., ECML, AAAI 2024).
    """
    probability = belief + uncertainty[..., np.newaxis] / belief.shape[-1]
    certainty = 1.0 - uncertainty
    distance = np.abs(probability[:, np.newaxis] - probability).sum(axis=-1)
    degrees: Floats = 0.5 * distance * certainty[:, np.newaxis] * certainty
    return degrees


def lost_certainty(log_scores: Floats) -> Floats:
    """Return the share (...) in [0, 1] of certainty that N sources lose because they disagree.

    Certainty is the `sharpness` of the plausibility that Dempster's rule gives the log-scores
    (N, ..., K).  It is compared with the one that the same sources would reach together if they
    ranked the classes alike, that is with each one's log-scores in order of size.  So it does not
    depend on how certain they are, and a source that says nothing loses nothing.  Of two sources
    that are certain of different classes, 1 - (1/2 - 1/K) / (1 - 1/K) is lost.
    """
    if len(log_scores) < 2:
        return np.zeros(log_scores.shape[1:-1])
    possible = sharpness(np.sort(log_scores, axis=-1).sum(axis=0), None)
    kept = sharpness(log_scores.sum(axis=0), None)
    lost: Floats = np.maximum(1.0 - kept / np.maximum(possible, LEAST_CERTAINTY), 0.0)
    return np.where(possible > LEAST_CERTAINTY, lost, 0.0)
