"""What the text model learns from: features and soft labels of GoEmotions and of XED."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from mer_ros.emotions import EMOTIONS
from mer_ros.evaluation.datasets_text import path_of, read_rows
from mer_ros.models.text_features import features

MIN_COUNT = 3
"""Sentences that a feature must occur in to be learned."""


@dataclass(frozen=True, slots=True)
class Split:
    """One split of one data set.

    ``found`` holds the feature hashes of each sentence; ``target`` (N, 7) the share of each
    emotion, rows sum to 1; ``single`` (N,) is True where there is exactly one; ``fine`` (N, F)
    has a 1 for each original label.
    """

    found: list[NDArray[np.uint32]]
    target: NDArray[np.float32]
    single: NDArray[np.bool_]
    fine: NDArray[np.float32]

    @property
    def truth(self) -> NDArray[np.intp]:
        """Index of the first of the most likely emotions, (N,)."""
        return self.target.argmax(axis=1)


def read_split(name: str, root: Path, split: str, fine_labels: list[str]) -> Split:
    """Read one split; sentences with no emotion of the seven are left out.

    Where several emotions were marked they share the target equally, without neutral.
    """
    found, targets, single, fine = [], [], [], []
    for row in read_rows(path_of(name, root, split)):
        marked = [row['ekman7']] if row['ekman7'] else [
            label for label in row['ekman7_all'].split('|') if label in EMOTIONS
            and label != 'neutral']
        if not marked:
            continue
        found.append(features(row['text']))
        targets.append([(label in marked) / len(marked) for label in EMOTIONS])
        single.append(bool(row['ekman7']))
        original = row['labels'].split('|')
        fine.append([float(label in original) for label in fine_labels])
    return Split(found, np.array(targets, dtype=np.float32), np.array(single),
                 np.array(fine, dtype=np.float32).reshape(len(found), len(fine_labels)))


def fine_labels(root: Path) -> list[str]:
    """Return the original labels of GoEmotions, sorted: 27 emotions and neutral."""
    rows = read_rows(path_of('goemotions', root, 'train'))
    return sorted({label for row in rows for label in row['labels'].split('|')})


def vocabulary(splits: list[Split]) -> NDArray[np.uint32]:
    """Return the sorted hashes of the features that occur in at least `MIN_COUNT` sentences."""
    keys, counts = np.unique(np.concatenate([f for s in splits for f in s.found]),
                             return_counts=True)
    return np.asarray(keys[counts >= MIN_COUNT])
