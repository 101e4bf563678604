"""What the face network learns to say about a crop."""

import numpy as np
from numpy.typing import NDArray

from mer_ros.emotions import EMOTIONS

CLASSES = (*EMOTIONS, 'contempt')
"""What the votes are about, in the order of the network's first scores."""

VOTES, LABELS, FACE = slice(0, 8), slice(8, 15), 15
"""Which of the network's scores are of the votes, of the labels of FER-2013, of being a face."""

SCORES = 16
"""The network's scores of a crop."""

NEITHER = ('unknown', 'nf')
"""Answers of FER+ that name no expression: it cannot be told, and the picture shows no face."""

SMOOTHING = 0.1
"""Share of a single label that is spread over all classes (Szegedy et al., CVPR 2016)."""


def of_labels(labels: list[str]) -> NDArray[np.float32]:
    """Return the targets (N, 8) of single labels, smoothed."""
    rows = np.full((len(labels), len(CLASSES)), SMOOTHING / len(CLASSES), dtype=np.float32)
    rows[np.arange(len(labels)), [CLASSES.index(label) for label in labels]] += 1.0 - SMOOTHING
    return rows


def of_votes(votes: NDArray[np.int64]) -> NDArray[np.float32]:
    """Return the targets (N, 8) of votes (N, 8): their shares, where single votes count nothing.

    So FER+ counts them (Barsoum et al., ICMI 2016); a picture of single votes keeps them.
    """
    counted = np.where(votes > 1, votes, 0)
    counted = np.where(counted.sum(axis=1, keepdims=True) > 0, counted, votes)
    shares = counted / np.maximum(counted.sum(axis=1, keepdims=True), 1)
    return np.asarray(shares, dtype=np.float32)
