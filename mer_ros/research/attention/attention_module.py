"""What Lightning trains of the attention fusion: each classifier alone, then what joins them."""

from dataclasses import dataclass
from typing import Any

from lightning import LightningModule
import torch
from torch import nn, Tensor
from torch.nn import functional

from mer_ros.evaluation.compare import subsets
from mer_ros.research.attention.attention_net import AttentionNet
from mer_ros.training.loop import SCORE


@dataclass(frozen=True, slots=True)
class Recipe:
    """How an attention fusion is trained; chosen on the dev actors of CREMA-D.

    ``combination``: what the label MLP gets, see `COMBINATIONS` of the network.
    ``latent``: size of the projections of features; logits are not projected.
    ``scorer``, ``hidden``: sizes of the attention and of the label MLP.
    ``missing``: chance that a modality of a row is left out in training.
    ``rate``, ``weight_decay``, ``batch``, ``epochs``, ``patience``: of AdamW and its loop.
    """

    combination: str = 'weighted'
    latent: int = 32
    scorer: int = 16
    hidden: int = 32
    missing: float = 0.3
    rate: float = 3e-3
    weight_decay: float = 0.01
    batch: int = 128
    epochs: int = 60
    patience: int = 10


class Classifier(LightningModule):
    """One classifier C_i on its own, with its projection: what the paper trains first."""

    def __init__(self, network: nn.Module, recipe: Recipe) -> None:
        super().__init__()
        self.network, self._recipe = network, recipe

    def training_step(self, batch: list[Tensor], index: int) -> Tensor:
        """Return the cross-entropy of inputs (B, D) and classes (B,)."""
        return functional.cross_entropy(self.network(batch[0]), batch[1])

    def validation_step(self, batch: list[Tensor], index: int) -> None:
        """Log the mean log-likelihood."""
        loss = functional.cross_entropy(self.network(batch[0]), batch[1])
        self.log(SCORE, -loss, on_epoch=True, batch_size=len(batch[1]))

    def configure_optimizers(self) -> torch.optim.Optimizer:
        """Return AdamW."""
        return _adam(self, self._recipe)


class Fusion(LightningModule):
    """Attention and label MLP, by cross-entropy; modalities of a row go missing at random.

    The classifiers stay as they were trained: the embeddings are their logits.  The score is the
    log-likelihood of the dev rows, the mean over every choice of modalities.
    """

    def __init__(self, network: AttentionNet, recipe: Recipe) -> None:
        super().__init__()
        self.network, self._recipe = network, recipe
        count = len(network.names)
        network.classifiers.requires_grad_(False)
        self._choices = [torch.tensor([place in chosen for place in range(count)])
                         for chosen in subsets(range(count))]

    def training_step(self, batch: list[Tensor], index: int) -> Tensor:
        """Return the cross-entropy of inputs N x (B, D), their trust (B, N) and classes (B,)."""
        *inputs, present, truth = batch
        kept = present * (torch.rand(present.shape) >= self._recipe.missing)
        kept = torch.where((kept > 0).any(dim=1, keepdim=True), kept, present)
        return functional.cross_entropy(self.network(inputs, kept)[0], truth)

    def validation_step(self, batch: list[Tensor], index: int) -> None:
        """Log the mean log-likelihood over the choices of modalities."""
        *inputs, present, truth = batch
        losses = []
        for choice in self._choices:
            kept = present * choice
            rows = (kept > 0).any(dim=1)
            if rows.any():
                logits, _ = self.network([values[rows] for values in inputs], kept[rows])
                losses.append(functional.cross_entropy(logits, truth[rows]))
        self.log(SCORE, -torch.stack(losses).mean(), on_epoch=True, batch_size=len(truth))

    def configure_optimizers(self) -> torch.optim.Optimizer:
        """Return AdamW."""
        return _adam(self, self._recipe)


def _adam(module: nn.Module, recipe: Recipe) -> Any:
    return torch.optim.AdamW(module.parameters(), lr=recipe.rate,
                             weight_decay=recipe.weight_decay)
