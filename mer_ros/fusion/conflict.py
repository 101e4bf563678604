"""Disagreement between modalities, reported beside the fused opinion because fusion hides it."""

import numpy as np

from mer_ros.fusion.logspace import Floats


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
