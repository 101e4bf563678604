"""The networks of the built-in speech model, and how one ensemble of them is fitted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
import torch
from torch import nn, Tensor
from torch.nn import functional

LIMIT = 3.0
"""Standardised statistics are clipped to +- this, so that no outlier decides alone."""

Note = Callable[[int, int, float], None]
"""Called with the member, the epoch and the mean loss of the epoch."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """The numbers of a training run; ``copies`` is how often each clip is augmented."""

    copies: int = 24
    members: int = 3
    hidden: int = 96
    epochs: int = 25
    batch: int = 128
    learning_rate: float = 3e-3
    weight_decay: float = 0.05
    dropout: float = 0.5
    input_dropout: float = 0.2
    input_noise: float = 0.5
    mixup: float = 0.4
    smoothing: float = 0.05
    linear_strength: float = 0.01


class SpeechNet(nn.Module):
    """Scores of standardised statistics: a linear model and the mean of small networks, averaged.

    Scores are centred, so that those of one utterance sum to 0, and divided by the temperature.
    """

    def __init__(self, linear: nn.Linear, members: list[nn.Module]) -> None:
        super().__init__()
        self.linear = linear
        self.members = nn.ModuleList(members)
        self.register_buffer('temperature', torch.ones(()))

    def forward(self, statistics: Tensor) -> Tensor:
        """Return logits (B, K) of standardised statistics (B, D)."""
        clipped = statistics.clamp(-LIMIT, LIMIT)
        deep = torch.stack([member(clipped) for member in self.members]).mean(dim=0)
        logits = (self.linear(clipped) + deep) / 2
        return (logits - logits.mean(dim=1, keepdim=True)) / self.temperature


def fit(statistics: NDArray[np.float64], truth: NDArray[np.int64], classes: int, recipe: Recipe, *,
        seed: int, note: Note) -> SpeechNet:
    """Fit an ensemble to standardised statistics (N, D) of the classes (N,), all K present."""
    inputs = torch.from_numpy(np.clip(statistics, -LIMIT, LIMIT)).float()
    target = torch.from_numpy(truth)
    counts = torch.bincount(target, minlength=classes).float()
    weighted = functional.one_hot(target, classes) * (len(target) / classes / counts)
    return SpeechNet(_fit_linear(inputs, target, recipe), [
        _fit_member(inputs, weighted, recipe, seed=seed + member,
                    note=lambda epoch, loss, member=member: note(member, epoch, loss))
        for member in range(recipe.members)]).eval()


def _fit_linear(inputs: Tensor, target: Tensor, recipe: Recipe) -> nn.Linear:
    fitted = LogisticRegression(
        C=recipe.linear_strength, class_weight='balanced', max_iter=300
    ).fit(inputs.numpy(), target.numpy())
    linear = nn.Linear(inputs.shape[1], len(fitted.classes_))
    with torch.no_grad():
        linear.weight.copy_(torch.from_numpy(fitted.coef_))
        linear.bias.copy_(torch.from_numpy(fitted.intercept_))
    return linear


def _fit_member(inputs: Tensor, weighted: Tensor, recipe: Recipe, *, seed: int,
                note: Callable[[int, float], None]) -> nn.Module:
    torch.manual_seed(seed)
    width, classes = inputs.shape[1], weighted.shape[1]
    net = nn.Sequential(
        nn.Dropout(recipe.input_dropout), nn.Linear(width, recipe.hidden), nn.GELU(),
        nn.Dropout(recipe.dropout), nn.Linear(recipe.hidden, classes))
    steps = max(1, len(inputs) // recipe.batch)
    optimizer = torch.optim.AdamW(net.parameters(), weight_decay=recipe.weight_decay)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, recipe.learning_rate, total_steps=recipe.epochs * steps)
    mixing = torch.distributions.Beta(recipe.mixup, recipe.mixup)
    for epoch in range(recipe.epochs):
        total = 0.0
        for _ in range(steps):
            one = torch.randint(len(inputs), (recipe.batch,))
            other = one[torch.randperm(recipe.batch)]
            share = mixing.sample((recipe.batch, 1))
            mixed = share * inputs[one] + (1 - share) * inputs[other]
            mixed = mixed + recipe.input_noise * torch.randn_like(mixed)
            wanted = share * weighted[one] + (1 - share) * weighted[other]
            wanted = wanted * (1 - recipe.smoothing) + recipe.smoothing / classes
            loss = -(wanted * net(mixed).log_softmax(dim=1)).sum(dim=1).mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
            total += float(loss.detach())
        note(epoch, total / steps)
    return net.eval()
