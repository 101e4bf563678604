"""The training loop of the built-in face model: resumable, logged, averaged."""

from __future__ import annotations

import csv
from dataclasses import dataclass
import logging
import os
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rich.progress import track
import torch
from torch import nn, Tensor
from torch.nn import functional
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from mer_ros.emotions import EMOTIONS
from mer_ros.evaluation.metrics import balanced_accuracy, negative_log_likelihood
from mer_ros.fusion.logspace import softmax
from mer_ros.training.face_augment import augment
from mer_ros.training.face_data import draw_weights, drawn_priors, FaceArrays, pooled_prior
from mer_ros.training.face_net import FaceNet, Standardise

_LOG = logging.getLogger(__name__)

COLUMNS = ('epoch', 'loss', 'learning_rate', 'dev_uar', 'dev_nll')
"""Columns of the log."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """The numbers of a training run; ``draws`` is the number of crops an epoch shows.

    After ``epochs`` at the full learning rate, ``refine_epochs`` start again from a lower one,
    show small data sets more (at least about ``refine_share`` of the draws are of each), and
    adjust for the classes of all data sets together instead of each: a set of two classes would
    otherwise never teach that a face shows none of the others.
    """

    epochs: int
    refine_epochs: int
    draws: int
    batch: int = 128
    learning_rate: float = 0.1
    refine_rate: float = 0.03
    refine_share: float = 0.1
    weight_decay: float = 5e-4
    smoothing: float = 0.1
    averaging: float = 0.998


class FaceLoop:
    """Trains a network epoch by epoch and keeps the averaged weights of the best one.

    Everything is saved after each epoch, so that a run that was stopped goes on where it was,
    and the best weights so far can be used at any time.

    Args:
        train: crops to learn from.
        dev: crops to choose the epoch by (the pooled UAR).
        recipe: numbers of the run.
        folder: where lite_face.pt and lite_face.csv are kept.
        seed: of the initial weights, the draws and the augmentation.

    """

    def __init__(self, train: FaceArrays, dev: FaceArrays, recipe: Recipe, *, folder: Path,
                 seed: int) -> None:
        torch.manual_seed(seed)
        self._generator = torch.Generator().manual_seed(seed)
        self._train, self._dev, self._recipe = train, dev, recipe
        self._folder, self._seed = folder, seed
        self._steps = -(-recipe.draws // recipe.batch)
        self._net = FaceNet(len(EMOTIONS)).to(memory_format=torch.channels_last)
        self._mean = AveragedModel(
            self._net, multi_avg_fn=get_ema_multi_avg_fn(recipe.averaging), use_buffers=True)
        self._optimizer = torch.optim.SGD(
            self._net.parameters(), recipe.learning_rate, momentum=0.9, nesterov=True,
            weight_decay=recipe.weight_decay)
        self._epoch = 0
        self._schedule = self._start_stage()
        self._best: dict[str, Any] = {'uar': -1.0, 'epoch': -1, 'weights': {}}

    def run(self) -> tuple[FaceNet, int]:
        """Train to the last epoch; return the best network, in evaluation mode, and its epoch."""
        self._resume()
        while self._epoch < self._recipe.epochs + self._recipe.refine_epochs:
            if self._epoch == self._recipe.epochs:
                self._schedule = self._start_stage()
            rate = self._schedule.get_last_lr()[0]
            loss = self._train_epoch()
            averaged = nn.Sequential(Standardise(), self._mean.module).eval()
            probability = softmax(network_logits(averaged, self._dev))
            uar = balanced_accuracy(self._dev.labels, probability)
            if uar > self._best['uar']:
                weights = {k: v.clone() for k, v in self._mean.module.state_dict().items()}
                self._best = {'uar': uar, 'epoch': self._epoch, 'weights': weights}
            self._log([self._epoch, loss, rate, uar,
                       negative_log_likelihood(self._dev.labels, probability)])
            self._epoch += 1
            self._save()
        net = FaceNet(len(EMOTIONS))
        net.load_state_dict(self._best['weights'])
        return net.eval(), self._best['epoch']

    def _start_stage(self) -> torch.optim.lr_scheduler.OneCycleLR:
        """Set draws and priors of the current stage; return its rates (Smith and Topin 2019)."""
        refining = self._epoch >= self._recipe.epochs
        rate = self._recipe.refine_rate if refining else self._recipe.learning_rate
        epochs = self._recipe.refine_epochs if refining else self._recipe.epochs
        self._weights = draw_weights(
            self._train, least_share=self._recipe.refine_share if refining else 0.0)
        priors = drawn_priors(self._train)
        if refining:
            priors[:] = pooled_prior(self._train, self._weights)
        self._log_priors = torch.from_numpy(np.log(priors)).float()
        return torch.optim.lr_scheduler.OneCycleLR(
            self._optimizer, rate, total_steps=epochs * self._steps, pct_start=0.15)

    def _train_epoch(self) -> float:
        self._net.train()
        drawn = torch.multinomial(
            torch.from_numpy(self._weights), self._recipe.draws, replacement=True,
            generator=self._generator)
        total = 0.0
        name = f'epoch {self._epoch + 1}/{self._recipe.epochs + self._recipe.refine_epochs}'
        for rows in track(drawn.split(self._recipe.batch), name, transient=True):
            loss = self._loss(rows)
            self._optimizer.zero_grad()
            loss.backward()
            self._optimizer.step()
            self._schedule.step()
            self._mean.update_parameters(self._net)
            total += loss.item() * len(rows)
        return total / len(drawn)

    def _loss(self, rows: Tensor) -> Tensor:
        """Return the smoothed cross-entropy of logits adjusted by the log-prior.

        Adding the log-prior during training makes the bare logits free of it (Menon et al.,
        ICLR 2021, eq. 10).  One prior for each data set, as in the first stage, keeps the network
        from guessing the class by the look of the data set.
        """
        index = rows.numpy()
        pixels = augment(torch.from_numpy(self._train.pixels[index]), self._generator)
        truth = torch.from_numpy(self._train.labels[index])
        source = torch.from_numpy(self._train.sources[index])
        faces = Standardise()(pixels).contiguous(memory_format=torch.channels_last)
        with torch.autocast('cpu', torch.bfloat16):
            logits = self._net(faces)
        return functional.cross_entropy(
            logits.float() + self._log_priors[source], truth,
            label_smoothing=self._recipe.smoothing)

    def _log(self, values: list[float]) -> None:
        path = self._folder / 'lite_face.csv'
        fresh = self._epoch == 0
        with path.open('w' if fresh else 'a', newline='', encoding='utf-8') as file:
            writer = csv.writer(file)
            if fresh:
                writer.writerow(COLUMNS)
            writer.writerow([f'{value:.6g}' for value in values])
        _LOG.info(' '.join(f'{k}={v:.4g}' for k, v in zip(COLUMNS, values, strict=True)))

    def _parts(self) -> dict[str, Any]:
        return {'net': self._net, 'mean': self._mean, 'optimizer': self._optimizer,
                'schedule': self._schedule}

    def _save(self) -> None:
        state = {name: part.state_dict() for name, part in self._parts().items()}
        state |= {'epoch': self._epoch, 'best': self._best, 'recipe': self._recipe_values(),
                  'generator': self._generator.get_state(), 'torch': torch.get_rng_state()}
        fresh = self._folder / 'lite_face.pt.new'
        torch.save(state, fresh)
        os.replace(fresh, self._folder / 'lite_face.pt')

    def _resume(self) -> None:
        path = self._folder / 'lite_face.pt'
        if not path.is_file():
            return
        state = torch.load(path, weights_only=True)
        if state['recipe'] != self._recipe_values():
            raise ValueError(
                f'{path} belongs to another run ({state["recipe"]}, now {self._recipe_values()}); '
                f'remove it to start over')
        self._epoch, self._best = state['epoch'], state['best']
        if self._epoch > self._recipe.epochs:
            self._schedule = self._start_stage()
        for name, part in self._parts().items():
            part.load_state_dict(state[name])
        self._generator.set_state(state['generator'])
        torch.set_rng_state(state['torch'])
        _LOG.info('going on with epoch %d of %s', self._epoch, path)

    def _recipe_values(self) -> dict[str, float]:
        return {name: getattr(self._recipe, name) for name in Recipe.__slots__} | {
            'train': len(self._train), 'seed': self._seed}


def network_logits(net: nn.Module, faces: FaceArrays, *, batch: int = 256) -> NDArray[np.float64]:
    """Return the logits (N, K) that a network in evaluation mode gives to uint8 crops."""
    with torch.inference_mode():
        parts = [net(torch.from_numpy(faces.pixels[start:start + batch]))
                 for start in range(0, len(faces), batch)]
    return np.asarray(torch.cat(parts).double().numpy())
