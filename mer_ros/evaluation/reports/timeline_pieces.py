"""What a timeline draws: states, or the means of so many as would share a few pixels."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mer_ros.evaluation.reports.spans import Span

MOST = 400
"""Pieces over the whole length: more of them cannot be told apart, nor their colours be seen."""


@dataclass(frozen=True, slots=True)
class Piece:
    """What holds from ``begin`` to ``end``, in seconds.

    ``used`` tells of each modality the emotion that it favoured and the weight that it had, in
    [0, 1], over the whole piece.
    """

    begin: float
    end: float
    label: str
    probability: NDArray[np.float64]
    uncertainty: float
    conflict: float
    used: dict[str, tuple[str, float]]


def pieces_of(spans: Sequence[Span], length: float) -> list[Piece]:
    """Return the pieces of one person's spans, in order, for a timeline of this many seconds.

    Where states follow each other faster than `MOST` over the length, those that begin in the same
    part of it are one piece: means weighed by time, and the label that held longest.
    """
    if len(spans) <= MOST:
        return [_joined([span]) for span in spans]
    return [_joined(list(group)) for _, group in groupby(
        spans, key=lambda span: int(span.begin / length * MOST))]


def _joined(spans: Sequence[Span]) -> Piece:
    first, states = spans[0].state, [span.state for span in spans]
    held = np.array([max(span.end - span.begin, 1e-9) for span in spans])
    seconds: dict[str, float] = defaultdict(float)
    opinions: dict[str, Any] = defaultdict(float)
    weights: dict[str, float] = defaultdict(float)
    for state, time in zip(states, held, strict=True):
        seconds[state.label] += time
        for opinion in state.modalities:
            opinions[opinion.modality] += time * opinion.probability
            weights[opinion.modality] += time * opinion.weight
    return Piece(
        begin=spans[0].begin, end=spans[-1].end, label=max(seconds, key=lambda name: seconds[name]),
        probability=np.average([state.probability for state in states], axis=0, weights=held),
        uncertainty=float(np.average([state.uncertainty for state in states], weights=held)),
        conflict=float(np.average([state.conflict for state in states], weights=held)),
        used={name: (first.labels[int(np.argmax(opinions[name]))], weight / float(held.sum()))
              for name, weight in weights.items()})
