"""What the engine of features needs to know of a network."""

from collections.abc import Mapping
from typing import Protocol


class FeatureModel(Protocol):
    """A network that judges features of some modalities.

    ``dims`` are the lengths of their feature vectors, ``models`` the models that made the features
    that it learned from.
    """

    name: str
    labels: tuple[str, ...]
    modalities: tuple[str, ...]
    dims: Mapping[str, int]
    models: Mapping[str, str]
