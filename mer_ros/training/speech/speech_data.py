"""Utterances and their augmented copies as statistics to learn from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray
from rich.progress import track

from mer_ros.evaluation.datasets.samples import Samples
from mer_ros.models.speech.speech_features import speech_features
from mer_ros.training.speech.speech_augment import draw_session, Session, Wave


@dataclass(frozen=True, slots=True)
class Described:
    """Statistics (N, D) of clips and of their augmented copies, all else (N,).

    ``session`` is 0 for clean clips; ``hard`` tells narrow-band and short ones.
    """

    statistics: NDArray[np.float64]
    truth: NDArray[np.int64]
    speaker: NDArray[np.str_]
    session: NDArray[np.int64]
    hard: NDArray[np.bool_]

    def where(self, mask: NDArray[np.bool_]) -> Described:
        """Return the rows where the mask (N,) is True."""
        return Described(*(getattr(self, field.name)[mask] for field in fields(self)))

    @classmethod
    def joined(cls, parts: Sequence[Described]) -> Described:
        """Return the rows of one after the other."""
        return cls(*(np.concatenate([getattr(part, field.name) for part in parts])
                     for field in fields(cls)))


def describe(
    samples: Samples, labels: list[str], sessions: int, seed: int
) -> tuple[list[str], Described]:
    """Return the names of the statistics, and those of all clips and of their augmented copies.

    Each speaker speaks all clips once in each of the sessions.  Raises ValueError for a clip in
    which there is nothing to hear; an excerpt with nothing to hear is left out.
    """
    rows: list[dict[str, float]] = []
    origin: list[tuple[int, int, bool]] = []
    speakers = sorted(set(samples.groups))
    for number in track(range(len(speakers) * (sessions + 1)), description='listening'):
        who, session = divmod(number, sessions + 1)
        random = np.random.default_rng([who, session, seed])
        drawn = draw_session(random) if session else None
        for index in (i for i, group in enumerate(samples.groups) if group == speakers[who]):
            values = _heard(samples.inputs[index], drawn, random)
            if values is not None:
                rows.append(values)
                origin.append((index, session, drawn is not None and drawn.hard))
            elif drawn is None:
                raise ValueError(f'clip {index} of speaker {speakers[who]} is silent; '
                                 f'remove it from its table')
    names = list(rows[0])
    statistics = np.array([[row[name] for name in names] for row in rows])
    index, session, hard = (np.array(column) for column in zip(*origin, strict=True))
    # One that could not be measured stands at the mean, as it does in LiteSpeech.
    measured = np.isfinite(statistics)
    clean = measured & (session == 0)[:, None]
    mean = np.sum(statistics, axis=0, where=clean) / np.maximum(clean.sum(axis=0), 1)
    statistics = np.where(measured, statistics, mean)
    truth = np.array([labels.index(label) for label in samples.labels])
    return names, Described(
        statistics, truth[index], np.array(samples.groups)[index], session, hard)


def _heard(waveform: Wave, session: Session | None, random: np.random.Generator
           ) -> dict[str, float] | None:
    return speech_features(session.hear(waveform, random) if session else waveform)


def population(described: Described) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the mean of the clean clips and the spread of all but the hard ones, each (D,)."""
    spread = described.statistics[~described.hard].std(axis=0)
    return only_clean(described).statistics.mean(axis=0), np.maximum(spread, 1e-6)


def only_clean(described: Described) -> Described:
    """Return the clean clips."""
    return described.where(described.session == 0)
