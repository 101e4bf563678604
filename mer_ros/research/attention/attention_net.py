"""The network of learnable attention fusion in torch; `AttentionNetwork` runs it in numpy."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
import torch
from torch import nn, Tensor

from mer_ros.research.attention.attention_model import COMBINATIONS, KIND, LIMIT

DIGITS = 6
"""Significant digits of the weights in a file: those of float32, about."""

FAINT = 0.1
"""What the other units of a label MLP that begins as a sum are multiplied by."""


@dataclass(frozen=True, slots=True)
class Selection:
    """Which inputs of a modality are used, and their mean and scale on the training fold (D',)."""

    columns: NDArray[np.intp]
    mean: NDArray[np.float64]
    scale: NDArray[np.float64]

    def apply(self, inputs: NDArray[np.float64]) -> Tensor:
        """Return what the network takes, float32 (N, D'), of inputs (N, D)."""
        standard = (inputs[:, self.columns] - self.mean) / self.scale
        return torch.from_numpy(np.clip(standard, -LIMIT, LIMIT)).float()


class AttentionNet(nn.Module):
    """Projections, classifiers, attention over their embeddings, and a label MLP (section 3.1).

    Args:
        sizes: inputs of each modality, by name.
        classes: C, the size of every embedding.
        latent: size of the common latent space of the projections; 0 where the inputs are logits,
            which a linear classifier takes as they are.
        scorer: H, the size of v.
        hidden: size of the label MLP's one hidden layer.
        combination: one of `COMBINATIONS`.

    Raises:
        ValueError: the combination is unknown.
    """

    def __init__(self, sizes: Mapping[str, int], classes: int, *, latent: int, scorer: int,
                 hidden: int, combination: str) -> None:
        super().__init__()
        if combination not in COMBINATIONS:
            raise ValueError(f'no combination is called {combination!r}; known: '
                             f'{list(COMBINATIONS)}')
        self.names, self.combination = tuple(sizes), combination
        self.classifiers = nn.ModuleList(
            nn.Sequential(nn.Linear(size, latent), nn.ReLU(), nn.Linear(latent, classes))
            if latent else nn.Sequential(nn.Linear(size, classes)) for size in sizes.values())
        self.scorers = nn.ModuleList(nn.Linear(classes, scorer) for _ in sizes)
        self.vector = nn.Parameter(torch.randn(scorer) / scorer ** 0.5)
        width = classes * (1 if combination == 'sum' else len(sizes))
        self.head = nn.Sequential(nn.Linear(width, hidden), nn.ReLU(), nn.Linear(hidden, classes))

    def forward(self, inputs: Sequence[Tensor], present: Tensor) -> tuple[Tensor, Tensor]:
        """Return logits (B, C) and attention (B, N) of inputs N x (B, D) and their trust (B, N).

        The trust is in [0, 1], or a mask; each row has a modality with more than 0.
        """
        trust = present.to(self.vector)
        embedded = torch.stack([classifier(values) for classifier, values in zip(
            self.classifiers, inputs, strict=True)], dim=1)
        embedded = embedded - embedded.mean(dim=2, keepdim=True)
        scores = torch.stack([torch.tanh(scorer(embedded[:, place])) @ self.vector
                              for place, scorer in enumerate(self.scorers)], dim=1)
        attention = torch.softmax(scores + trust.log(), dim=1)
        # An even share is 1 whoever is missing: alone, a modality is not suddenly twice as loud.
        count = trust.sum(dim=1, keepdim=True) / trust.max(dim=1, keepdim=True).values
        share = trust if self.combination == 'concat' else count * attention
        weighted = share.unsqueeze(2) * embedded
        fused = weighted.sum(dim=1) if self.combination == 'sum' else weighted.flatten(1)
        return self.head(fused), attention


def begin_with_sum(net: AttentionNet) -> None:
    """Let the classifiers be the identity, and the label MLP the sum of what it gets.

    On calibrated logits that is Dempster's rule of the preset calibrated, up to the attention; an
    MLP passes x through as max(0, x) - max(0, -x).

    Raises:
        ValueError: the label MLP has fewer than two units for each class.
    """
    first, last = net.head[0], net.head[-1]
    classes = last.out_features
    if first.out_features < 2 * classes:
        raise ValueError(f'a label MLP of {first.out_features} units cannot pass {classes} classes '
                         f'through; needed are {2 * classes}')
    one = torch.eye(classes)
    with torch.no_grad():
        for (layer,) in net.classifiers:
            layer.weight.copy_(one)
            layer.bias.zero_()
        first.weight[:2 * classes] = torch.cat([one, -one]).repeat(
            1, first.in_features // classes)
        last.weight[:, :2 * classes] = torch.cat([one, -one], dim=1)
        last.weight[:, 2 * classes:] *= FAINT
        first.bias[:2 * classes] = 0.0
        last.bias.zero_()


def write_network(net: AttentionNet, path: Path, *, labels: Sequence[str], inputs: str,
                  selections: Mapping[str, Selection], about: Mapping[str, Any]) -> None:
    """Write what `mer_ros.research.attention.attention_model.read_network` reads."""
    content = {
        'kind': KIND, 'labels': list(labels), 'inputs': inputs, 'combination': net.combination,
        'about': dict(about),
        'modalities': {name: {
            'columns': selections[name].columns.tolist(),
            'mean': _numbers(selections[name].mean), 'scale': _numbers(selections[name].scale),
            'layers': _layers(net.classifiers[place]),
            'attention': _layer(net.scorers[place])}
            for place, name in enumerate(net.names)},
        'vector': _numbers(net.vector), 'head': _layers(net.head)}
    path.write_text(json.dumps(content) + '\n', encoding='utf-8')


def _layers(layers: Any) -> list[Any]:
    return [_layer(layer) for layer in layers if isinstance(layer, nn.Linear)]


def _layer(layer: Any) -> list[Any]:
    return [_numbers(layer.weight), _numbers(layer.bias)]


def _numbers(values: Tensor | NDArray[np.float64]) -> Any:
    array = values.detach().numpy() if isinstance(values, Tensor) else values
    if array.ndim > 1:
        return [_numbers(row) for row in array]
    return [float(f'{value:.{DIGITS}g}') for value in array]
