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
from torch.utils.data import DataLoader, TensorDataset

from mer_ros.training.loop import fit, SCORE
from mer_ros.training.speech.speech_data import Described, measured, only_clean, population
from mer_ros.training.speech.speech_history import fit_prior, histories
from mer_ros.training.speech.speech_net import (
    Depth,
    Expert,
    FAR,
    LIMIT,
    Members,
    Recipe,
    SpeechNet,
)

WEIGHTS = {'emodb': 4.0, 'grid': 4.0}
"""How much more often a clip of the small corpora is drawn."""

Batch = tuple[Tensor, Tensor]
"""Clipped statistics (..., D), and the share of each class (..., K)."""


@dataclass(frozen=True, slots=True)
class Fitted:
    """A network, with the mean and the scale (D,) by which it wants statistics standardised.

    ``prior`` (D,) is as how many utterances the population counts when it adapts to a person.
    """

    net: SpeechNet
    mean: NDArray[np.float64]
    scale: NDArray[np.float64]
    prior: NDArray[np.float32]

    def standard(self, statistics: NDArray[np.float64]) -> NDArray[np.float32]:
        """Return standardised statistics (N, D)."""
        return standardise(statistics, self.mean, self.scale)


def standardise(statistics: NDArray[np.float64], mean: NDArray[np.float64],
                scale: NDArray[np.float64]) -> NDArray[np.float32]:
    """Return statistics (N, D) relative to a population, within +-FAR."""
    standard = (measured(statistics, mean) - mean) / scale
    return np.clip(standard, -FAR, FAR).astype(np.float32)


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
    """Batches of rows (M, B, ...) that are drawn at random, a fixed number of them an epoch.

    In each epoch everybody speaks in another order, so that rows are judged against other means.
    """

    def __init__(self, standard: NDArray[np.float32], rows: Described, weights: NDArray[np.float64],
                 prior: NDArray[np.float32], recipe: Recipe) -> None:
        self._standard, self._keys, self._prior = standard, rows.keys(), prior
        self._wanted = torch.from_numpy(rows.target).float()
        self._weights = torch.from_numpy(weights).float()
        self._recipe = recipe

    def __len__(self) -> int:
        """Return the number of batches."""
        return self._recipe.steps

    def __iter__(self) -> Iterator[Batch]:
        """Yield the batches of an epoch."""
        recipe = self._recipe
        random = np.random.default_rng(int(torch.randint(2 ** 31, ())))
        heard = histories(self._standard, self._keys, self._prior, random, plain=recipe.plain)
        rows = torch.from_numpy(np.clip(self._standard - heard, -LIMIT, LIMIT))
        shape = recipe.members, recipe.batch
        for _ in range(recipe.steps):
            drawn = torch.multinomial(self._weights, shape[0] * shape[1], replacement=True)
            yield rows[drawn].reshape(*shape, -1), self._wanted[drawn].reshape(*shape, -1)


def fit_net(described: Described, dev: Described, others: NDArray[np.float64], recipe: Recipe, *,
            folder: Path, seed: int, resume: bool = False) -> Fitted:
    """Fit the networks to rows of two speakers or more who between them know every class.

    The epoch is chosen by the clean clips of ``dev``.  The wide expert learns mostly from clean
    clips, the robust one from all alike.  Where all are clean, the first judges everything.
    ``others`` (N, D) are sounds that are no voice.
    """
    mean, scale = population(described)
    standard = standardise(described.statistics, mean, scale)
    prior = fit_prior(standard, described.keys())
    whole = only_clean(dev)
    check = torch.from_numpy(np.clip(
        standardise(whole.statistics, mean, scale), -LIMIT, LIMIT))
    options: dict[str, Any] = {
        'seed': seed, 'resume': resume, 'prior': prior,
        'check': TensorDataset(check, torch.from_numpy(whole.target).float())}
    clean, easy = described.session == 0, ~described.hard
    weights = np.array([WEIGHTS.get(name, 1.0) for name in described.corpora()])
    mostly_clean = weights * np.where(clean, recipe.clean, 1.0)
    wide = _fit_expert(standard[easy], described.where(easy), mostly_clean[easy], recipe,
                       near=_as_drawn(standard[clean], weights[clean], seed),
                       folder=folder / 'wide', **options)
    gate, no_voice = nn.Linear(standard.shape[1], 1), nn.Linear(standard.shape[1], 1)
    strange = standardise(others, mean, scale)
    both = np.clip(np.concatenate([standard, strange]), -LIMIT, LIMIT)
    _take(no_voice, LogisticRegression(
        C=recipe.gate_strength, max_iter=100, class_weight='balanced').fit(
            both, np.arange(len(both)) >= len(standard)))
    if clean.all():
        nn.init.zeros_(gate.weight)
        return Fitted(SpeechNet(wide, wide, gate, no_voice).eval(), mean, scale, prior)
    robust = _fit_expert(standard, described, weights, recipe,
                         near=_as_drawn(standard[~clean], weights[~clean], seed),
                         folder=folder / 'robust', **options)
    _take(gate, LogisticRegression(C=recipe.gate_strength, max_iter=100).fit(
        np.clip(standard, -LIMIT, LIMIT), ~clean))
    # Clean speech must not be taken for bad sound; the converse does less harm.
    with torch.no_grad():
        gate.bias.sub_(recipe.gate_from).mul_(recipe.gate_sharpness)
        gate.weight.mul_(recipe.gate_sharpness)
    return Fitted(SpeechNet(wide, robust, gate, no_voice).eval(), mean, scale, prior)


def _as_drawn(standard: NDArray[np.float32], weights: NDArray[np.float64], seed: int
              ) -> NDArray[np.float32]:
    """Return rows drawn as often as they are learned from."""
    drawn = np.random.default_rng(seed).choice(
        len(standard), len(standard), p=weights / weights.sum())
    rows: NDArray[np.float32] = standard[drawn]
    return rows


def _fit_expert(
    standard: NDArray[np.float32], rows: Described, weights: NDArray[np.float64], recipe: Recipe,
    *, near: NDArray[np.float32], check: TensorDataset, prior: NDArray[np.float32], folder: Path,
    seed: int, resume: bool,
) -> Expert:
    """Fit an expert, which is at home near some of the statistics."""
    seed_everything(seed, verbose=False)
    module = Ensemble(Members(standard.shape[1], rows.target.shape[1], recipe), recipe)
    fit(module, Draws(standard, rows, weights, prior, recipe),
        DataLoader(check, batch_size=len(check)), folder=folder, epochs=recipe.epochs, seed=seed,
        resume=resume, recipe={**asdict(recipe), 'rows': len(standard)})
    return Expert(module.net, _whiten(near, recipe.whitened))


def _take(linear: nn.Linear, fitted: LogisticRegression) -> None:
    with torch.no_grad():
        linear.weight.copy_(torch.from_numpy(fitted.coef_))
        linear.bias.copy_(torch.from_numpy(fitted.intercept_))


def _whiten(standard: NDArray[np.float64], count: int) -> Depth:
    fitted = LedoitWolf().fit(standard)
    values, vectors = np.linalg.eigh(fitted.covariance_)
    values, vectors = values[-count:], vectors[:, -count:]
    return Depth(torch.from_numpy(fitted.location_).float(),
                 torch.from_numpy(vectors / np.sqrt(np.maximum(values, 1e-6))).float())
