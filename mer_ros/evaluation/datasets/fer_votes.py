"""The ten votes of FER+ on each picture of FER-2013 (Barsoum et al., ICMI 2016)."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from mer_ros.emotions import EMOTIONS
from mer_ros.evaluation.datasets.face_sets import cut_tiles, read_table
from mer_ros.evaluation.datasets.samples import Samples

VOTED = (*EMOTIONS, 'contempt', 'unknown', 'nf')
"""What people could choose; nf is a picture that shows no face."""


@dataclass(frozen=True, slots=True)
class FerVotes:
    """One split, N pictures.

    crops uint8 (48, 48, 3) each; votes int64 (N, 10) in the order of `VOTED`; majority one of
    `VOTED`, '' where no answer has more than half; label of FER-2013, '' where it is not known;
    groups of near duplicates.
    """

    crops: list[NDArray[np.uint8]]
    votes: NDArray[np.int64]
    majority: list[str]
    label: list[str]
    groups: list[str]

    def __len__(self) -> int:
        """Return the number of pictures."""
        return len(self.crops)


def read_votes(folder: Path, split: str) -> FerVotes:
    """Read one split of fer2013; raise FileNotFoundError where its table of votes is missing."""
    rows = read_table(folder / f'votes_{split}.csv')
    votes = np.array([[int(row[name]) for name in VOTED] for row in rows], dtype=np.int64)
    return FerVotes(cut_tiles(folder, rows), votes.reshape(-1, len(VOTED)),
                    [row['majority'] for row in rows], [row['fer_label'] for row in rows],
                    [row['group'] for row in rows])


def load_ferplus(folder: Path, split: str) -> Samples:
    """Return the pictures on which more than half of the people chose the same of `EMOTIONS`."""
    found = read_votes(folder, split)
    kept = [i for i, name in enumerate(found.majority) if name in EMOTIONS]
    return Samples([found.crops[i] for i in kept], [found.majority[i] for i in kept],
                   [found.groups[i] for i in kept], 'face')
