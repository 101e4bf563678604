"""The text model as it ships: quantised tables, networks and linear maps in one graph."""

from typing import cast

import numpy as np
from numpy.typing import NDArray
import torch
from torch import nn, Tensor

from mer_ros.training.text.text_blend import Blend, mix
from mer_ros.training.text.text_experts import SCORES
from mer_ros.training.text.text_linear import Linear
from mer_ros.training.text.text_net import WordNet


class Table(nn.Module):
    """A table of vectors kept as int8, one scale a column; the last row stands for nothing."""

    def __init__(self, values: NDArray[np.float32]) -> None:
        super().__init__()
        # Most values are far smaller than the largest; a few large ones are clipped instead.
        scale = np.maximum(np.quantile(np.abs(values), 0.9999, axis=0), 1e-9) / 127.0
        quantised = np.clip(np.round(values / scale), -127, 127).astype(np.int8)
        nothing = np.zeros((1, values.shape[1]), np.int8)
        self.values: Tensor
        self.register_buffer('values', torch.from_numpy(np.concatenate([quantised, nothing])))
        self.register_buffer('scale', torch.from_numpy(scale.astype(np.float32)))

    def forward(self, places: Tensor) -> Tensor:
        """Return the sums (..., C) of the rows at places (..., P)."""
        return self.values[places].to(torch.float32).sum(-2) * self.scale


class LinearMap(nn.Module):
    """`Linear` on lists of features, with the idf folded into the table."""

    def __init__(self, linear: Linear) -> None:
        super().__init__()
        self.table = Table(linear.weights * linear.idf[:, None])
        squares = np.append(linear.idf ** 2, 0.0).astype(np.float16)
        self.squares: Tensor
        self.register_buffer('squares', torch.from_numpy(squares))
        self.register_buffer('offsets', torch.from_numpy(linear.offsets))

    def forward(self, ids: Tensor) -> Tensor:
        """Return scores (B, C) of features (B, L), V where there is none."""
        length = self.squares[ids].to(torch.float32).sum(1, keepdim=True).clamp(min=1.0)
        return self.table(ids) / length.sqrt() + self.offsets


class WordScores(nn.Module):
    """A trained `WordNet` without what only training needs."""

    def __init__(self, net: WordNet) -> None:
        super().__init__()
        self.keys = net.keys
        self.table = Table(net.embedding.weight[:-1].detach().numpy())
        self.encoder = net.encoder.eval()

    def forward(self, places: Tensor) -> Tensor:
        """Return scores (B, SCORES) of word places (B, W, PARTS)."""
        found = (places != self.keys).to(torch.float32).sum(2, keepdim=True)
        words = self.table(places) / found.clamp(min=1).sqrt()
        return cast(Tensor, self.encoder(words, (found > 0).to(torch.float32)))[:, :SCORES]


class TextModel(nn.Module):
    """Features of sentences and of their words to calibrated logits."""

    def __init__(self, nets: list[WordNet], linear: Linear, blend: Blend) -> None:
        super().__init__()
        self.nets = nn.ModuleList([WordScores(net) for net in nets])
        self.linear = LinearMap(linear)
        self.blend = blend

    def parts(self, ids: Tensor, places: Tensor) -> Tensor:
        """Return the mean scores of the networks (13) and those of the linear map (15)."""
        scores = torch.stack([net(places) for net in self.nets]).mean(0)
        return torch.cat([scores, self.linear(ids)], 1)

    def forward(self, ids: Tensor, places: Tensor) -> Tensor:
        """Return logits (B, 7)."""
        return mix(self.parts(ids, places), self.blend).log()
