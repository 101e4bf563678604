"""Predictions for speakers left out of the training (leave-one-speaker-out)."""

from collections.abc import Iterator, Sequence
import logging
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
import torch

from mer_ros.training.speech.speech_data import Described
from mer_ros.training.speech.speech_depth import temperatures
from mer_ros.training.speech.speech_fit import fit_net, Fitted
from mer_ros.training.speech.speech_net import Recipe

_LOG = logging.getLogger(__name__)


def leave_one_speaker_out(
    described: Described, classes: int, recipe: Recipe, *, speakers: Sequence[str], folder: Path,
    seed: int, resume: bool,
) -> Iterator[tuple[str, Fitted]]:
    """Yield each of these speakers with networks that never heard that speaker.

    They heard everybody else, also who is not among the ``speakers``.
    """
    for speaker in speakers:
        rest = described.where(described.speaker != speaker)
        if len(np.unique(rest.truth)) < classes:
            raise ValueError(f'without speaker {speaker!r} a class has no clip; '
                             f'every class needs two speakers')
        _LOG.info('leaving out speaker %s', speaker)
        yield speaker, fit_net(rest, classes, recipe, folder=folder / speaker, seed=seed,
                               resume=resume)


class LeftOut:
    """What experts say about each row, each by networks that never heard its speaker.

    ``scores`` (2, N, K) and ``distance`` (2, N) of the wide and the robust expert; ``hard`` (N,)
    is the gate's share of the second.
    """

    def __init__(self, described: Described, classes: int) -> None:
        self.described = described
        count = len(described.truth)
        self.scores = np.empty((2, count, classes))
        self.distance = np.empty((2, count))
        self.hard = np.empty(count)

    def fill(self, speaker: str, fitted: Fitted) -> None:
        """Judge the rows of one speaker."""
        rows = self.described.speaker == speaker
        standard = fitted.standard(self.described.statistics[rows])
        with torch.no_grad():
            for index, expert in enumerate((fitted.net.wide, fitted.net.robust)):
                self.scores[index, rows] = expert.scores(standard).numpy()
                self.distance[index, rows] = expert.depth.distance(standard)[:, 0].numpy()
            self.hard[rows] = fitted.net.hard(standard)[:, 0].numpy()

    def logits(self, curves: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return calibrated logits (N, K), by the curves (2, 3) of the two temperatures."""
        wide, robust = (scores / temperatures(distance, curve)[:, None] for scores, distance, curve
                        in zip(self.scores, self.distance, curves, strict=True))
        share = self.hard[:, None]
        return (1 - share) * wide + share * robust
