"""Latent Gaussians: one for each emotion in each modality (section 3.3.2)."""

import torch
from torch import nn, Tensor

from mer_ros.research.lddu.sizes import Sizes

MOST = 8.0
"""Largest absolute logarithm of a variance; it bounds sigma by e^4."""

class LatentEncoder(nn.Module):
    """Z^m (B, q, label_width) to centre mu and spread sigma (B, q, latent), sigma > 0."""

    def __init__(self, sizes: Sizes) -> None:
        super().__init__()
        width = sizes.label_width
        self.encoder = nn.Sequential(nn.Linear(width, width), nn.ReLU(), nn.Dropout(sizes.dropout))
        self.centre = nn.Linear(width, sizes.latent)
        self.log_variance = nn.Linear(width, sizes.latent)

    def forward(self, features: Tensor, present: Tensor) -> tuple[Tensor, Tensor]:
        """Return mu and sigma; where ``present`` (B,) is 0 they are those of the prior N(0, 1)."""
        hidden = self.encoder(features)
        known = present[:, None, None]
        log_variance = self.log_variance(hidden).clamp(-MOST, MOST)
        return self.centre(hidden) * known, torch.exp(0.5 * log_variance * known)


def fuse(centre: Tensor, sigma: Tensor, present: Tensor) -> tuple[Tensor, Tensor]:
    """Return centre and variance (B, q, latent) of the product of the prior and all Gaussians.

    Each modality counts by its precision 1 / sigma^2 (Wu and Goodman 2018, section 2.2), so that
    a modality that is unsure of an emotion is not heard about it.  The variance lies in (0, 1]:
    it is the share of the prior's that is left, and grows with every sigma.

    Args:
        centre: mu of M modalities, (B, M, q, latent).
        sigma: of the same shape, > 0.
        present: (B, M), 1 where the modality was perceived, else 0.
    """
    precision = present[:, :, None, None] * sigma ** -2
    variance = 1 / (1 + precision.sum(1))
    return variance * (precision * centre).sum(1), variance


def label_uncertainty(variance: Tensor, direct: Tensor) -> Tensor:
    """Return the uncertainty (B, q) in [0, 1] of each label.

    u = 1 - (1 - v)(1 - h): v is the mean fused variance of the label, the share of the prior's
    variance that is left after all modalities were seen, and h = 1 - |2 y_dir - 1| the doubt of
    the info classifier, from which the gates are made.  Either alone can make a label uncertain;
    u grows with every sigma and with h.

    Args:
        variance: (B, q, latent) in (0, 1], as `fuse` returns it.
        direct: answers of the info classifier (B, q) in [0, 1].
    """
    doubt = 1 - (2 * direct - 1).abs()
    return 1 - (1 - variance.mean(-1)) * (1 - doubt)


def modality_uncertainty(sigma: Tensor) -> Tensor:
    """Return the share (B, M, q) in (0, 1) of the prior's variance left by one modality alone."""
    variance = sigma ** 2
    return (variance / (1 + variance)).mean(-1)
