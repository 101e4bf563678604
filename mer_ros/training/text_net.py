"""The text model as it ships: quantised tables, blended in one graph."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
import torch
from torch import nn

from mer_ros.emotions import EMOTIONS

NEUTRAL = EMOTIONS.index('neutral')


@dataclass(frozen=True, slots=True)
class Blend:
    """How the parts are put together; fitted on dev.

    ``linear`` weighs the TF-IDF scores against the bag's; ``comment_scale`` and ``film_scale``
    sharpen each expert; ``film_prior`` is added to the log-odds of the style; ``bias`` (7,) to
    the log-probabilities; ``temperature`` divides the result.  ``neutral`` (not
    fitted) is the share of the comment expert's neutral that the film expert takes over: the
    film set lacks neutral lines because its makers left them out, not because nobody says them.
    """

    linear: float = 3.0
    comment_scale: float = 0.5
    film_scale: float = 0.5
    film_prior: float = 0.0
    neutral: float = 0.6
    bias: tuple[float, ...] = field(default=(0.0,) * len(EMOTIONS))
    temperature: float = 1.0


class TextNet(nn.Module):
    """Feature indices to calibrated logits.

    Args:
        table: (V, 27): 13 columns of the bags, 14 of `Linear` already multiplied by the idf.
        offsets: (27,).
        idf: (V,).
        blend: how to put them together.
    """

    def __init__(self, table: NDArray[np.float32], offsets: NDArray[np.float32],
                 idf: NDArray[np.float32], blend: Blend) -> None:
        super().__init__()
        self.blend = blend
        scale = np.abs(table).max(axis=0) / 127.0
        # Most weights are far smaller than the largest; a few large ones are clipped instead.
        scale = np.minimum(scale, np.quantile(np.abs(table), 0.9999, axis=0) / 127.0)
        quantised = np.clip(np.round(table / scale), -127, 127).astype(np.int8)
        nothing = np.zeros((1, table.shape[1]), np.int8)
        self.table: torch.Tensor
        self.squares: torch.Tensor
        self.register_buffer('table', torch.from_numpy(np.concatenate([quantised, nothing])))
        self.register_buffer('scale', torch.from_numpy(scale.astype(np.float32)))
        self.register_buffer('offsets', torch.from_numpy(offsets))
        squares = np.append(idf ** 2, 0.0).astype(np.float16)
        self.register_buffer('squares', torch.from_numpy(squares))

    def parts(self, ids: torch.Tensor) -> torch.Tensor:
        """Return bag scores (13) and linear scores (14), (B, 27), of padded indices (B, L)."""
        sums = self.table[ids].to(torch.float32).sum(1) * self.scale
        squares = self.squares[ids].to(torch.float32)
        count = (squares > 0).to(torch.float32).sum(1, keepdim=True).clamp(min=1.0)
        length = squares.sum(1, keepdim=True).clamp(min=1.0)
        return torch.cat([sums[:, :13] / count.sqrt(), sums[:, 13:] / length.sqrt()], 1
                         ) + self.offsets

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        """Return logits (B, 7) of feature indices (B, L), V where there is none."""
        return mix(self.parts(ids), self.blend)


def mix(parts: torch.Tensor, blend: Blend) -> torch.Tensor:
    """Return calibrated logits (B, 7): a mixture of a comment and a film expert by style.

    p = (1 - s) comment + s film (Jacobs et al. 1991, eq. 1), s the probability of film.
    """
    seven = parts[:, :7] + blend.linear * parts[:, 13:20]
    six = parts[:, 7:13] + blend.linear * parts[:, 20:26]
    comment = torch.softmax(seven * blend.comment_scale, 1)
    emotional = torch.softmax(six * blend.film_scale, 1)
    share = torch.sigmoid(parts[:, 26:27] + blend.film_prior)
    neutral = blend.neutral * comment[:, NEUTRAL:NEUTRAL + 1]
    emotional = emotional * (1 - neutral)
    film = torch.cat([emotional[:, :NEUTRAL], neutral, emotional[:, NEUTRAL:]], 1)
    mixed = (1 - share) * comment + share * film
    return (torch.log(mixed.clamp(min=1e-9)) + torch.tensor(blend.bias)) / blend.temperature
