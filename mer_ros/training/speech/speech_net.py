"""The networks of the built-in speech model."""

from dataclasses import dataclass

import torch
from torch import nn, Tensor
from torch.nn import functional

from mer_ros.models.speech.lite_speech import LIMIT

FAR = 6.0
"""The same where the distance to what was learned is measured."""

BEND = 4.0
"""How sharply the temperature begins to rise."""

OUTSIDE = 2.0
"""The distance from which on a sound is rather none of the voices that were learned."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """The numbers of a training run.

    ``sessions`` is how often each clip is augmented, ``votes`` the share of the raters in what a
    clip teaches, ``plain`` that of the rows that are not adapted to the person, ``clean`` how
    much more often the wide expert is given a clean clip; ``whitened`` is in how many directions
    the distance to what was learned is measured.
    """

    sessions: int = 4
    members: int = 5
    hidden: int = 128
    epochs: int = 25
    steps: int = 80
    batch: int = 256
    learning_rate: float = 3e-3
    weight_decay: float = 0.05
    dropout: float = 0.4
    input_dropout: float = 0.2
    input_noise: float = 0.3
    mixup: float = 0.4
    smoothing: float = 0.05
    votes: float = 0.25
    plain: float = 0.3
    clean: float = 10.0
    whitened: int = 256
    gate_strength: float = 0.01
    gate_sharpness: float = 2.0
    gate_from: float = 1.0


class Members(nn.Module):
    """M small networks side by side, none of which learns from another."""

    def __init__(self, width: int, classes: int, recipe: Recipe) -> None:
        super().__init__()
        count, hidden = recipe.members, recipe.hidden
        self.input_dropout = nn.Dropout(recipe.input_dropout)
        self.dropout = nn.Dropout(recipe.dropout)
        self.hidden = nn.Parameter(_uniform(count, width + 1, hidden))
        self.output = nn.Parameter(_uniform(count, hidden + 1, classes))

    def forward(self, clipped: Tensor) -> Tensor:
        """Return scores (M, B, K) of clipped statistics (B, D), or (M, B, D) of each."""
        inner = functional.gelu(_affine(self.input_dropout(clipped), self.hidden))
        return _affine(self.dropout(inner), self.output)


def _uniform(count: int, inputs: int, outputs: int) -> Tensor:
    return (torch.rand(count, inputs, outputs) * 2 - 1) / (inputs - 1) ** 0.5


def _affine(rows: Tensor, weight: Tensor) -> Tensor:
    return rows @ weight[:, :-1] + weight[:, -1:]


class Depth(nn.Module):
    """The temperature, which rises with the distance from what was learned.

    The distance is the logarithm of the mean squared whitened statistic (a Mahalanobis distance);
    the curve (3,) is the logarithm of the temperature nearby, that of the slope, and the distance
    from which on the temperature rises.
    """

    def __init__(self, centre: Tensor, whitening: Tensor) -> None:
        super().__init__()
        self.register_buffer('centre', centre)
        self.register_buffer('whitening', whitening)
        self.register_buffer('curve', torch.zeros(3))

    def distance(self, statistics: Tensor) -> Tensor:
        """Return the distance (B, 1) of standardised statistics (B, D)."""
        white = (statistics.clamp(-FAR, FAR) - self.centre) @ self.whitening
        return (white ** 2).mean(dim=1, keepdim=True).log()

    def forward(self, statistics: Tensor) -> Tensor:
        """Return the temperature (B, 1) of standardised statistics (B, D)."""
        return temperature(self.distance(statistics), self.curve)


def temperature(distance: Tensor, curve: Tensor) -> Tensor:
    """Return the temperature at each distance; the curve (3,) is that of `Depth`."""
    beyond = functional.softplus(BEND * (distance - curve[2])) / BEND
    return torch.exp(curve[0] + torch.exp(curve[1]) * beyond)


class Expert(nn.Module):
    """Calibrated scores: the mean of those of small networks."""

    def __init__(self, members: Members, depth: Depth) -> None:
        super().__init__()
        self.members = members
        self.depth = depth

    def scores(self, statistics: Tensor) -> Tensor:
        """Return scores (B, K), centred, of standardised statistics (B, D)."""
        scores = self.members(statistics.clamp(-LIMIT, LIMIT)).mean(dim=0)
        return scores - scores.mean(dim=1, keepdim=True)

    def forward(self, statistics: Tensor) -> Tensor:
        """Return the scores divided by the temperature."""
        return self.scores(statistics) / self.depth(statistics)


class SpeechNet(nn.Module):
    """Logits of standardised statistics: two experts and a gate.

    The gate hears whether the sound is clean; then the expert that learned mostly from such
    clips decides, else the one that learned from bad sound as well.  ``no_voice`` knows voices
    and other sounds apart.
    """

    def __init__(
        self, wide: Expert, robust: Expert, gate: nn.Linear, no_voice: nn.Linear
    ) -> None:
        super().__init__()
        self.wide = wide
        self.robust = robust
        self.gate = gate
        self.no_voice = no_voice

    def hard(self, statistics: Tensor) -> Tensor:
        """Return how far from clean each clip is, (B, 1) in [0, 1]."""
        return self.gate(statistics.clamp(-LIMIT, LIMIT)).sigmoid()

    def forward(self, statistics: Tensor) -> tuple[Tensor, Tensor]:
        """Return logits (B, K) and strangeness (B,) of standardised statistics (B, D).

        The strangeness in [0, 1] is the chance that this is no voice, or as much as the sound is
        further than OUTSIDE from what the expert that decides learned from, whichever is more.
        """
        hard = self.hard(statistics)
        logits = (1 - hard) * self.wide(statistics) + hard * self.robust(statistics)
        distance = ((1 - hard) * self.wide.depth.distance(statistics)
                    + hard * self.robust.depth.distance(statistics))
        outside = (BEND * (distance - OUTSIDE)).sigmoid()
        no_voice = self.no_voice(statistics.clamp(-LIMIT, LIMIT)).sigmoid()
        return logits, torch.maximum(outside, no_voice)[:, 0]
