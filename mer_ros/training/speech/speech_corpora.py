"""The corpora that the built-in speech model learns from, and what each clip teaches."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mer_ros.emotions import EMOTIONS
from mer_ros.evaluation.datasets.samples import Samples
from mer_ros.evaluation.datasets.speech_sets import load, table_of, voice_votes
from mer_ros.training.speech.speech_data import Described
from mer_ros.training.speech.speech_net import Recipe

CORPORA = ('crema_d_audio', 'emodb', 'grid')
"""What is learned from, each with speaker-disjoint train and dev splits."""


@dataclass(frozen=True, slots=True)
class Clips:
    """Clips of several corpora: a group of ``samples`` is corpus/person; ``votes`` is (N, 7)."""

    samples: Samples
    votes: NDArray[np.float64]

    @classmethod
    def joined(cls, parts: Sequence[Clips]) -> Clips:
        """Return the clips of one after the other."""
        columns = ([item for part in parts for item in getattr(part.samples, name)]
                   for name in ('inputs', 'labels', 'groups'))
        return cls(Samples(*columns, 'speech'),
                   np.concatenate([np.empty((0, len(EMOTIONS))), *(part.votes for part in parts)]))

    def target(self, labels: Sequence[str], recipe: Recipe) -> NDArray[np.float64]:
        """Return what each clip teaches, (N, K).

        A share of ``recipe.votes`` is what raters heard, the rest the emotion that was asked for;
        without raters, a share of ``recipe.smoothing`` is all classes alike.
        """
        wanted = np.eye(len(labels))[[labels.index(label) for label in self.samples.labels]]
        votes = self.votes[:, [EMOTIONS.index(label) for label in labels]]
        total = votes.sum(axis=1, keepdims=True)
        heard = (1 - recipe.votes) * wanted + recipe.votes * votes / np.maximum(total, 1)
        smooth = (1 - recipe.smoothing) * wanted + recipe.smoothing / len(labels)
        return np.where(total > 0, heard, smooth)


def read_corpora(data: Path, split: str) -> Clips:
    """Return the clips of a split of every corpus that the folder holds.

    Clips that raters could not judge, though those of their corpus were, are left out.
    """
    parts = []
    for name in CORPORA:
        if table_of(name, data).is_file():
            samples, votes = load(name, data, split), voice_votes(name, data, split)
            kept = np.flatnonzero(votes.any(axis=1) | ~votes.any())
            parts.append(Clips(Samples(
                [samples.inputs[i] for i in kept], [samples.labels[i] for i in kept],
                [f'{name}/{samples.groups[i]}' for i in kept], 'speech'), votes[kept]))
    return Clips.joined(parts)


def once(path: Path, key: dict[str, Any], make: Callable[[], Described]) -> Described:
    """Return what is made, from the file where it was made before under the same key."""
    text = json.dumps(key, sort_keys=True)
    if path.is_file():
        with np.load(path, allow_pickle=False) as stored:
            if str(stored['key']) == text:
                return Described(*(stored[field.name] for field in fields(Described)))
    made = make()
    np.savez(path, key=np.array(text),
             **{field.name: getattr(made, field.name) for field in fields(Described)})
    return made
