"""How the networks of the built-in speech model are fitted."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from lightning import LightningModule, seed_everything
import numpy as np
from numpy.typing import NDArray
from sklearn.covariance import LedoitWolf
from sklearn.linear_model import LogisticRegression
import torch
from torch import nn, Tensor
from torch.nn import functional
from torch.utils.data import DataLoader, TensorDataset

from mer_ros.training.loop import fit, SCORE
from mer_ros.training.speech.speech_data import Described, population
from mer_ros.training.speech.speech_net import (
    Depth,
    Expert,
    FAR,
    LIMIT,
    Members,
    Recipe,
    SpeechNet,
)

Batch = tuple[Tensor, Tensor]
"""Clipped statistics (..., D), and the weight that each class has (..., K)."""


@dataclass(frozen=True, slots=True)
class Fitted:
    """A network, with the mean and the scale (D,) by which it wants statistics standardised."""

    net: SpeechNet
    mean: NDArray[np.float64]
    scale: NDArray[np.float64]

    def standard(self, statistics: NDArray[np.float64]) -> Tensor:
        """Return standardised statistics (N, D)."""
        return torch.from_numpy((statistics - self.mean) / self.scale).float()


class Ensemble(LightningModule):
    """Teaches small networks side by side; mixup (Zhang et al. 2018) and noise keep them apart."""

    def __init__(self, net: Members, recipe: Recipe) -> None:
        super().__init__()
        self.net = net
        self.recipe = recipe
        self.mixing = torch.distributions.Beta(recipe.mixup, recipe.mixup)

    def training_step(self, batch: Batch, index: int) -> Tensor:
        """Return the loss of batches (M, B, ...), one a network, each row mixed with another."""
        rows, wanted = batch
        other = torch.randperm(rows.shape[1])
        share = self.mixing.sample((*rows.shape[:2], 1))
        mixed = share * rows + (1 - share) * rows[:, other]
        mixed = mixed + self.recipe.input_noise * torch.randn_like(mixed)
        wanted = share * wanted + (1 - share) * wanted[:, other]
        wanted = wanted * (1 - self.recipe.smoothing) + self.recipe.smoothing / wanted.shape[2]
        loss = _loss(self.net(mixed), wanted)
        self.log('loss', loss, on_step=False, on_epoch=True)
        # Each network learns at the same rate, however many there are.
        return loss * len(rows)

    def validation_step(self, batch: Batch, index: int) -> None:
        """Log how well clean clips are judged, all networks together."""
        rows, wanted = batch
        self.log(SCORE, -_loss(self.net(rows).mean(dim=0), wanted), batch_size=len(rows))

    def configure_optimizers(self) -> dict[str, Any]:
        """Return AdamW, whose rate rises and falls once (Smith and Topin 2019)."""
        recipe = self.recipe
        optimizer = torch.optim.AdamW(self.parameters(), weight_decay=recipe.weight_decay)
        schedule = torch.optim.lr_scheduler.OneCycleLR(
            optimizer, recipe.learning_rate, total_steps=recipe.epochs * recipe.steps)
        return {'optimizer': optimizer,
                'lr_scheduler': {'scheduler': schedule, 'interval': 'step'}}


def _loss(scores: Tensor, wanted: Tensor) -> Tensor:
    return -(wanted * scores.log_softmax(dim=-1)).sum(dim=-1).mean()


class Draws:
    """Batches of rows (M, B, ...) that are drawn at random, a fixed number of them an epoch."""

    def __init__(self, rows: Tensor, wanted: Tensor, recipe: Recipe) -> None:
        self._rows, self._wanted = rows, wanted
        self._steps, self._shape = recipe.steps, (recipe.members, recipe.batch)

    def __len__(self) -> int:
        """Return the number of batches."""
        return self._steps

    def __iter__(self) -> Iterator[Batch]:
        """Yield the batches of an epoch."""
        for _ in range(self._steps):
            drawn = torch.randint(len(self._rows), self._shape)
            yield self._rows[drawn], self._wanted[drawn]


def fit_net(described: Described, classes: int, recipe: Recipe, *, folder: Path, seed: int,
            resume: bool = False) -> Fitted:
    """Fit the networks to rows of two speakers or more who between them know every class.

    Where no row is hard, the expert for the easy ones judges everything.
    """
    mean, scale = population(described)
    standard = (described.statistics - mean) / scale
    options: dict[str, Any] = {'seed': seed, 'resume': resume}
    easy = ~described.hard
    wide = _fit_expert(standard[easy], described.where(easy), classes, recipe,
                       near=standard[described.session == 0], folder=folder / 'wide', **options)
    gate = nn.Linear(standard.shape[1], 1)
    if easy.all():
        nn.init.zeros_(gate.weight)
        return Fitted(SpeechNet(wide, wide, gate).eval(), mean, scale)
    robust = _fit_expert(standard, described, classes, recipe, near=standard[~easy],
                         folder=folder / 'robust', **options)
    _take(gate, LogisticRegression(C=recipe.gate_strength, max_iter=300).fit(
        np.clip(standard, -LIMIT, LIMIT), described.hard))
    # Clean speech must not be taken for a telephone's; the converse does less harm.
    with torch.no_grad():
        gate.bias.sub_(recipe.gate_from).mul_(recipe.gate_sharpness)
        gate.weight.mul_(recipe.gate_sharpness)
    return Fitted(SpeechNet(wide, robust, gate).eval(), mean, scale)


def _fit_expert(
    standard: NDArray[np.float64], rows: Described, classes: int, recipe: Recipe, *,
    near: NDArray[np.float64], folder: Path, seed: int, resume: bool,
) -> Expert:
    """Fit an expert, which is at home near some of the statistics.

    No speaker is spared to choose the epoch, which is the one that judges the clean clips best,
    mostly the last: with so few speakers every one counts, and noise and mixup keep the networks
    from learning by heart.
    """
    clipped = torch.from_numpy(np.clip(standard, -LIMIT, LIMIT)).float()
    target = torch.from_numpy(rows.truth)
    counts = torch.bincount(target, minlength=classes).clamp(min=1)
    wanted = functional.one_hot(target, classes) * (len(target) / classes / counts)
    linear = nn.Linear(clipped.shape[1], classes)
    _take(linear, LogisticRegression(
        C=recipe.linear_strength, class_weight='balanced', max_iter=300
    ).fit(clipped.numpy(), rows.truth))
    seed_everything(seed, verbose=False)
    module = Ensemble(Members(clipped.shape[1], classes, recipe), recipe)
    clean = torch.from_numpy(rows.session == 0)
    fit(module, Draws(clipped, wanted, recipe),
        DataLoader(TensorDataset(clipped[clean], wanted[clean]), batch_size=len(clipped)),
        folder=folder, epochs=recipe.epochs, seed=seed, resume=resume,
        recipe={**asdict(recipe), 'rows': len(clipped)})
    return Expert(linear, module.net, _whiten(near))


def _take(linear: nn.Linear, fitted: LogisticRegression) -> None:
    with torch.no_grad():
        linear.weight.copy_(torch.from_numpy(fitted.coef_))
        linear.bias.copy_(torch.from_numpy(fitted.intercept_))


def _whiten(standard: NDArray[np.float64]) -> Depth:
    fitted = LedoitWolf().fit(np.clip(standard, -FAR, FAR))
    values, vectors = np.linalg.eigh(fitted.covariance_)
    return Depth(torch.from_numpy(fitted.location_).float(),
                 torch.from_numpy(vectors / np.sqrt(np.maximum(values, 1e-6))).float())
