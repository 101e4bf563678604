"""What networks that score comments and lines of films learn by, whatever they read."""

from typing import Any

from lightning import LightningModule
import numpy as np
from numpy.typing import NDArray
import torch
from torch import Tensor
from torch.nn import functional

from mer_ros.evaluation.metrics.classification import macro_f1
from mer_ros.training.loop import SCORE
from mer_ros.training.text.text_batches import Batch
from mer_ros.training.text.text_data import SIX

SCORES = 7 + 6
"""Scores that a network ships with: seven emotions of a comment, six of a line of a film."""


class Experts(LightningModule):
    """Learns emotions and, beside them, the finer labels of both data sets.

    A subclass makes scores (B, SCORES + fine) of the inputs of a `Batch`.

    Args:
        fine: number of fine labels of comments and of films.
        targets: (N, 7) of the comments and of the films, whose classes are weighed by them.
        recipe: has ``film_weight``, ``fine_weight`` and ``balance``, the exponent of the inverse
            class frequency that weighs each class.
    """

    def __init__(self, fine: tuple[int, int],
                 targets: tuple[NDArray[np.float32], NDArray[np.float32]], recipe: Any) -> None:
        super().__init__()
        self.recipe, self.fine = recipe, fine
        self.weights = [_class_weights(targets[0], recipe.balance),
                        _class_weights(targets[1][:, SIX], recipe.balance)]
        self._seen: list[tuple[Tensor, Batch]] = []

    def validation_step(self, batch: Batch, index: int) -> None:
        """Keep the scores until the epoch ends."""
        self._seen.append((self(batch.inputs)[:, :SCORES], batch))

    def on_validation_epoch_end(self) -> None:
        """Log the mean of macro-F1 on comments and on lines of films."""
        scores = torch.cat([scores for scores, _ in self._seen]).double()
        film, target, single = (
            torch.cat([getattr(batch, name) for _, batch in self._seen])
            for name in ('film', 'target', 'single'))
        self._seen.clear()
        comments, films = single & ~film, single & film
        self.log(SCORE, (_score(target[comments], scores[comments, :7])
                         + _score(target[films][:, SIX], scores[films, 7:])) / 2)

    def labels_loss(self, scores: Tensor, batch: Batch) -> Tensor:
        """Return the mean loss of scores (B, SCORES + fine) against the labels that there are."""
        comment, film, *fine = scores.split([7, 6, *self.fine], 1)
        seven = -(batch.target * comment.log_softmax(1) * self.weights[0]).sum(1)
        six = -(batch.target[:, SIX] * film.log_softmax(1) * self.weights[1]).sum(1)
        details = [functional.binary_cross_entropy_with_logits(values, truth, reduction='none')
                   .sum(1) for values, truth in zip(
                       fine, (batch.comment_fine, batch.film_fine), strict=True)]
        loss = torch.where(batch.film,
                           self.recipe.film_weight * six + self.recipe.fine_weight * details[1],
                           seven + self.recipe.fine_weight * details[0])
        labelled = batch.comment_fine.any(1) | batch.film_fine.any(1)
        return (loss * labelled).sum() / max(int(labelled.sum()), 1)

    def taught_loss(self, scores: Tensor, batch: Batch) -> Tensor:
        """Return the mean loss of scores against a teacher's, for all heads (Hinton et al. 2015).

        Every sentence is judged as a comment and as a line of a film.
        """
        said, heard = (values.split([7, 6, sum(self.fine)], 1) for values in (scores, batch.taught))
        whole = sum(-(theirs.softmax(1) * ours.log_softmax(1)).sum(1)
                    for ours, theirs in zip(said[:2], heard[:2], strict=True))
        details = functional.binary_cross_entropy_with_logits(
            said[2], heard[2].sigmoid(), reduction='none').sum(1)
        return (whole + self.recipe.fine_weight * details).mean()


def _class_weights(target: NDArray[np.float32], balance: float) -> Tensor:
    share = target.mean(axis=0)
    weight = np.where(share > 0, np.maximum(share, 1e-9) ** -balance, 0.0)
    return torch.from_numpy((weight / (weight @ share) * share.sum()).astype(np.float32))


def _score(target: Tensor, scores: Tensor) -> float:
    return macro_f1(target.argmax(1).numpy(), scores.softmax(1).numpy())
