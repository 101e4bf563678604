"""Transformer encoders: one sequence of frames each (section 3.2)."""

import math

import torch
from torch import nn, Tensor
from torch.nn import functional

from mer_ros.research.lddu.sizes import Sizes

ABSENT = -1e4
"""Added to the score of a frame that is not there; finite, so that a row of none gives no NaN."""

LIMIT = 10.0
"""How many deviations from the mean a feature may be, to either side."""


class Layer(nn.Module):
    """Self-attention and a feed-forward part, normalised before each (Xiong et al. 2020).

    torch's own layer would be exported to ONNX for windows of one length only.
    """

    def __init__(self, sizes: Sizes) -> None:
        super().__init__()
        width = sizes.width
        self.heads, self.rate = sizes.heads, sizes.dropout
        self.before_attention = nn.LayerNorm(width)
        self.projections = nn.Linear(width, 3 * width)
        self.joined = nn.Linear(width, width)
        self.dropout = nn.Dropout(sizes.dropout)
        self.forward_part = nn.Sequential(
            nn.LayerNorm(width), nn.Linear(width, 4 * width), nn.GELU(), nn.Dropout(sizes.dropout),
            nn.Linear(4 * width, width), nn.Dropout(sizes.dropout))

    def forward(self, frames: Tensor, bias: Tensor) -> Tensor:
        """Return frames (B, T, width); ``bias`` (B, 1, 1, T) is added to the scores of frames."""
        parts = self.projections(self.before_attention(frames)).chunk(3, -1)
        query, key, value = (part.unflatten(-1, (self.heads, -1)).transpose(1, 2)
                             for part in parts)
        read = functional.scaled_dot_product_attention(
            query, key, value, attn_mask=bias, dropout_p=self.rate if self.training else 0.0)
        frames = frames + self.dropout(self.joined(read.transpose(1, 2).flatten(2)))
        return frames + self.forward_part(frames)


class SequenceEncoder(nn.Module):
    """Features (B, T, D) of one modality to frames O^m (B, T, width) that know their neighbours.

    Features are standardised by the training data, not one frame at a time as in the authors'
    code: that would take away how loud a frame is, by which noise is told from signal.  Their
    places are told by sines (Vaswani et al. 2017), so that any length will do.
    """

    def __init__(self, dim: int, sizes: Sizes) -> None:
        super().__init__()
        self.mean: Tensor
        self.scale: Tensor
        self.register_buffer('mean', torch.zeros(dim))
        self.register_buffer('scale', torch.ones(dim))
        self.enter = nn.Linear(dim, sizes.width)
        self.layers = nn.ModuleList(Layer(sizes) for _ in range(sizes.layers))
        self.leave = nn.LayerNorm(sizes.width)
        self.dropout = nn.Dropout(sizes.dropout)
        half = torch.arange(sizes.width // 2)
        self.rates: Tensor
        self.register_buffer('rates', torch.exp(-math.log(1e4) * half / len(half)),
                             persistent=False)

    def forward(self, features: Tensor, there: Tensor) -> Tensor:
        """Return the frames; ``there`` (B, T) is 1 for each that exists and 0 for padding."""
        angles = torch.arange(features.shape[1], device=features.device)[:, None] * self.rates
        places = torch.cat([angles.sin(), angles.cos()], 1)
        standard = ((features - self.mean) / self.scale).clamp(-LIMIT, LIMIT)
        frames = self.dropout(self.enter(standard) + places)
        bias = ((1 - there) * ABSENT)[:, None, None]
        for layer in self.layers:
            frames = layer(frames, bias)
        return self.leave(frames)
