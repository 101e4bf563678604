"""What all engines ask of their input and of their models."""

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from mer_ros.data import BadInput
from mer_ros.models.protocols import HasFeatures


class Classifier(Protocol):
    """What all models have in common."""

    name: str
    labels: tuple[str, ...]


class Model(Classifier, Protocol):
    """What a text, speech and face model have in common."""

    def logits(self, batch: Sequence[Any]) -> NDArray[np.float32]:
        """Return raw scores (B, len(labels)) of B items."""


def scores(model: Model, item: Any) -> NDArray[np.float64]:
    """Return the logits (n,) that a model gives one item, n = len(model.labels), all finite.

    Raises:
        BadInput: ``model_output``, where the model answers this item with NaN or infinity.
        ValueError: the model answers with another shape than it promised.
    """
    return check_scores(model, model.logits([item]))


def check_scores(model: Classifier, answer: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return the logits (n,) in a model's answer (1, n) to one item; raises what `scores` does."""
    values = np.asarray(answer, dtype=np.float64)
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


def check_gives_features(model: Model) -> None:
    """Raise ValueError where a model does not tell what it sees before it classifies."""
    if not isinstance(model, HasFeatures):
        raise ValueError(f'the model {model.name!r} gives no features; take one that has a method '
                         f'features, such as the built-in one, or do not ask for them')


def features_of(model: Any, item: Any) -> NDArray[np.float32] | None:
    """Return the features (T, D), T >= 1, that a model gives one item; None where it sees nothing.

    Raises:
        BadInput: ``model_output``, where the model answers this item with NaN or infinity.
        ValueError: the model answers with something else than rows.
    """
    rows = np.asarray(model.features(item), dtype=np.float32)
    if rows.ndim != 2:
        raise ValueError(f'the model {model.name!r} returned features of shape {rows.shape}; '
                         f'needed are rows (T, D)')
    if not np.isfinite(rows).all():
        raise BadInput('model_output', (
            f'the model {model.name!r} returned features that are NaN or infinite: the input is '
            f'beyond what it can judge'))
    return rows if rows.size else None
