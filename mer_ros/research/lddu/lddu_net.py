"""The LDDU network: no label enters it."""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import nn, Tensor

from mer_ros.research.lddu.distributions import (
    fuse,
    label_uncertainty,
    LatentEncoder,
    modality_uncertainty,
)
from mer_ros.research.lddu.encoders import SequenceEncoder
from mer_ros.research.lddu.feature_gate import Gate, mix
from mer_ros.research.lddu.label_attention import LabelAttention
from mer_ros.research.lddu.sizes import Sizes


class Outputs(NamedTuple):
    """Outputs of the network for B windows of M modalities.

    ``direct`` is the info classifier's answer and ``final`` the network's, both (B, q) in [0, 1];
    ``centre`` and ``sigma`` (B, M, q, latent) are the Gaussians, ``fused_variance`` (B, q, latent)
    is that of their product; ``present`` (B, M) tells which modalities were there.
    """

    direct: Tensor
    final: Tensor
    centre: Tensor
    sigma: Tensor
    fused_variance: Tensor
    present: Tensor

    @property
    def uncertainty(self) -> Tensor:
        """How unsure each label is, (B, q)."""
        return label_uncertainty(self.fused_variance, self.direct)

    @property
    def per_modality(self) -> Tensor:
        """How unsure each label is to each modality alone, (B, M, q)."""
        return modality_uncertainty(self.sigma)


class LabelClassifier(nn.Module):
    """An MLP with weights of its own for each label: (B, q, inputs) to probabilities (B, q)."""

    def __init__(self, inputs: int, sizes: Sizes) -> None:
        super().__init__()
        labels, hidden = len(sizes.labels), sizes.label_width
        self.first = nn.Parameter(torch.empty(labels, inputs, hidden))
        self.second = nn.Parameter(torch.empty(labels, hidden, 1))
        self.first_bias = nn.Parameter(torch.zeros(labels, 1, hidden))
        self.second_bias = nn.Parameter(torch.zeros(labels, 1, 1))
        self.dropout = nn.Dropout(sizes.dropout)
        for weights in (self.first, self.second):
            nn.init.normal_(weights, std=weights.shape[1] ** -0.5)

    def forward(self, inputs: Tensor) -> Tensor:
        """Return the probabilities."""
        hidden = torch.relu(inputs.transpose(0, 1) @ self.first + self.first_bias)
        scores = self.dropout(hidden) @ self.second + self.second_bias
        return torch.sigmoid(scores[..., 0].transpose(0, 1))


class LdduNet(nn.Module):
    """Sequences of M modalities to q labels that may be present at once.

    With the fusion ``precision``, the classifier of centres reads the product of all Gaussians
    and the prior as its natural parameter, centre by variance, and the centre of each modality's
    own product with the prior: an unsure one comes near 0.  The log-odds of two Gaussians that
    lie opposite are linear in the natural parameter, whereas centres are bounded however much is
    known.  With ``concatenated``, it reads the centres as they are.
    """

    def __init__(self, sizes: Sizes) -> None:
        super().__init__()
        self.sizes = sizes
        count, latent = len(sizes.dims), sizes.latent
        self.encoders = nn.ModuleList(SequenceEncoder(dim, sizes) for dim in sizes.dims.values())
        self.labels = nn.Parameter(torch.randn(len(sizes.labels), sizes.width))
        self.attentions = nn.ModuleList(LabelAttention(sizes) for _ in range(count))
        self.latents = nn.ModuleList(LatentEncoder(sizes) for _ in range(count))
        self.info = nn.Sequential(
            nn.Linear(count * sizes.label_width, sizes.label_width), nn.ReLU(),
            nn.Dropout(sizes.dropout), nn.Linear(sizes.label_width, 1), nn.Sigmoid())
        fused = sizes.fusion == 'precision'
        self.from_centre = LabelClassifier((count + fused) * latent, sizes)
        self.from_variance = LabelClassifier(count * latent, sizes)
        self.gate = Gate(sizes.gate)

    @torch.no_grad()
    def standardise(self, statistics: Sequence[tuple[Tensor, Tensor]]) -> None:
        """Take mean and deviation (D,) of the features of each modality; 0 becomes 1."""
        for encoder, (mean, deviation) in zip(self.encoders, statistics, strict=True):
            encoder.mean.copy_(mean)
            encoder.scale.copy_(torch.where(deviation > 0, deviation, 1.0))

    def forward(self, features: Sequence[Tensor], there: Sequence[Tensor]) -> Outputs:
        """Return the outputs for B windows.

        Args:
            features: for each modality, in the order of ``sizes.dims``, frames (B, T, D).
            there: for each modality (B, T), 1 for frames that exist, 0 for padding; a modality
                that was not perceived has none.
        """
        present = torch.stack([mask.amax(1) for mask in there], 1)
        read, centres, sigmas = [], [], []
        for index, (frames, mask) in enumerate(zip(features, there, strict=True)):
            known = present[:, index]
            encoded = self.encoders[index](frames, mask)
            labelled = self.attentions[index](encoded, self.labels, mask) * known[:, None, None]
            centre, sigma = self.latents[index](labelled, known)
            read.append(labelled)
            centres.append(centre)
            sigmas.append(sigma)
        direct = self.info(torch.cat(read, -1))[..., 0]
        centre, sigma = torch.stack(centres, 1), torch.stack(sigmas, 1)
        fused_centre, fused_variance = fuse(centre, sigma, present)
        return Outputs(
            direct, self._final(direct, centre, sigma, fused_centre / fused_variance), centre,
            sigma, fused_variance, present)

    def _final(self, direct: Tensor, centre: Tensor, sigma: Tensor,
               natural: Tensor) -> Tensor:
        if self.sizes.final == 'variance':
            return self._of_all(self.from_variance, sigma)
        if self.sizes.fusion == 'concatenated':
            from_centre = self._of_all(self.from_centre, centre)
        else:
            shrunk = centre / (1 + sigma ** 2)
            from_centre = self._of_all(
                self.from_centre, torch.cat([shrunk, natural[:, None]], 1))
        if self.sizes.final == 'centre':
            return from_centre
        return mix(self.gate(direct), from_centre, self._of_all(self.from_variance, sigma))

    @staticmethod
    def _of_all(classifier: nn.Module, parts: Tensor) -> Tensor:
        answer: Tensor = classifier(parts.transpose(1, 2).flatten(2))
        return answer
