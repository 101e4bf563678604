"""Calibration of the variance by ranks: who is often right should be sure (section 3.4.2)."""

from collections.abc import Sequence

import torch
from torch import nn, Tensor

PAIRS = (('error', 'record'), ('spread', 'record'))
"""What is held against what, eq. 15."""


class Record(nn.Module):
    """r_i: the share of answers about sample i that the info classifier got right so far.

    It is kept by the number of the sample in two arrays, so that memory never grows.
    """

    def __init__(self, samples: int) -> None:
        super().__init__()
        self.right: Tensor
        self.seen: Tensor
        self.register_buffer('right', torch.zeros(samples))
        self.register_buffer('seen', torch.zeros(samples))

    @torch.no_grad()
    def update(self, samples: Tensor, direct: Tensor, truth: Tensor) -> Tensor:
        """Note the answers (B, q) about samples (B,) and return their r_i (B,) in [0, 1]."""
        self.right[samples] += ((direct > 0.5) == (truth > 0.5)).float().mean(1)
        self.seen[samples] += 1
        return self.right[samples] / self.seen[samples]


def distance(direct: Tensor, truth: Tensor) -> Tensor:
    """Return d_i, the mean |y_dir - y| of the labels, (B,) in [0, 1]; the paper leaves d open."""
    return (direct - truth).abs().mean(1)


def spread(sigma: Tensor, *, bounded: bool) -> Tensor:
    """Return ||sigma_i||, the norm of all sigma of a sample: (B, M, q, latent) to (B,).

    With ``bounded`` it is 1 plus the root of their mean square: its inverse S lies in (0, 1), as D
    and R do, has the same ranks, and does not depend on the size of the network.
    """
    norm = sigma.flatten(1).norm(dim=1)
    return 1 + norm / sigma[0].numel() ** 0.5 if bounded else norm


def ordinality_loss(spreads: Tensor, distances: Tensor, record: Tensor, *, temperature: float,
                    pairs: Sequence[tuple[str, str]] = PAIRS) -> Tensor:
    """Return L_ocl, eqs. 12 to 15: symmetric divergences between softmaxes over the batch.

    S = 1 / ||sigma_i||, D = 1 - d_i, R = r_i.  As printed (temperature 1, norms of a thousand
    numbers) S varies by thousandths and R by tenths: the softmaxes are flat whatever the ranks
    are, and so is the loss.

    Args:
        spreads: ||sigma_i|| (B,).
        distances: d_i (B,).
        record: r_i (B,).
        temperature: what S, D and R are divided by, > 0; 1 in the paper.
        pairs: which of ``spread`` (S), ``error`` (D) and ``record`` (R) are compared.
    """
    values = {'spread': 1 / spreads, 'error': 1 - distances, 'record': record}
    logs = {name: torch.log_softmax(value / temperature, 0) for name, value in values.items()}
    loss = spreads.new_zeros(())
    for one, other in pairs:
        # KL(P||Q) + KL(Q||P) = sum (P - Q)(log P - log Q)
        loss = loss + ((logs[one].exp() - logs[other].exp()) * (logs[one] - logs[other])).sum()
    return loss
