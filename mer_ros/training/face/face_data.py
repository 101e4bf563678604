"""The face crops to learn from, as arrays, and how often each of them is drawn."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
import logging
from pathlib import Path
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from mer_ros.emotions import EMOTIONS
from mer_ros.evaluation.datasets.face_sets import FACE_SETS, load
from mer_ros.evaluation.datasets.samples import Samples
from mer_ros.models.face.lite_face import SIDE, to_input

_LOG = logging.getLogger(__name__)

PRIOR_FLOOR = 0.02
"""Least share of a class in the prior of a data set that has few or none of it."""


@dataclass(frozen=True, slots=True)
class FaceArrays:
    """Faces of several data sets: N crops and K classes.

    pixels uint8 (N, 48, 48); labels int64 (N,), indices into EMOTIONS; sources int64 (N,),
    indices into ``names``, the data sets.
    """

    pixels: NDArray[np.uint8]
    labels: NDArray[np.int64]
    sources: NDArray[np.int64]
    names: tuple[str, ...]

    def __len__(self) -> int:
        """Return the number of crops."""
        return len(self.labels)

    def counts(self) -> NDArray[np.int64]:
        """Return the number of crops (S, K) of each class in each data set."""
        counts = np.zeros((len(self.names), len(EMOTIONS)), dtype=np.int64)
        np.add.at(counts, (self.sources, self.labels), 1)
        return counts


def present_sets(data: Path) -> tuple[str, ...]:
    """Return the face data sets that the folder holds; raise FileNotFoundError if none."""
    found = tuple(name for name in FACE_SETS if (data / name).is_dir())
    if not found:
        raise FileNotFoundError(
            f'{data} holds none of the face data sets {list(FACE_SETS)}; put your own faces into '
            f'{data}/own_faces with a labels.csv of the columns path, label, subject, split')
    _LOG.info('training on the face data sets %s of %s', list(found), data)
    return found


def load_arrays(data: Path, names: Sequence[str], split: str, *,
                further: Mapping[str, Samples] = MappingProxyType({})) -> FaceArrays:
    """Load one split of the named data sets, and further crops by name, into one set of arrays."""
    pixels: list[NDArray[np.uint8]] = []
    labels: list[int] = []
    sources: list[int] = []
    loaded = chain((load(name, data, split) for name in names), further.values())
    for source, samples in enumerate(loaded):
        pixels += [to_input(crop) for crop in samples.inputs]
        labels += [EMOTIONS.index(label) for label in samples.labels]
        sources += [source] * len(samples)
    return FaceArrays(
        np.stack(pixels) if pixels else np.zeros((0, SIDE, SIDE), dtype=np.uint8),
        np.array(labels, dtype=np.int64), np.array(sources, dtype=np.int64), (*names, *further))


def draw_weights(faces: FaceArrays, *, least_share: float = 0.0) -> NDArray[np.float64]:
    """Return how likely each crop is drawn, (N,), summing to 1.

    A class of a data set with n crops gets the share sqrt(n): rare classes are drawn more often
    than they occur, without showing the same few faces all the time (Mahajan et al. 2018).
    Data sets with less than ``least_share`` of all draws are lifted to it (before the shares
    are normalised again).
    """
    weights = faces.counts()[faces.sources, faces.labels] ** -0.5
    totals = np.bincount(faces.sources, weights=weights, minlength=len(faces.names))
    lift = np.maximum(least_share * totals.sum() / np.maximum(totals, 1e-9), 1.0)
    weights *= lift[faces.sources]
    return np.asarray(weights / weights.sum())


def drawn_priors(faces: FaceArrays) -> NDArray[np.float64]:
    """Return the share (S, K) of each class among what is drawn of each data set.

    No share is below `PRIOR_FLOOR` (before the row is normalised).
    """
    shares = np.sqrt(faces.counts())
    priors = np.maximum(shares / shares.sum(axis=1, keepdims=True), PRIOR_FLOOR)
    return np.asarray(priors / priors.sum(axis=1, keepdims=True))


def pooled_prior(faces: FaceArrays, weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the share (K,) of each class among draws with these weights (N,), of all data sets."""
    shares = np.bincount(faces.labels, weights=weights, minlength=len(EMOTIONS))
    priors = np.maximum(shares / shares.sum(), PRIOR_FLOOR)
    return np.asarray(priors / priors.sum())
