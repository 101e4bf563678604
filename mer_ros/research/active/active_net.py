"""A small network as a learner of `mer_ros.research.active.active_learning`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
import torch
from torch import nn, Tensor
from torch.nn import functional
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from mer_ros.evaluation.metrics.classification import accuracy, balanced_accuracy
from mer_ros.fusion.logspace import softmax
from mer_ros.research.active.active_learning import Indices

Change = Callable[[Tensor, torch.Generator], Tensor]
"""Augmentation: a batch of inputs as the network is to see it."""


@dataclass(frozen=True, slots=True)
class Part:
    """One split: what the network takes (N, ...), and the classes (N,)."""

    inputs: Tensor
    truth: Tensor


@dataclass(frozen=True, slots=True)
class Rates:
    """The numbers of the optimiser; its rate is constant, so that no round differs by it.

    What judges is an exponential average of the weights: ``averaging`` is the share of it that
    stays at each step.
    """

    rate: float
    batch: int
    weight_decay: float
    averaging: float


class NetLearner:
    """Teaches a network by AdamW and judges by an average of its weights.

    The paper uses plain Adam on its own network (`mer_ros.research.avnet.avnet_learner`).  A class
    with n of the samples weighs sqrt(n) in all, see `face_data.draw_weights`.  Epochs of
    a set that grows do not go through `fit`, whose runs are of one set.

    Args:
        net: inputs (B, ...) to scores (B, K).
        parts: the splits train, dev and test.
        rates: numbers of the optimiser.
        augment: changes a batch of training inputs; None = as they are.
        half: compute the gradients in bfloat16.

    """

    def __init__(self, net: nn.Module, parts: Mapping[str, Part], rates: Rates, *,
                 augment: Change | None = None, half: bool = False) -> None:
        self._net, self._parts, self._batch = net, parts, rates.batch
        self._augment, self._half = augment, half
        self._optimizer = torch.optim.AdamW(
            net.parameters(), rates.rate, weight_decay=rates.weight_decay)
        self._average = AveragedModel(
            net, multi_avg_fn=get_ema_multi_avg_fn(rates.averaging), use_buffers=True).eval()

    def fit_epoch(self, indices: Indices, *, seed: int) -> None:
        """Show each of these training samples once, in random order."""
        torch.manual_seed(seed)
        generator = torch.Generator().manual_seed(seed)
        rows = torch.from_numpy(indices)
        train = self._parts['train']
        weights = torch.bincount(train.truth[rows]).clamp(min=1) ** -0.5
        weights /= weights[train.truth[rows]].mean()
        self._net.train()
        for drawn in rows[torch.randperm(len(rows), generator=generator)].split(self._batch):
            inputs, truth = train.inputs[drawn], train.truth[drawn]
            if self._augment:
                inputs = self._augment(inputs, generator)
            with torch.autocast('cpu', dtype=torch.bfloat16, enabled=self._half):
                scores = self._net(inputs).float()
            losses = functional.cross_entropy(scores, truth, reduction='none')
            loss = (losses * weights[truth]).mean()
            self._optimizer.zero_grad()
            loss.backward()
            self._optimizer.step()
            self._average.update_parameters(self._net)

    def logits(self, indices: Indices) -> NDArray[np.float64]:
        """Return scores (n, K) of these training samples, not augmented."""
        return self._judge(self._parts['train'].inputs[torch.from_numpy(indices)])

    def evaluate(self, split: str) -> dict[str, float]:
        """Return the UAR and the accuracy on a split."""
        part = self._parts[split]
        truth, probability = part.truth.numpy(), softmax(self._judge(part.inputs))
        return {'uar': balanced_accuracy(truth, probability),
                'accuracy': accuracy(truth, probability)}

    @torch.inference_mode()
    def _judge(self, inputs: Tensor) -> NDArray[np.float64]:
        scores = torch.cat([self._average(rows) for rows in inputs.split(256)])
        return np.asarray(scores.double().numpy())
