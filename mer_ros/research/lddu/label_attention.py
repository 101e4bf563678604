"""Attention of labels to frames: what each frame says about each emotion (section 3.3.1)."""

import torch
from torch import nn, Tensor

from mer_ros.research.lddu.encoders import ABSENT
from mer_ros.research.lddu.sizes import Sizes


class LabelAttention(nn.Module):
    """Frames O^m (B, T, width) and labels L (q, width) to Z^m (B, q, label_width), eqs. 1 and 2.

    Scores are divided by the root of the width, as in the authors' code but not in eq. 1.
    Without ``emotion_space`` an MLP scores the frames and the labels are not used.
    """

    def __init__(self, sizes: Sizes) -> None:
        super().__init__()
        width = sizes.width
        self.frames = nn.Linear(width, width)
        self.labels = nn.Linear(width, width)
        self.scores = None if sizes.emotion_space else nn.Sequential(
            nn.Linear(width, width), nn.Tanh(), nn.Linear(width, len(sizes.labels)))
        self.leave = nn.Sequential(nn.Dropout(sizes.dropout), nn.Linear(width, sizes.label_width))

    def weights(self, frames: Tensor, labels: Tensor, there: Tensor) -> Tensor:
        """Return the weights A^m (B, q, T) of the frames for each label; they sum to 1."""
        if self.scores is None:
            seen = self.frames(frames).transpose(1, 2)
            scores = torch.matmul(self.labels(labels), seen) * labels.shape[-1] ** -0.5
        else:
            scores = self.scores(frames).transpose(1, 2)
        return torch.softmax(scores + (1 - there[:, None]) * ABSENT, -1)

    def forward(self, frames: Tensor, labels: Tensor, there: Tensor) -> Tensor:
        """Return Z^m."""
        weights = self.weights(frames, labels, there)
        features: Tensor = self.leave(torch.matmul(weights, self.frames(frames)))
        return features
