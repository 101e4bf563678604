"""Utterances and their augmented copies as statistics to learn from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray
from rich.progress import track

from mer_ros.evaluation.datasets.samples import Samples
from mer_ros.models.speech.speech_features import speech_features
from mer_ros.models.speech.voice_encoder import VoiceEncoder
from mer_ros.training.speech.speech_augment import draw_session, Wave


@dataclass(frozen=True, slots=True)
class Described:
    """Statistics (N, D) of clips and of their augmented copies, all else (N, ...).

    ``truth`` is the class; ``target`` (N, K) the share of each class that is to be learned;
    ``speaker`` is corpus/person; ``session`` is 0 for clean clips; ``hard`` tells narrow-band
    and short ones.
    """

    statistics: NDArray[np.float64]
    truth: NDArray[np.int64]
    target: NDArray[np.float64]
    speaker: NDArray[np.str_]
    session: NDArray[np.int64]
    hard: NDArray[np.bool_]

    def corpora(self) -> list[str]:
        """Return the corpus of each row."""
        return [name.split('/')[0] for name in self.speaker.tolist()]

    def keys(self) -> NDArray[np.int64]:
        """Return a number (N,) that rows of one speaker in one session share."""
        names = [f'{speaker} {session}' for speaker, session
                 in zip(self.speaker.tolist(), self.session.tolist(), strict=True)]
        return np.unique(names, return_inverse=True)[1]

    def where(self, mask: NDArray[np.bool_]) -> Described:
        """Return the rows where the mask (N,) is True."""
        return Described(*(getattr(self, field.name)[mask] for field in fields(self)))

    @classmethod
    def joined(cls, parts: Sequence[Described]) -> Described:
        """Return the rows of one after the other."""
        return cls(*(np.concatenate([getattr(part, field.name) for part in parts])
                     for field in fields(cls)))


def describe(
    samples: Samples, target: NDArray[np.float64], *, names: Sequence[str], sessions: int,
    seed: int, encoder: VoiceEncoder | None = None,
) -> Described:
    """Return the statistics of all clips and of their augmented copies, as `heard` gives them.

    Each speaker speaks all clips once in each of the sessions.  Raises ValueError for a clip in
    which there is nothing to hear; an excerpt with nothing to hear is left out.

    Args:
        samples: the clips; a group is corpus/person.
        target: (N, K), what each clip teaches.
        names: the statistics, in order.
        sessions: how many there are beside the clean one.
        seed: of everything random.
        encoder: hears the clips too.
    """
    rows: list[NDArray[np.float64]] = []
    origin: list[tuple[int, int, bool]] = []
    speakers = sorted(set(samples.groups))
    for number in track(range(len(speakers) * (sessions + 1)), description='listening'):
        who, session = divmod(number, sessions + 1)
        random = np.random.default_rng([who, session, seed])
        drawn = draw_session(random) if session else None
        for index in (i for i, group in enumerate(samples.groups) if group == speakers[who]):
            wave = samples.inputs[index]
            row = heard(drawn.hear(wave, random) if drawn else wave, names, encoder)
            if row is not None:
                rows.append(row)
                origin.append((index, session, drawn is not None and drawn.hard))
            elif drawn is None:
                raise ValueError(f'clip {index} of speaker {speakers[who]} is silent; '
                                 f'remove it from its table')
    index, session, hard = (np.array(column) for column in zip(*origin, strict=True))
    return Described(np.array(rows), target.argmax(axis=1)[index], target[index],
                     np.array(samples.groups)[index], session, hard)


def heard(waveform: Wave, names: Sequence[str], encoder: VoiceEncoder | None
          ) -> NDArray[np.float64] | None:
    """Return the named statistics of a sound and what the encoder hears, or None when it is silent.

    NaN = not measured.
    """
    values = speech_features(waveform)
    if values is None:
        return None
    row = np.array([values[name] for name in names])
    return row if encoder is None else np.concatenate([row, encoder.describe(waveform)])


def measured(statistics: NDArray[np.float64], mean: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return statistics in which what was not measured stands at the mean, as in LiteSpeech."""
    return np.where(np.isfinite(statistics), statistics, mean)


def population(described: Described) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the mean of the clean clips and the spread of all but the hard ones, each (D,)."""
    clean = described.statistics[described.session == 0]
    counts = np.maximum(np.isfinite(clean).sum(axis=0), 1)
    mean = np.where(np.isfinite(clean), clean, 0.0).sum(axis=0) / counts
    spread = measured(described.statistics[~described.hard], mean).std(axis=0)
    return mean, np.maximum(spread, 1e-6)


def only_clean(described: Described) -> Described:
    """Return the clean clips."""
    return described.where(described.session == 0)
