"""What networks say about rows that they never heard, plain and adapted to the persons."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
import torch

from mer_ros.training.speech.speech_data import Described
from mer_ros.training.speech.speech_depth import temperatures
from mer_ros.training.speech.speech_fit import Fitted
from mer_ros.training.speech.speech_history import histories


@dataclass(frozen=True, slots=True)
class Judged:
    """What the two experts say about N rows.

    ``scores`` (2, N, K) and ``distance`` (2, N) of the wide and the robust expert; ``hard`` (N,)
    is the gate's share of the second; ``group`` (N,) numbers the conditions: corpus, session, and
    whether the row was judged against the person's own voice.
    """

    scores: NDArray[np.float64]
    distance: NDArray[np.float64]
    hard: NDArray[np.float64]
    group: NDArray[np.int64]
    described: Described

    @classmethod
    def of(cls, fitted: Fitted, described: Described, *, adapted: bool, seed: int = 0) -> Judged:
        """Judge rows; with ``adapted``, against what came before them in a random order."""
        standard = fitted.standard(described.statistics)
        if adapted:
            standard = standard - histories(
                standard, described.keys(), fitted.prior, np.random.default_rng(seed), whole=True)
        rows = torch.from_numpy(standard)
        with torch.no_grad():
            experts = (fitted.net.wide, fitted.net.robust)
            scores = [expert.scores(rows).double().numpy() for expert in experts]
            distance = [expert.depth.distance(rows)[:, 0].double().numpy() for expert in experts]
            hard = fitted.net.hard(rows)[:, 0].double().numpy()
        names = [f'{corpus} {session} {adapted}' for corpus, session
                 in zip(described.corpora(), described.session, strict=True)]
        group = np.unique(names, return_inverse=True)[1]
        return cls(np.stack(scores), np.stack(distance), hard, group, described)

    @classmethod
    def joined(cls, parts: list[Judged]) -> Judged:
        """Return the rows of one after the other; their groups stay apart."""
        first = np.cumsum([0, *(part.group.max(initial=-1) + 1 for part in parts[:-1])])
        return cls(
            np.concatenate([part.scores for part in parts], axis=1),
            np.concatenate([part.distance for part in parts], axis=1),
            np.concatenate([part.hard for part in parts]),
            np.concatenate([part.group + one for part, one in zip(parts, first, strict=True)]),
            Described.joined([part.described for part in parts]))

    def logits(self, curves: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return calibrated logits (N, K), by the curves (2, 3) of the two temperatures."""
        wide, robust = (scores / temperatures(distance, curve)[:, None] for scores, distance, curve
                        in zip(self.scores, self.distance, curves, strict=True))
        share = self.hard[:, None]
        return (1 - share) * wide + share * robust
