"""A small convolutional network over words that are known by their parts and their meaning."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
import torch
from torch import nn, Tensor
from torch.nn import functional

from mer_ros.training.text.text_batches import Batch
from mer_ros.training.text.text_experts import Experts, SCORES


@dataclass(frozen=True, slots=True)
class Recipe:
    """How one word network is trained."""

    width: int = 48
    channels: int = 96
    readers: int = 4
    epochs: int = 8
    batch: int = 128
    learning_rate: float = 2e-3
    weight_decay: float = 1e-2
    word_dropout: float = 0.1
    embedding_dropout: float = 0.3
    hidden_dropout: float = 0.5
    spoken: float = 0.3
    fine_weight: float = 0.5
    film_weight: float = 1.5
    taught_weight: float = 2.0
    """Of what a teacher says, where there is one, beside the labels."""
    balance: float = 0.5
    """Exponent of the inverse class frequency that weighs each class."""


class WordEncoder(nn.Module):
    """Embedded words to scores: two convolutions, maximum and attention (Kim 2014; Lin 2017).

    Takes summed embeddings (B, W, width) and which words there are (B, W, 1), as 0 or 1.  What
    stands behind the last word of a sentence has no influence.
    """

    def __init__(self, recipe: Recipe, scores: int) -> None:
        super().__init__()
        channels, readers = recipe.channels, recipe.readers
        self.near = nn.Conv1d(recipe.width, channels, 3, padding=1)
        self.far = nn.Conv1d(channels, channels, 3, padding=2, dilation=2)
        self.attention = nn.Linear(channels, readers)
        self.dropout = nn.Dropout(recipe.hidden_dropout)
        self.head = nn.Linear(channels * (1 + readers) + recipe.width, scores)

    def forward(self, words: Tensor, there: Tensor) -> Tensor:
        """Return scores (B, scores)."""
        mask = there.transpose(1, 2)
        near = functional.gelu(self.near(words.transpose(1, 2))) * mask
        read = ((near + functional.gelu(self.far(near))) * mask).transpose(1, 2)
        absent = (there - 1) * 1e4
        largest = (read + absent).amax(1) * there.amax(1)
        weights = torch.softmax(self.attention(read) + absent, 1)
        attended = torch.matmul(weights.transpose(1, 2), read).flatten(1)
        mean = (words * there).sum(1) / there.sum(1).clamp(min=1).sqrt()
        return self.head(self.dropout(torch.cat([largest, attended, mean], 1)))


class WordNet(Experts):
    """Scores of words that are known by their features.

    Args:
        keys: known word features; the place after the last one means none.
        fine: number of fine labels of comments and of films.
        targets: (N, 7) of the comments and of the films, whose classes are weighed by them.
        recipe: how to train.
    """

    def __init__(self, keys: int, fine: tuple[int, int],
                 targets: tuple[NDArray[np.float32], NDArray[np.float32]],
                 recipe: Recipe) -> None:
        super().__init__(fine, targets, recipe)
        self.keys = keys
        self.embedding = nn.EmbeddingBag(keys + 1, recipe.width, mode='sum', padding_idx=keys)
        nn.init.normal_(self.embedding.weight, std=0.1)
        nn.init.zeros_(self.embedding.weight[keys])
        self.embedding_dropout = nn.Dropout(recipe.embedding_dropout)
        self.encoder = WordEncoder(recipe, SCORES + sum(fine))

    def forward(self, places: Tensor) -> Tensor:
        """Return scores (B, SCORES + fine) of word places (B, W, PARTS)."""
        found = (places != self.keys).sum(2, keepdim=True)
        summed = self.embedding(places.flatten(0, 1)).unflatten(0, places.shape[:2])
        words = summed / found.clamp(min=1).sqrt()
        return self.encoder(self.embedding_dropout(words), (found > 0).float())

    def training_step(self, batch: Batch, index: int) -> Tensor:
        """Return the loss of a batch some of whose words are known only to be words."""
        places = batch.inputs.clone()
        hidden = torch.rand(places.shape[:2]) < self.recipe.word_dropout
        places[..., 1:][hidden] = self.keys
        scores = self(places)
        loss = self.labels_loss(scores, batch)
        if batch.taught.shape[1]:
            loss = loss + self.recipe.taught_weight * self.taught_loss(scores, batch)
        self.log('loss', loss, on_step=False, on_epoch=True, batch_size=len(places))
        return loss

    def configure_optimizers(self) -> Any:
        """Return AdamW with one cycle of the learning rate (Smith and Topin 2019)."""
        recipe = self.recipe
        optimiser = torch.optim.AdamW(
            self.parameters(), lr=recipe.learning_rate, weight_decay=recipe.weight_decay)
        schedule = torch.optim.lr_scheduler.OneCycleLR(
            optimiser, recipe.learning_rate, pct_start=0.15,
            total_steps=int(self.trainer.estimated_stepping_batches))
        return {'optimizer': optimiser, 'lr_scheduler': {'scheduler': schedule,
                                                         'interval': 'step'}}
