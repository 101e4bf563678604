"""Three modalities whose noise is known: does the learned variance find it?"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import spearmanr

from mer_ros.research.lddu.training.lddu_data import Corpus, Sequences, Split

DIMS = {'text': 24, 'audio': 16, 'visual': 20}
"""Modalities and the length of their feature vectors."""

LABELS = ('anger', 'fear', 'happiness', 'sadness', 'surprise')
"""The emotions; each is present in three samples of ten, whatever the others are."""

NOISE = (0.5, 12.0)
"""Deviation of the noise, log-uniform between these, drawn for each sample and modality alone."""

FRAMES = (6, 16)
"""Fewest and most frames."""


@dataclass(frozen=True, slots=True)
class Made:
    """The corpus, and the noise (N, M) of its test samples."""

    corpus: Corpus
    noise: NDArray[np.float64]


def make(*, seed: int = 0, train: int = 1000, valid: int = 1000, test: int = 2000) -> Made:
    """Return a corpus of samples in which every emotion has a direction in every modality.

    A frame is the sum of the directions of the sample's emotions, each shown in a half of the
    frames, plus noise.  How noisy a sample is shows in its frames, as a bad recording does, so
    that any network can learn whom to trust from enough samples; training samples are few to see
    what it is worth to be told that noise is noise.
    """
    rng = np.random.default_rng(seed)
    directions = {name: _unit(rng.normal(size=(len(LABELS), dim))) for name, dim in DIMS.items()}
    splits, noises = [], []
    for name, count in (('train', train), ('valid', valid), ('test', test)):
        truth = (rng.random((count, len(LABELS))) < 0.3).astype(np.float32)
        noise = np.exp(rng.uniform(*np.log(NOISE), (count, len(DIMS))))
        sequences = {modality: Sequences([
            _frames(rng, truth[i], directions[modality], noise[i, m]) for i in range(count)], dim)
            for m, (modality, dim) in enumerate(DIMS.items())}
        splits.append(Split(sequences, truth, tuple(f'{name}{i}' for i in range(count))))
        noises.append(noise)
    return Made(Corpus(LABELS, dict.fromkeys(DIMS, 'synthetic'), *splits), noises[-1])


def noise_ranks(spread: NDArray[np.floating], noise: NDArray[np.floating],
                modalities: Iterable[str]) -> dict[str, float]:
    """Return Spearman's rank correlation of ||sigma|| and the true noise in each modality.

    Args:
        spread: norm of sigma of N samples in M modalities, (N, M).
        noise: of the same shape.
        modalities: M names.
    """
    return {name: round(float(spearmanr(spread[:, index], noise[:, index]).statistic), 4)
            for index, name in enumerate(modalities)}


def _frames(rng: np.random.Generator, truth: NDArray[np.float32],
            directions: NDArray[np.float64], noise: float) -> NDArray[np.float64]:
    count = rng.integers(FRAMES[0], FRAMES[1] + 1)
    shown = truth * (rng.random((count, len(truth))) < 0.5)
    # The directions are of length 1; noise is spread over all numbers of a frame.
    spread = noise / np.sqrt(directions.shape[1])
    return shown @ directions + rng.normal(0, spread, (count, directions.shape[1]))


def _unit(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)
