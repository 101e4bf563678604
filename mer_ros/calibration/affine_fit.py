"""Fit of affine calibrations, of one modality or of several that are fused."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from mer_ros.evaluation.compare import subsets
from mer_ros.evaluation.metrics.classification import CLIP
from mer_ros.fusion import Affine
from mer_ros.fusion.logspace import softmax

PENALTY = 3.0
"""Ridge of the weights towards the identity, in nats for each squared unit over all rows."""

BIAS_PENALTY = 0.01
"""Ridge of the biases, which only keeps them from drifting together."""

STEPS = 50
"""Newton steps; far more than a convex problem of this kind needs."""

TOLERANCE = 1e-6
"""Gain in nats over all rows below which the fit is done."""

Floats = NDArray[np.float64]


def fit_affine(
    logits: Mapping[str, Floats], truth: NDArray[np.intp], *, classes: int,
    penalty: float = PENALTY, choices: Sequence[Sequence[str]] | None = None,
) -> dict[str, Affine]:
    """Return the affine calibration of each modality under which they fuse best.

    It minimises the mean, over ``choices``, of the negative log-likelihood of
    softmax(sum_n W_n x_n + b_n), the plausibility that Dempster's rule gives the classes.  What is
    fitted on all modalities together only is worse as soon as one of them is missing.

    Args:
        logits: by modality (N, D); their mean over D is taken off, as in `fuse`.  D other than
            ``classes`` is for descriptions that are no logits, whose weights shrink towards zero.
        truth: class indices (N,).
        classes: K.
        penalty: ridge of the weights, > 0, towards the identity where D is K.
        choices: which modalities are present together; every choice of them when None.

    Returns:
        Weights (K, D) and bias (K,) by modality.

    Raises:
        ValueError: the penalty is not > 0, or logits are so large that the fit does not converge.

    """
    if not penalty > 0:
        raise ValueError(f'the penalty is {penalty}; it must be > 0')
    parts = [np.column_stack([x - x.mean(axis=1, keepdims=True), np.ones(len(x))])
             for x in logits.values()]
    starts = [np.eye(part.shape[1], classes) * (part.shape[1] == classes + 1) for part in parts]
    ridges = [np.r_[np.full(part.shape[1] - 1, penalty), BIAS_PENALTY] for part in parts]
    present = [np.concatenate([part * (name in choice)
                               for name, part in zip(logits, parts, strict=True)], axis=1)
               for choice in choices or subsets(list(logits))]
    solution = _newton(present, np.eye(classes)[truth], np.concatenate(starts),
                       np.concatenate(ridges)[:, np.newaxis])
    blocks = np.split(solution, np.cumsum([part.shape[1] for part in parts])[:-1])
    return {name: Affine(block[:-1].T, block[-1])
            for name, block in zip(logits, blocks, strict=True)}


def _newton(designs: list[Floats], target: Floats, start: Floats, ridge: Floats) -> Floats:
    """Return the coefficients (D, K) of the ridge-penalised logistic model, which is convex."""
    def loss(coefficients: Floats) -> float:
        fits = sum(np.sum(target * np.log(softmax(rows @ coefficients) + CLIP)) for rows in designs)
        return float(np.sum(ridge * (coefficients - start) ** 2) / 2 - fits / len(designs))

    coefficients, least = start, loss(start)
    for _ in range(STEPS):
        gradient = ridge * (coefficients - start)
        curvature = np.diag(np.repeat(ridge, start.shape[1]))
        for rows in designs:
            p = softmax(rows @ coefficients)
            gradient += rows.T @ (p - target) / len(designs)
            curvature += _curvature(rows, p) / len(designs)
        step = np.linalg.solve(curvature, gradient.reshape(-1)).reshape(start.shape)
        # Far from the minimum a full step can overshoot; the last halving is below rounding.
        tried = ((coefficients - step / 2 ** halvings) for halvings in range(50))
        better = next(((one, value) for one in tried if (value := loss(one)) < least), None)
        if better is None or least - better[1] < TOLERANCE:
            return coefficients if better is None else better[0]
        coefficients, least = better
    raise ValueError(f'the calibration did not converge in {STEPS} steps: are the logits of a '
                     f'usual size?')


def _curvature(rows: Floats, p: Floats) -> Floats:
    """Return the Hessian (D K, D K) of the log-loss of rows (N, D) with probabilities (N, K)."""
    size, classes = rows.shape[1], p.shape[1]
    hessian = np.empty((size, classes, size, classes))
    for i in range(classes):
        for j in range(i + 1):
            weight = p[:, i] * ((i == j) - p[:, j])
            hessian[:, i, :, j] = hessian[:, j, :, i] = rows.T @ (weight[:, np.newaxis] * rows)
    return hessian.reshape(size * classes, size * classes)
