"""What Lightning trains: the LDDU network with its losses."""

import math
from typing import Any

from lightning import LightningModule
import numpy as np
from numpy.typing import NDArray
import torch
from torch import Tensor

from mer_ros.evaluation.metrics.multilabel import best_threshold
from mer_ros.research.lddu.contrastive import (
    classed,
    contrastive_loss,
    DistributionQueue,
    represent,
)
from mer_ros.research.lddu.lddu_net import LdduNet, Outputs
from mer_ros.research.lddu.losses import label_loss, noise_loss, total_loss
from mer_ros.research.lddu.ordinality import distance, ordinality_loss, Record, spread
from mer_ros.research.lddu.training.lddu_data import Batch
from mer_ros.research.lddu.training.lddu_recipe import Recipe
from mer_ros.training.loop import SCORE


class LdduModule(LightningModule):
    """Learns by eq. 16; an epoch's score is the micro-F1 at its own best threshold on dev.

    Args:
        net: what is trained.
        recipe: how.
        truth: labels (N, q) of the N training samples.
        seed: of dropout, draws and hidden modalities.
    """

    def __init__(self, net: LdduNet, recipe: Recipe, *, truth: NDArray[np.float32],
                 seed: int) -> None:
        super().__init__()
        self.net, self.recipe, self._seed = net, recipe, seed
        halves = 2 if recipe.contrast == 'both' else 1
        self.queue = DistributionQueue(recipe.queue, halves * net.sizes.latent)
        self.record = Record(len(truth))
        self.rates: Tensor
        one = 1 / len(truth)
        self.register_buffer('rates', torch.from_numpy(truth.mean(0).clip(one, 1 - one)),
                             persistent=False)
        self._predicted: list[tuple[Tensor, Tensor]] = []

    def on_train_epoch_start(self) -> None:
        """Make what is random depend on the epoch alone, so that a resumed run is the same."""
        torch.manual_seed(1000 * self._seed + self.current_epoch)

    def training_step(self, batch: Batch, index: int) -> Tensor:
        """Return the loss of a batch some of whose modalities are hidden."""
        seen = self.net(batch.features, hide(batch.there, self.recipe.absence))
        parts = self.parts(seen, batch)
        loss = total_loss(label_loss(seen.final, batch.truth), parts, self.recipe.weights)
        self.log_dict({f'loss_{name}': part.detach() for name, part in parts.items()}
                      | {'loss': loss.detach()},
                      on_step=False, on_epoch=True, batch_size=len(batch.truth))
        return loss

    def parts(self, seen: Outputs, batch: Batch) -> dict[str, Tensor]:
        """Return the parts of the loss that have a weight, by its name."""
        weights = self.recipe.weights
        record = self.record.update(batch.samples, seen.direct, batch.truth)
        parts = {}
        if weights.direct:
            parts['direct'] = label_loss(seen.direct, batch.truth)
        if weights.contrastive:
            parts['contrastive'] = self._contrast(seen, batch.truth)
        if weights.ordinality:
            parts['ordinality'] = ordinality_loss(
                spread(seen.sigma, bounded=self.recipe.bounded),
                distance(seen.direct, batch.truth), record,
                pairs=self.recipe.pairs, temperature=self.recipe.sharpness)
        if weights.noise:
            parts['noise'] = noise_loss(seen.centre, seen.sigma, seen.present, batch.truth,
                                        self.rates)
        return parts

    def _contrast(self, seen: Outputs, truth: Tensor) -> Tensor:
        represented = represent(seen.centre, seen.sigma, use=self.recipe.contrast)
        batch, classes = classed(represented, seen.present, truth,
                                 absent=self.recipe.absent_classes)
        loss = contrastive_loss(batch, classes, *self.queue.held(),
                                positive=seen.sigma.shape[1] * seen.sigma.shape[2],
                                mean=self.recipe.mean_anchors)
        self.queue.push(batch, classes)
        return loss

    def validation_step(self, batch: Batch, index: int) -> None:
        """Keep what is predicted, and the truth."""
        self._predicted.append((self.net(batch.features, batch.there).final, batch.truth))

    def on_validation_epoch_end(self) -> None:
        """Log the score of the epoch."""
        final, truth = (torch.cat(parts).cpu().numpy()
                        for parts in zip(*self._predicted, strict=True))
        self._predicted.clear()
        self.log(SCORE, best_threshold(truth, final)[1])

    def configure_optimizers(self) -> dict[str, Any]:
        """Return Adam, and a cosine of its rate after a linear warm-up."""
        steps = int(self.trainer.estimated_stepping_batches)
        warm = max(1, round(self.recipe.warm_up * steps))

        def factor(step: int) -> float:
            if step < warm:
                return (step + 1) / warm
            return 0.5 * (1 + math.cos(math.pi * (step - warm) / max(1, steps - warm)))

        optimizer = torch.optim.Adam(self.net.parameters(), self.recipe.rate)
        return {'optimizer': optimizer, 'lr_scheduler': {
            'scheduler': torch.optim.lr_scheduler.LambdaLR(optimizer, factor),
            'interval': 'step'}}


def hide(there: list[Tensor], chance: float) -> list[Tensor]:
    """Return masks (B, T) of M modalities in which some samples lack some; never the last one."""
    hidden = torch.rand(len(there), len(there[0])) < chance
    hidden &= hidden.logical_not().any(0)  # where all would be hidden, none is
    present = torch.stack([mask.amax(1) > 0 for mask in there]).cpu()
    hidden &= (present & ~hidden).any(0)
    return [mask * ~gone[:, None].to(mask.device) for mask, gone in zip(there, hidden, strict=True)]


@torch.inference_mode()
def predict(net: LdduNet, split_batches: Any) -> dict[str, NDArray[np.float32]]:
    """Return the outputs of a network in evaluation mode for a whole split, one array a name.

    ``final``, ``direct`` and ``uncertainty`` are (N, q), ``per_modality`` (N, M, q), ``spread``
    (N, M) is the norm of sigma in each modality; ``centre`` and ``sigma`` are (N, M, q, latent).
    """
    rows: dict[str, list[Tensor]] = {}
    for batch in split_batches:
        seen = net(batch.features, batch.there)
        found = {'final': seen.final, 'direct': seen.direct, 'uncertainty': seen.uncertainty,
                 'per_modality': seen.per_modality,
                 'spread': seen.sigma.flatten(2).norm(dim=2), 'centre': seen.centre,
                 'sigma': seen.sigma}
        for name, value in found.items():
            rows.setdefault(name, []).append(value)
    return {name: torch.cat(values).numpy() for name, values in rows.items()}
