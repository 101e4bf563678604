"""A low-rank bag of features that learns both data sets and the fine labels together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
import torch
from torch import nn
from torch.nn import functional

from mer_ros.emotions import EMOTIONS

SIX = [index for index, label in enumerate(EMOTIONS) if label != 'neutral']
"""The emotions of XED: all but neutral."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """How one bag is trained."""

    width: int = 32
    epochs: int = 10
    patience: int = 3
    batch: int = 128
    learning_rate: float = 3e-3
    feature_dropout: float = 0.4
    hidden_dropout: float = 0.5
    film_weight: float = 2.0
    fine_weight: float = 0.5
    balance: float = 0.5
    """Exponent of the inverse class frequency that weighs each class."""


class Bag(nn.Module):
    """Embedding bag (Joulin et al. 2017) with three heads: 7 emotions, 6 of films, fine labels."""

    def __init__(self, keys: int, width: int, fine: int, dropout: float) -> None:
        super().__init__()
        self.embedding = nn.EmbeddingBag(keys, width, mode='sum')
        nn.init.normal_(self.embedding.weight, std=0.05)
        self.dropout = nn.Dropout(dropout)
        self.head = nn.Linear(width, 7 + 6 + fine)

    def forward(self, rows: list[NDArray[np.intp]]) -> torch.Tensor:
        """Return scores (B, 13 + fine) of B lists of feature indices."""
        sizes = np.array([len(row) for row in rows])
        starts = torch.from_numpy(np.cumsum(sizes) - sizes)
        summed = self.embedding(torch.from_numpy(np.concatenate(rows)), starts)
        root = torch.from_numpy(np.sqrt(np.maximum(sizes, 1), dtype=np.float32))
        return self.head(self.dropout(summed / root[:, None]))

    @torch.no_grad()
    def table(self) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Return the two emotion heads as one linear map: weights (keys, 13), offsets (13,)."""
        weight, bias = self.head.weight[:13], self.head.bias[:13]
        return (self.embedding.weight @ weight.T).numpy(), bias.numpy().copy()


def train_bag(
    rows: list[NDArray[np.intp]], target: NDArray[np.float32], fine: NDArray[np.float32],
    film: NDArray[np.bool_], *, keys: int, recipe: Recipe, seed: int,
    score: Callable[[Bag], float], report: Callable[[int, float, float], None],
) -> Bag:
    """Train one bag; return it as it was after the epoch with the best score on dev.

    Args:
        rows: feature indices of each of N sentences.
        target: (N, 7), rows sum to 1.
        fine: (N, F); ignored where film.
        film: (N,), True for XED, which has no neutral: its head has only six classes.
        keys: number of features.
        recipe: how to train.
        seed: of weights, order and dropout.
        score: rates the bag on dev, larger is better; it stops when this stops to rise.
        report: takes epoch, mean loss and score.
    """
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    net = Bag(keys, recipe.width, fine.shape[1], recipe.hidden_dropout)
    optimiser = torch.optim.Adam(net.parameters(), lr=recipe.learning_rate)
    steps = recipe.epochs * -(-len(rows) // recipe.batch)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda step: min(1.0, step / 200) * max(0.02, 1.0 - step / steps))
    weights = (_weights(target[~film], recipe.balance),
               _weights(target[film][:, SIX], recipe.balance))
    targets, fines, films = (torch.from_numpy(array) for array in (target, fine, film))
    best, best_score, since = net.state_dict(), -np.inf, 0
    for epoch in range(recipe.epochs):
        net.train()
        losses = []
        for chosen in np.array_split(rng.permutation(len(rows)), steps // recipe.epochs):
            kept = [rows[i][rng.random(len(rows[i])) > recipe.feature_dropout] for i in chosen]
            loss = _loss(net(kept), targets[chosen], fines[chosen], films[chosen], weights, recipe)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
            losses.append(loss.item())
        net.eval()
        value = score(net)
        report(epoch, float(np.mean(losses)), value)
        since += 1
        if value > best_score:
            best_score, since = value, 0
            best = {name: tensor.clone() for name, tensor in net.state_dict().items()}
        if since >= recipe.patience:
            break
    net.load_state_dict(best)
    return net


def _weights(target: NDArray[np.float32], balance: float) -> torch.Tensor:
    share = target.mean(axis=0)
    weight = np.where(share > 0, np.maximum(share, 1e-9) ** -balance, 0.0)
    return torch.from_numpy((weight / (weight @ share)).astype(np.float32))


def _loss(
    scores: torch.Tensor, target: torch.Tensor, fine: torch.Tensor, film: torch.Tensor,
    weights: tuple[torch.Tensor, torch.Tensor], recipe: Recipe,
) -> torch.Tensor:
    seven = -(target * functional.log_softmax(scores[:, :7], 1) * weights[0]).sum(1)
    six = -(target[:, SIX] * functional.log_softmax(scores[:, 7:13], 1) * weights[1]).sum(1)
    detail = functional.binary_cross_entropy_with_logits(
        scores[:, 13:], fine, reduction='none').sum(1)
    return torch.where(
        film, recipe.film_weight * six, seven + recipe.fine_weight * detail).mean()
