"""Running a model over a list of inputs, the same way for every modality."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mer_ros.fusion.logspace import softmax

BATCH = 64
"""Inputs that a model is given together."""


def predict_logits(model: Any, inputs: Sequence[Any]) -> NDArray[np.float64]:
    """Return the logits (N, n) of N inputs over the model's own n labels.

    Raises ValueError if the model answers with another shape, or with NaN or infinity.
    """
    logits = np.empty((len(inputs), len(model.labels)))
    for start in range(0, len(inputs), BATCH):
        batch = inputs[start:start + BATCH]
        answer = np.asarray(model.logits(batch), dtype=np.float64)
        if answer.shape != (len(batch), len(model.labels)) or not np.isfinite(answer).all():
            raise ValueError(
                f'the model {model.name!r} returned shape {answer.shape} or values that are not '
                f'finite for {len(batch)} inputs and {len(model.labels)} labels')
        logits[start:start + BATCH] = answer
    return logits


def among(truth: NDArray[np.intp], probability: NDArray[np.float64], classes: NDArray[np.intp]
          ) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """Return truth (N,) and probability (N, n) over n of the K classes, in their order."""
    kept = probability[:, classes] + 1e-12
    return (np.searchsorted(classes, truth).astype(np.intp),
            kept / kept.sum(axis=1, keepdims=True))


def named_softmax(logits: NDArray[np.float64], named: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return the softmax (N, K) of logits (N, K) over the named classes (K,), 0 for the others."""
    probability = np.zeros_like(logits)
    probability[:, named] = softmax(logits[:, named])
    return probability
