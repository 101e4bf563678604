"""What raters of CREMA-D heard, saw, or heard and saw: fusion of people instead of models.

H. Cao et al., CREMA-D: Crowd-sourced Emotional Multimodal Actors Dataset, IEEE Transactions on
Affective Computing 5(4), 2014 (Open Database License 1.0).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from mer_ros.emotions import EMOTIONS
from mer_ros.evaluation.datasets.face_sets import read_table

CLASSES = tuple(label for label in EMOTIONS if label != 'surprise')
"""The emotions that the actors were asked for and the raters chose from."""

MODALITIES = ('voice', 'face', 'multimodal')
"""What the raters of a vote perceived."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Votes:
    """N clips: vote counts (N, 6) by modality, intended class (N,), and where each is from."""

    counts: Mapping[str, Floats]
    truth: NDArray[np.intp]
    actors: NDArray[np.str_]
    sentences: NDArray[np.str_]
    splits: NDArray[np.str_]
    clips: NDArray[np.str_]

    def of(self, *splits: str) -> Votes:
        """Return the clips of these splits; raise ValueError if there are none."""
        rows = np.isin(self.splits, splits)
        if not rows.any():
            raise ValueError(f'no clip is in the splits {list(splits)}; known: '
                             f'{sorted(set(self.splits))}')
        return self.rows(rows)

    def rows(self, rows: NDArray[np.bool_]) -> Votes:
        """Return the clips where a mask (N,) is True."""
        return Votes({name: counts[rows] for name, counts in self.counts.items()},
                     self.truth[rows], self.actors[rows], self.sentences[rows], self.splits[rows],
                     self.clips[rows])

    def logits(self, smoothing: float) -> dict[str, Floats]:
        """Return what a vote says as logits (N, 6): log(count + smoothing), mean 0 over classes.

        The more raters agree, and the more there are, the further they lie from 0.
        """
        return {name: _centred(np.log(self.counts[name] + smoothing))
                for name in ('voice', 'face')}

    def words(self, known: NDArray[np.str_]) -> Floats:
        """Return which of the known sentences (M,) each clip speaks, (N, M) of 0 and 1."""
        spoken: Floats = (self.sentences[:, np.newaxis] == known).astype(np.float64)
        return spoken


def read_votes(root: Path) -> Votes:
    """Read ``crema_d/votes.csv`` below the folder of the data sets.

    Raises FileNotFoundError if it is not there, ValueError for a clip without all three votes.
    """
    rows = sorted(read_table(Path(root) / 'crema_d' / 'votes.csv'),
                  key=lambda row: (row['modality'], row['clip']))
    parts = {name: [row for row in rows if row['modality'] == name] for name in MODALITIES}
    clips = [[row['clip'] for row in part] for part in parts.values()]
    if any(names != clips[0] for names in clips):
        raise ValueError(f'{root}/crema_d/votes.csv lacks votes: every clip needs one row for each '
                         f'of {list(MODALITIES)}')
    one = parts['voice']
    return Votes(
        {name: np.array([[float(row[label[0].upper()]) for label in CLASSES] for row in part])
         for name, part in parts.items()},
        np.array([CLASSES.index(row['intended']) for row in one], dtype=np.intp),
        *(np.array([row[column] for row in one])
          for column in ('actor', 'sentence', 'split', 'clip')))


def _centred(values: Floats) -> Floats:
    centred: Floats = values - values.mean(axis=1, keepdims=True)
    return centred
