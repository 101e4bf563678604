"""Contrastive learning among the latent distributions, with a queue (section 3.3.2)."""

import torch
from torch import nn, Tensor
from torch.nn import functional

TEMPERATURE = 0.07
"""tau of eq. 5; the paper does not give it, the authors' code does."""

EMPTY = -1
"""The class of a place of the queue that was never filled."""


def represent(centre: Tensor, sigma: Tensor, *, use: str = 'both') -> Tensor:
    """Return e = [mu/|mu|, sigma/|sigma|] of distributions (..., latent), eq. 4.

    ``use`` centre or variance leaves the other half out (rows 5 and 6 of table 3).  The result
    has length 1, so that a scalar product is the cosine similarity of eq. 6.
    """
    halves = {'centre': functional.normalize(centre, dim=-1),
              'variance': functional.normalize(sigma, dim=-1)}
    chosen = torch.cat([half for name, half in halves.items() if use in (name, 'both')], -1)
    return chosen / 2 ** 0.5 if use == 'both' else chosen


def classed(represented: Tensor, present: Tensor, truth: Tensor, *, absent: bool = True
            ) -> tuple[Tensor, Tensor]:
    """Return the distributions (n, size) of the modalities that were there, and classes (n,).

    Each modality and emotion is a class of its own, numbered from 0 to M q - 1 where the sample
    has the emotion, and from M q on where it has not.  The paper names the first half only, which
    are all that is returned without ``absent``; then a constant for each class is a perfect answer.

    Args:
        represented: (B, M, q, size).
        present: which modalities were there, (B, M).
        truth: which emotions a sample has, (B, q).
        absent: whether emotions that a sample has not are classes, too.
    """
    modalities, labels = represented.shape[1:3]
    classes = torch.arange(modalities * labels, device=truth.device).view(modalities, labels)
    all_classes = classes + modalities * labels * (truth[:, None] == 0)
    there = (present[:, :, None] > 0).expand_as(all_classes)
    if not absent:
        there = there & (truth[:, None] > 0)
    return represented[there], all_classes[there]


def contrastive_loss(batch: Tensor, classes: Tensor, queue: Tensor, queue_classes: Tensor, *,
                     positive: int, temperature: float = TEMPERATURE, mean: bool = True
                     ) -> Tensor:
    """Return the supervised contrastive loss of eqs. 5 to 7 (Khosla et al. 2020).

    Anchors are the distributions of emotions that samples have, B+.  Positives of one are the
    others of its class in the batch and in the queue, negatives all of other classes; without
    a positive it does not count.  Eq. 7 sums over the anchors; ``mean`` takes their mean, so
    that its weight does not depend on how many emotions a batch holds.

    Args:
        batch: (n, size), each of length 1.
        classes: (n,).
        queue: (m, size), without gradient; m may be 0.
        queue_classes: (m,).
        positive: classes below this number are of emotions that samples have.
        temperature: tau, > 0.
        mean: over the anchors that count, instead of the sum.
    """
    chosen = torch.nonzero(classes < positive)[:, 0]
    others = torch.cat([batch, queue])
    similar = batch[chosen] @ others.T / temperature
    itself = chosen[:, None] == torch.arange(len(others), device=chosen.device)
    same = (classes[chosen, None] == torch.cat([classes, queue_classes])) & ~itself
    log_share = similar - torch.logsumexp(
        similar.masked_fill(itself, -torch.inf), 1, keepdim=True)
    count = same.sum(1)
    each = -(log_share.masked_fill(~same, 0)).sum(1) / count.clamp(min=1)
    return each.sum() / (count > 0).sum().clamp(min=1) if mean else each.sum()


class DistributionQueue(nn.Module):
    """The most recent distributions, first in, first out; its memory never grows.

    Args:
        size: how many it holds.
        width: numbers in each.
    """

    def __init__(self, size: int, width: int) -> None:
        super().__init__()
        self.vectors: Tensor
        self.classes: Tensor
        self.next: Tensor
        self.register_buffer('vectors', torch.zeros(size, width))
        self.register_buffer('classes', torch.full((size,), EMPTY))
        self.register_buffer('next', torch.zeros((), dtype=torch.long))

    def __len__(self) -> int:
        """Return how many are in it."""
        return int((self.classes != EMPTY).sum())

    def held(self) -> tuple[Tensor, Tensor]:
        """Return the distributions (m, width) and their classes (m,), in no order."""
        filled = self.classes != EMPTY
        return self.vectors[filled], self.classes[filled]

    @torch.no_grad()
    def push(self, vectors: Tensor, classes: Tensor) -> None:
        """Take in distributions (n, width) and classes (n,), without what made them."""
        size = len(self.classes)
        if not size:
            return
        kept = min(len(classes), size)
        places = (self.next + torch.arange(kept, device=self.classes.device)) % size
        self.vectors[places] = vectors[len(classes) - kept:].detach()
        self.classes[places] = classes[len(classes) - kept:]
        self.next.copy_((self.next + kept) % size)
