"""The face crops to learn from, as arrays, and how often each of them is drawn."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
import logging
from pathlib import Path
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from mer_ros.emotions import EMOTIONS
from mer_ros.evaluation.datasets.face_sets import FACE_SETS, load
from mer_ros.evaluation.datasets.fer_votes import read_votes
from mer_ros.evaluation.datasets.samples import Samples
from mer_ros.models.face.lite_face import SIDE, to_input
from mer_ros.training.face.face_targets import CLASSES, of_labels, of_votes
from mer_ros.training.face.nothing import nothing

_LOG = logging.getLogger(__name__)

PRIOR_FLOOR = 0.005
"""Least share of a class in the prior of a data set that has few or none of it."""

NOTHING = 'nothing'
"""The name of the crops that show no face."""


@dataclass(frozen=True, slots=True)
class FaceArrays:
    """Faces of several data sets: N crops and K classes, those of `face_targets.CLASSES`.

    pixels uint8 (N, 48, 48); targets float32 (N, K), the share of people who see each class, all
    zero where the crop shows no face; labels int64 (N,), the label of FER-2013 as an index into
    EMOTIONS, -1 where there is none; sources int64 (N,), indices into ``names``, the data sets.
    """

    pixels: NDArray[np.uint8]
    targets: NDArray[np.float32]
    labels: NDArray[np.int64]
    sources: NDArray[np.int64]
    names: tuple[str, ...]

    def __len__(self) -> int:
        """Return the number of crops."""
        return len(self.targets)

    @property
    def is_face(self) -> NDArray[np.bool_]:
        """Which crops (N,) show a face."""
        return np.asarray(self.targets.sum(axis=1) > 0.0)

    @property
    def classes(self) -> NDArray[np.int64]:
        """The class (N,) that most people see, K for a crop without a face."""
        return np.where(self.is_face, self.targets.argmax(axis=1), len(CLASSES))


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
    parts = [_voted(data / name, split) if (data / name / f'votes_{split}.csv').is_file()
             else _labelled(load(name, data, split)) for name in names]
    parts += [_labelled(samples) for samples in further.values()]
    pixels, targets, labels = (
        np.concatenate(columns) for columns in zip(*(part[:3] for part in parts), strict=True))
    sources = np.repeat(np.arange(len(parts)), [len(part[0]) for part in parts])
    return FaceArrays(pixels, targets, labels, sources, (*names, *further))


def with_nothing(faces: FaceArrays, *, share: float, seed: int) -> FaceArrays:
    """Return the faces and crops that show none, a ``share`` of their number, as one set more."""
    made = nothing(round(share * len(faces)), faces.pixels[faces.is_face],
                   np.random.default_rng(seed))
    count = len(made)
    return FaceArrays(
        np.concatenate([faces.pixels, made]),
        np.concatenate([faces.targets, np.zeros((count, len(CLASSES)), np.float32)]),
        np.concatenate([faces.labels, np.full(count, -1)]),
        np.concatenate([faces.sources, np.full(count, len(faces.names))]),
        (*faces.names, NOTHING))


def draw_weights(faces: FaceArrays, *, least_share: float = 0.0,
                 power: float = 0.5) -> NDArray[np.float64]:
    """Return how likely each crop is drawn, (N,), summing to 1.

    A class of a data set with n crops gets the share n ** (1 - power): rare classes are drawn more
    often than they occur, without showing the same few faces all the time (Mahajan et al. 2018).
    Data sets with less than ``least_share`` of all draws are lifted to it (before the shares
    are normalised again).
    """
    counts = np.zeros((len(faces.names), len(CLASSES) + 1))
    np.add.at(counts, (faces.sources, faces.classes), 1)
    weights = counts[faces.sources, faces.classes] ** -power
    totals = np.bincount(faces.sources, weights=weights, minlength=len(faces.names))
    lift = np.maximum(least_share * totals.sum() / np.maximum(totals, 1e-9), 1.0)
    weights *= lift[faces.sources]
    return np.asarray(weights / weights.sum())


def drawn_priors(faces: FaceArrays, weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the prior (S, K) of the classes of what is drawn of each data set with these weights.

    It is the geometric mean of the set's own shares and those of all draws, weighted by how many
    of the classes occur in the set: one that shows a class or two says nothing about the others.
    No share is below `PRIOR_FLOOR` (before it is normalised).
    """
    mass = np.zeros((len(faces.names), len(CLASSES)))
    np.add.at(mass, faces.sources, weights[:, np.newaxis] * faces.targets)
    occur = np.zeros_like(mass)
    np.add.at(occur, (faces.sources[faces.is_face], faces.classes[faces.is_face]), 1)
    own_share = (occur > 0).mean(axis=1, keepdims=True)
    logs = own_share * np.log(_floored(mass)) + (1 - own_share) * np.log(_floored(
        mass.sum(axis=0, keepdims=True)))
    priors = np.exp(logs)
    return np.asarray(priors / priors.sum(axis=1, keepdims=True))


def _floored(mass: NDArray[np.float64]) -> NDArray[np.float64]:
    shares = np.maximum(mass / np.maximum(mass.sum(axis=1, keepdims=True), 1e-12), PRIOR_FLOOR)
    return np.asarray(shares / shares.sum(axis=1, keepdims=True))


def _labelled(samples: Samples) -> tuple[NDArray[np.uint8], NDArray[np.float32], NDArray[np.int64]]:
    return (_stack(samples.inputs), of_labels(samples.labels),
            np.full(len(samples), -1, dtype=np.int64))


def _voted(folder: Path, split: str
           ) -> tuple[NDArray[np.uint8], NDArray[np.float32], NDArray[np.int64]]:
    """Return the pictures that people could judge, and those that at least half call no face."""
    found = read_votes(folder, split)
    seen = found.votes[:, :len(CLASSES)]
    no_face = 2 * found.votes[:, -1] >= found.votes.sum(axis=1)
    kept = np.flatnonzero(no_face | (2 * seen.sum(axis=1) > found.votes.sum(axis=1)))
    targets = np.where(no_face[:, np.newaxis], np.float32(0.0), of_votes(seen))
    labels = np.array([EMOTIONS.index(label) if label and not none else -1
                       for label, none in zip(found.label, no_face, strict=True)], dtype=np.int64)
    return _stack([found.crops[i] for i in kept]), targets[kept], labels[kept]


def _stack(crops: Sequence[NDArray[np.uint8]]) -> NDArray[np.uint8]:
    if not crops:
        return np.zeros((0, SIDE, SIDE), dtype=np.uint8)
    return np.stack([to_input(crop) for crop in crops])
