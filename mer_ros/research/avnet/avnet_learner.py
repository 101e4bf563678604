"""The audio-visual network as a learner of `mer_ros.research.active.active_learning`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Any

import numpy as np
from numpy.typing import NDArray
import torch
from torch.nn import functional

from mer_ros.evaluation.metrics.classification import accuracy, balanced_accuracy
from mer_ros.fusion.logspace import softmax
from mer_ros.models.paper.device import choose_device
from mer_ros.research.active.active_learning import Indices
from mer_ros.research.avnet.avnet_cache import Film
from mer_ros.research.avnet.avnet_data import batches, FilmDataset
from mer_ros.research.avnet.avnet_module import AvNetModule, predict
from mer_ros.research.avnet.avnet_torch import build


@dataclass(frozen=True, slots=True)
class Epoch:
    """What one epoch of learning gave, and how long it took.

    ``loss`` and ``accuracy`` are means over the films as they were learned from, ``learning`` is
    in seconds, and ``asking`` the seconds in which the films without labels were judged before.
    """

    loss: float
    accuracy: float
    learning: float
    asking: float


class AvNetLearner:
    """Teaches the network by Adam, with a rate that falls to a tenth once (section V.A).

    ``epochs`` holds what every epoch so far gave.

    Args:
        about: what `avnet_corpora.describe` says.
        parts: films by the names train, dev and test.
        rate: learning rate.
        batch: films of a step.
        drop_after: epochs after which the rate falls.
        seed: of the first weights.
        device: auto, cpu or cuda.
        workers: processes that read films ahead.
        pretrained: folder of wav2vec 2.0, where the audio is that.

    """

    def __init__(self, about: Mapping[str, Any], parts: Mapping[str, Sequence[Film]], *,
                 rate: float, batch: int, drop_after: int, seed: int, device: str = 'auto',
                 workers: int = 0, pretrained: Any = None) -> None:
        torch.manual_seed(seed)
        self.network = build(dict(about))
        if pretrained is not None:
            self.network.sound.load_pretrained(pretrained)
        self._about, self._parts, self._batch = about, parts, batch
        self._device = choose_device(device)
        self._workers = workers
        self._module = AvNetModule(
            self.network, sample_rate=int(about['sample_rate']), audio=about['audio'], rate=rate,
            drop_after=drop_after).to(self._device)
        (self._optimizer,), (self._schedule,) = self._module.configure_optimizers()
        self._asked = 0.0
        self.epochs: list[Epoch] = []

    def fit_epoch(self, indices: Indices, *, seed: int) -> None:
        """Learn once from each of these training films and their true labels."""
        began = perf_counter()
        torch.manual_seed(seed)
        self._module.train()
        losses, right, count = 0.0, 0, 0
        for faces, sound, classes in self._read('train', indices, learn=True):
            truth = classes.to(self._device)
            scores = self._module(faces.to(self._device), sound.to(self._device))
            loss = functional.cross_entropy(scores, truth)
            self._optimizer.zero_grad()
            loss.backward()
            self._optimizer.step()
            losses += float(loss.detach()) * len(truth)
            right += int((scores.argmax(1) == truth).sum())
            count += len(truth)
        self._schedule.step()
        self.epochs.append(Epoch(losses / count, right / count, perf_counter() - began,
                                 self._asked))
        self._asked = 0.0

    def logits(self, indices: Indices) -> NDArray[np.float64]:
        """Return raw scores (n, C) of these training films, whose labels are not looked at."""
        began = perf_counter()
        scores = self._judge('train', indices)[0]
        self._asked += perf_counter() - began
        return scores

    def evaluate(self, split: str) -> dict[str, float]:
        """Return the UAR and the accuracy on ``dev`` or ``test``."""
        scores, truth = self._judge(split, np.arange(len(self._parts[split])))
        probability = softmax(scores)
        return {'uar': balanced_accuracy(truth, probability),
                'accuracy': accuracy(truth, probability)}

    def _judge(self, split: str, indices: Indices
               ) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        scores, truth = predict(self._module, self._read(split, indices, learn=False),
                                device=str(self._device))
        return scores.astype(np.float64), truth

    def _read(self, split: str, indices: Indices, *, learn: bool) -> Any:
        films = [self._parts[split][index] for index in indices]
        return batches(
            FilmDataset(films, self._about['labels'], segments=int(self._about['segments']),
                        sample_rate=int(self._about['sample_rate']), random=learn),
            size=self._batch, shuffle=learn, workers=self._workers,
            to_gpu=self._device.type == 'cuda')
