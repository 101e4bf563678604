"""What Lightning trains: the face network, its loss and what it is judged by."""

from collections.abc import Iterator
from typing import Any

from lightning import LightningModule
import numpy as np
from numpy.typing import NDArray
import torch
from torch import Tensor
from torch.nn import functional
from torch.utils.data import DataLoader, Sampler, TensorDataset

from mer_ros.evaluation.metrics.classification import balanced_accuracy, negative_log_likelihood
from mer_ros.fusion.logspace import softmax
from mer_ros.training.face.face_augment import augment
from mer_ros.training.face.face_data import FaceArrays
from mer_ros.training.face.face_net import FaceNet, Standardise
from mer_ros.training.loop import SCORE


class Draws(Sampler[Tensor]):
    """Batches of indices drawn with replacement; an epoch's depend on its number alone.

    Args:
        weights: how likely each index is drawn, (N,).
        count: draws an epoch.
        batch: indices a batch.
        seed: of the draws.

    """

    def __init__(self, weights: NDArray[np.float64], *, count: int, batch: int, seed: int) -> None:
        self._weights = torch.from_numpy(weights)
        self._count, self._batch, self._seed = count, batch, seed
        self._epoch = 0

    def set_epoch(self, epoch: int) -> None:
        """Take the number of the coming epoch; Lightning calls this."""
        self._epoch = epoch

    def __iter__(self) -> Iterator[Tensor]:
        """Yield the epoch's batches."""
        generator = torch.Generator().manual_seed(1000 * self._seed + self._epoch)
        drawn = torch.multinomial(self._weights, self._count, True, generator=generator)
        return iter(drawn.split(self._batch))

    def __len__(self) -> int:
        """Return the number of batches an epoch."""
        return -(-self._count // self._batch)


def train_batches(faces: FaceArrays, draws: Draws) -> DataLoader[tuple[Tensor, ...]]:
    """Return batches of pixels (B, 48, 48), classes (B,) and sources (B,)."""
    data = TensorDataset(torch.from_numpy(faces.pixels), torch.from_numpy(faces.labels),
                         torch.from_numpy(faces.sources))
    return DataLoader(data, sampler=draws, batch_size=None)


def dev_batches(faces: FaceArrays) -> DataLoader[tuple[Tensor, ...]]:
    """Return batches of pixels (B, 48, 48) and classes (B,)."""
    return DataLoader(TensorDataset(
        torch.from_numpy(faces.pixels), torch.from_numpy(faces.labels)), batch_size=256)


class FaceModule(LightningModule):
    """Learns classes from augmented crops; its score is the UAR of all dev crops.

    The loss is the smoothed cross-entropy of logits to which the log-prior of the drawn classes was
    added: that makes the bare logits free of it (Menon et al., ICLR 2021, eq. 10).

    Args:
        net: what is trained.
        log_priors: of the classes in each data set, (S, K).
        rate: highest learning rate of the one cycle (Smith and Topin 2019).
        weight_decay: pull of the weights towards zero.
        smoothing: of the labels (Szegedy et al., CVPR 2016).
        seed: of the augmentation.

    """

    def __init__(self, net: FaceNet, log_priors: NDArray[np.float64], *, rate: float,
                 weight_decay: float, smoothing: float, seed: int) -> None:
        super().__init__()
        self.net = net.to(memory_format=torch.channels_last)
        self._standardise = Standardise()
        self._log_priors = torch.from_numpy(log_priors).float()
        self._rate, self._weight_decay, self._smoothing = rate, weight_decay, smoothing
        self._seed = seed
        self._generator = torch.Generator()
        self._seen: list[tuple[Tensor, Tensor]] = []

    def on_train_epoch_start(self) -> None:
        """Make what is random depend on the epoch alone, so that a resumed run is the same."""
        torch.manual_seed(1000 * self._seed + self.current_epoch)
        self._generator.manual_seed(1000 * self._seed + self.current_epoch)

    def training_step(self, batch: tuple[Tensor, ...], index: int) -> Tensor:
        """Return the loss of one batch of `train_batches`."""
        pixels, labels, sources = batch
        faces = self._standardise(augment(pixels, self._generator))
        logits = self.net(faces.contiguous(memory_format=torch.channels_last)).float()
        loss = functional.cross_entropy(
            logits + self._log_priors[sources], labels, label_smoothing=self._smoothing)
        self.log('loss', loss, on_step=False, on_epoch=True, batch_size=len(pixels))
        return loss

    def validation_step(self, batch: tuple[Tensor, ...], index: int) -> None:
        """Keep the logits and classes of one batch of `dev_batches`."""
        pixels, labels = batch
        self._seen.append((self.net(self._standardise(pixels)).float(), labels))

    def on_validation_epoch_end(self) -> None:
        """Log what the epoch reached on the dev crops."""
        logits, labels = (torch.cat(parts).numpy() for parts in zip(*self._seen, strict=True))
        self._seen.clear()
        probability = softmax(logits.astype(np.float64))
        self.log(SCORE, balanced_accuracy(labels, probability))
        self.log('dev_nll', negative_log_likelihood(labels, probability))

    def configure_optimizers(self) -> dict[str, Any]:
        """Return SGD with momentum, and its one cycle."""
        optimizer = torch.optim.SGD(self.net.parameters(), self._rate, momentum=0.9,
                                    nesterov=True, weight_decay=self._weight_decay)
        schedule = torch.optim.lr_scheduler.OneCycleLR(
            optimizer, self._rate, total_steps=int(self.trainer.estimated_stepping_batches),
            pct_start=0.15)
        return {'optimizer': optimizer,
                'lr_scheduler': {'scheduler': schedule, 'interval': 'step'}}
