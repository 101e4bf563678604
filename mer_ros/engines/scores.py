"""What all engines ask of their input and of their models."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from mer_ros.data import BadInput


class Model(Protocol):
    """What a text, speech and face model have in common."""

    name: str
    labels: tuple[str, ...]

    def logits(self, batch: Sequence[Any]) -> NDArray[np.float32]:
        """Return raw scores (B, len(labels)) of B items."""


def check_stamp(stamp: int) -> None:
    """Raise BadInput (``unstamped``) where a stamp is not a time."""
    if stamp <= 0:
        raise BadInput('unstamped', (
            f'the stamp is {stamp} ns; evidence needs the time at which it happened: let the '
            f'driver fill header.stamp'))


def scores(model: Model, item: Any) -> NDArray[np.float64]:
    """Return the logits (n,) that a model gives one item, n = len(model.labels), all finite.

    Raises:
        BadInput: ``model_output``, where the model answers this item with NaN or infinity.
        ValueError: the model answers with another shape than it promised.
    """
    values = np.asarray(model.logits([item]), dtype=np.float64)
    if values.shape != (1, len(model.labels)):
        raise ValueError(
            f'the model {model.name!r} returned logits of shape {values.shape} for one item; its '
            f'{len(model.labels)} labels {list(model.labels)} ask for {(1, len(model.labels))}')
    if not np.isfinite(values).all():
        raise BadInput('model_output', (
            f'the model {model.name!r} returned {values[0].tolist()}; logits must be finite: the '
            f'input is beyond what it can judge'))
    logits: NDArray[np.float64] = values[0]
    return logits
