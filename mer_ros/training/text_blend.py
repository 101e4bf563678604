"""Fitting how the parts of the text model are blended, on the dev splits."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
import torch

from mer_ros.emotions import EMOTIONS
from mer_ros.evaluation.metrics import macro_f1, negative_log_likelihood
from mer_ros.training.text_net import Blend, mix

STEPS: dict[str, tuple[float, ...]] = {
    'linear': (0.0, 1.0, 2.0, 3.0, 4.0, 6.0),
    'comment_scale': (0.3, 0.4, 0.5, 0.6, 0.8, 1.0, 1.3),
    'film_scale': (0.3, 0.4, 0.5, 0.6, 0.8, 1.0, 1.3),
    'film_prior': (-2.0, -1.5, -1.0, -0.5, 0.0, 0.5, 1.0, 1.5),
}
"""Values that are tried, one setting after the other."""

BIASES = tuple(round(0.1 * step, 1) for step in range(-6, 7))
"""Values that are tried for the bias of each class."""

ROUNDS = 3
"""Passes over all settings."""

SHARPNESS = 0.1
"""Weight of the log-loss against macro-F1: it keeps the biases from spoiling the calibration."""


@dataclass(frozen=True, slots=True)
class Scored:
    """The parts (N, 27) and the true classes (N,) of one dev split."""

    parts: torch.Tensor
    truth: NDArray[np.intp]


def fit_blend(splits: list[Scored]) -> Blend:
    """Return the blend with the best mean score over the dev splits, by coordinate search.

    The temperature is fitted last, by log-loss over all splits together (Guo et al. 2017).
    """
    blend = Blend()
    for _ in range(ROUNDS):
        for name, values in STEPS.items():
            blend = _best(splits, [replace(blend, **{name: value}) for value in values])
        for index in range(len(EMOTIONS)):
            blend = _best(splits, [_with_bias(blend, index, value) for value in BIASES])
    temperatures = [replace(blend, temperature=float(t)) for t in np.geomspace(0.5, 2.0, 81)]
    return min(temperatures, key=lambda candidate: _loss(splits, candidate))


def probabilities(parts: torch.Tensor, blend: Blend) -> NDArray[np.float64]:
    """Return the probabilities (N, 7) that a blend gives."""
    return torch.softmax(mix(parts, blend).double(), 1).numpy()


def _with_bias(blend: Blend, index: int, value: float) -> Blend:
    bias = list(blend.bias)
    bias[index] = value
    return replace(blend, bias=tuple(bias))


def _best(splits: list[Scored], blends: list[Blend]) -> Blend:
    return max(blends, key=lambda candidate: _score(splits, candidate))


def _score(splits: list[Scored], blend: Blend) -> float:
    values = []
    for split in splits:
        p = probabilities(split.parts, blend)
        values.append(macro_f1(split.truth, p)
                      - SHARPNESS * negative_log_likelihood(split.truth, p))
    return float(np.mean(values))


def _loss(splits: list[Scored], blend: Blend) -> float:
    p = np.concatenate([probabilities(split.parts, blend) for split in splits])
    return negative_log_likelihood(np.concatenate([split.truth for split in splits]), p)
