"""Utterances and their augmented copies as statistics to learn from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rich.progress import track

from mer_ros.evaluation.samples import Samples
from mer_ros.models.speech_features import speech_features
from mer_ros.training.speech_augment import augment


@dataclass(frozen=True, slots=True)
class Described:
    """Statistics (N, D) of clips and of their augmented copies (``copy`` > 0)."""

    statistics: NDArray[np.float64]
    truth: NDArray[np.int64]
    speaker: NDArray[np.str_]
    copy: NDArray[np.int64]

    def where(self, mask: NDArray[np.bool_]) -> Described:
        """Return the rows where the mask (N,) is True."""
        return Described(self.statistics[mask], self.truth[mask], self.speaker[mask],
                         self.copy[mask])


def describe(
    samples: Samples, labels: list[str], copies: int, seed: int
) -> tuple[list[str], Described]:
    """Return the names of the statistics, and those of all clips and of their augmented copies.

    Raises ValueError for a clip in which there is nothing to hear.
    """
    random = np.random.default_rng(seed)
    rows: list[dict[str, float]] = []
    origin: list[tuple[int, int]] = []
    for index in track(range(len(samples)), description='listening'):
        for copy in range(copies + 1):
            waveform = samples.inputs[index]
            values = speech_features(augment(waveform, random) if copy else waveform)
            if values is None:
                raise ValueError(f'clip {index} of speaker {samples.groups[index]} is silent; '
                                 f'remove it from labels.csv')
            rows.append(values)
            origin.append((index, copy))
    names = list(rows[0])
    statistics = np.array([[row[name] for name in names] for row in rows])
    index, copy = np.array(origin).T
    # One that could not be measured stands at the mean, as it does in LiteSpeech.
    measured = np.isfinite(statistics)
    clean = measured & (copy == 0)[:, None]
    mean = np.sum(statistics, axis=0, where=clean) / np.maximum(clean.sum(axis=0), 1)
    statistics = np.where(measured, statistics, mean)
    truth = np.array([labels.index(label) for label in samples.labels])
    return names, Described(statistics, truth[index], np.array(samples.groups)[index], copy)


def population(described: Described) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the mean of the clean clips and the spread of all, each (D,)."""
    mean = described.statistics[described.copy == 0].mean(axis=0)
    return mean, np.maximum(described.statistics.std(axis=0), 1e-6)
