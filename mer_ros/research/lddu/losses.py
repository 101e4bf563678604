"""The parts of the training loss that are not in files of their own, and their sum (eq. 16)."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass

import torch
from torch import Tensor
from torch.nn import functional


@dataclass(frozen=True, slots=True)
class Weights:
    """Weights in the sum: gamma, beta and lambda of eq. 16, and that of `noise_loss`."""

    direct: float = 0.1
    contrastive: float = 0.8
    ordinality: float = 0.1
    noise: float = 0.0


def label_loss(predicted: Tensor, truth: Tensor) -> Tensor:
    """Return the mean binary cross-entropy of probabilities (B, q): L_dir (eq. 3), L_cls (eq. 9).

    It stays finite where a probability is 0 or 1.
    """
    return functional.binary_cross_entropy(predicted, truth)


def noise_loss(centre: Tensor, sigma: Tensor, present: Tensor, truth: Tensor, rates: Tensor, *,
               beta: float = 0.5) -> Tensor:
    """Return the mean likelihood loss of the Gaussians, which makes sigma the expected error.

    Each modality on its own must place the centre of an emotion at `anchors` where the sample has
    it and at their opposite where it has not.  Gaussian log-likelihood then drives
    sigma^2 to the mean squared error to be expected from such an input (Kendall and Gal 2017,
    eq. 5): 4 p (1 - p) where the emotion has probability p given that modality.  Samples with and
    without an emotion weigh the same in sum, else a rare one costs nothing to miss; and so p is
    1/2 where a modality tells nothing, whatever the rate of the emotion: centre 0 and sigma 1, the
    prior.  The gradient is weighed by sigma^(2 beta), without which noisy samples are
    given up (Seitzer et al. 2022, eq. 6).

    Args:
        centre: mu (B, M, q, latent).
        sigma: of the same shape.
        present: (B, M), 1 where the modality was there.
        truth: (B, q), 0 or 1.
        rates: the share (q,) of training samples that have each emotion, above 0 and below 1.
        beta: 0 is the plain likelihood.
    """
    variance = sigma ** 2
    target = (2 * truth - 1)[:, None, :, None] * anchors(*centre.shape[2:]).to(centre)
    each = 0.5 * ((centre - target) ** 2 / variance + variance.log())
    balance = 0.5 * (truth / rates + (1 - truth) / (1 - rates))[:, None, :, None]
    weighed = (each * balance * variance.detach() ** beta).mean((2, 3)) * present
    return weighed.sum() / present.sum().clamp(min=1)


def anchors(labels: int, latent: int) -> Tensor:
    """Return a vector of signs for each label (q, latent), the same in every run."""
    signs = torch.rand(labels, latent, generator=torch.Generator().manual_seed(0)) < 0.5
    return 1.0 - 2.0 * signs


def total_loss(final: Tensor, parts: Mapping[str, Tensor], weights: Weights) -> Tensor:
    """Return L_cls + lambda L_ocl + beta L_scl + gamma L_dir (eq. 16), and `noise_loss`.

    ``parts`` are by the names of the weights; one that is missing does not count.
    """
    factors = asdict(weights)
    return final + sum(factors[name] * part for name, part in parts.items())
