"""What Lightning trains: the face network, its loss and what it is judged by."""

from collections.abc import Iterator
import math
from typing import Any

from lightning import LightningModule
import numpy as np
from numpy.typing import NDArray
import torch
from torch import Tensor
from torch.nn import functional
from torch.utils.data import DataLoader, Sampler, TensorDataset

from mer_ros.training.face.face_augment import augment
from mer_ros.training.face.face_data import FaceArrays
from mer_ros.training.face.face_net import FaceNet, Standardise
from mer_ros.training.face.face_targets import FACE, LABELS, SMOOTHING, VOTES
from mer_ros.training.loop import SCORE

LABEL_SHARE, FACE_SHARE = 0.3, 0.2
"""How much the loss of the label of FER-2013, and of being a face, count beside that of votes."""

MIXED, MIXES = 0.4, 0.25
"""Largest share of another crop in one that is mixed with it, and how many crops are."""

SIDES = ((0.72, 32), (0.87, 40), (math.inf, 48))
"""Until which share of the steps pictures have which side: small ones cost half of the time (Tan
and Le, ICML 2021)."""

WARM_UP = 200
"""Steps in which the rate rises to its height."""

HELD = 0.3
"""Share of the steps after which it falls."""


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


def batches(faces: FaceArrays, sampler: Sampler[Tensor] | None = None
            ) -> DataLoader[tuple[Tensor, ...]]:
    """Return batches of pixels (B, 48, 48), targets (B, 8), labels (B,) and sources (B,).

    Without a sampler of batches they come in order.
    """
    data = TensorDataset(*map(torch.from_numpy, (
        faces.pixels, faces.targets, faces.labels, faces.sources)))
    return DataLoader(data, sampler=sampler, batch_size=256 if sampler is None else None)


class FaceModule(LightningModule):
    """Learns votes from augmented crops; its score is how well it foretells those on dev crops.

    The loss is the cross-entropy of scores to which the log-prior of the drawn classes was added:
    that makes the bare scores free of it (Menon et al., ICLR 2021, eq. 10); of crops that show a
    face, those of its votes and of its label of FER-2013; and of all, that of being a face.  A part
    of the crops is mixed with another one (Zhang et al., ICLR 2018).

    Args:
        net: what is trained.
        log_priors: of the classes in each data set, (S, 8).
        rate: highest learning rate; it stays for `HELD` of the steps and falls in a line to zero.
        weight_decay: pull of the weights towards zero.
        seed: of the augmentation.

    """

    def __init__(self, net: FaceNet, log_priors: NDArray[np.float64], *, rate: float,
                 weight_decay: float, seed: int) -> None:
        super().__init__()
        self.net = net.to(memory_format=torch.channels_last)
        self._standardise = Standardise()
        self._log_priors = torch.from_numpy(log_priors).float()
        self._rate, self._weight_decay = rate, weight_decay
        self._seed = seed
        self._generator = torch.Generator()
        self._seen: list[Tensor] = []

    def on_train_epoch_start(self) -> None:
        """Make what is random depend on the epoch alone, so that a resumed run is the same."""
        torch.manual_seed(1000 * self._seed + self.current_epoch)
        self._generator.manual_seed(1000 * self._seed + self.current_epoch)

    def training_step(self, batch: tuple[Tensor, ...], index: int) -> Tensor:
        """Return the loss of one batch of `batches`."""
        pixels, *truth = batch
        faces = self._standardise(augment(pixels, self._generator))
        faces = functional.interpolate(faces, self._side(), mode='bilinear', antialias=True)
        share = MIXED * torch.rand(len(faces), generator=self._generator)
        share *= torch.rand(len(faces), generator=self._generator) < MIXES
        faces = torch.lerp(faces, faces.flip(0), share.view(-1, 1, 1, 1))
        scores = self.net(faces.contiguous(memory_format=torch.channels_last)).float()
        loss = (self._losses(scores, *truth) * (1 - share)
                + self._losses(scores, *(part.flip(0) for part in truth)) * share).mean()
        self.log('loss', loss, on_step=False, on_epoch=True, batch_size=len(pixels))
        return loss

    def _progress(self) -> float:
        """Return the share of the steps that are done."""
        return self.global_step / int(self.trainer.estimated_stepping_batches)

    def _side(self) -> int:
        """Return the side of the pictures now."""
        return next(side for share, side in SIDES if self._progress() < share)

    def _losses(self, scores: Tensor, targets: Tensor, labels: Tensor, sources: Tensor) -> Tensor:
        """Return the loss (B,) of each crop."""
        votes = functional.cross_entropy(
            scores[:, VOTES] + self._log_priors[sources], targets, reduction='none')
        label = functional.cross_entropy(
            scores[:, LABELS], labels, ignore_index=-1, label_smoothing=SMOOTHING, reduction='none')
        face = functional.binary_cross_entropy_with_logits(
            scores[:, FACE], (targets.sum(dim=1) > 0).float(), reduction='none')
        return votes + LABEL_SHARE * label + FACE_SHARE * face

    def validation_step(self, batch: tuple[Tensor, ...], index: int) -> None:
        """Keep the log-probability of what people say about each face of one batch."""
        pixels, targets, _, sources = batch
        scores = self.net(self._standardise(pixels)).float()[:, VOTES] + self._log_priors[sources]
        told = (functional.log_softmax(scores, dim=1) * targets).sum(dim=1)
        self._seen.append(told[targets.sum(dim=1) > 0])

    def on_validation_epoch_end(self) -> None:
        """Log what the epoch reached on the dev crops."""
        self.log(SCORE, torch.cat(self._seen).mean())
        self._seen.clear()

    def configure_optimizers(self) -> dict[str, Any]:
        """Return SGD with momentum, and the course of its rate."""
        optimizer = torch.optim.SGD(self.net.parameters(), self._rate, momentum=0.9,
                                    nesterov=True, weight_decay=self._weight_decay)
        total = int(self.trainer.estimated_stepping_batches)

        def course(step: int) -> float:
            return min((step + 1) / WARM_UP, 1.0, (1.0 - step / total) / (1.0 - HELD))

        schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, course)
        return {'optimizer': optimizer,
                'lr_scheduler': {'scheduler': schedule, 'interval': 'step'}}
