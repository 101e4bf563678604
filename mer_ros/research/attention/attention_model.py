"""The network of learnable attention fusion (Joshi and Khare), in numpy and read from JSON."""

from collections.abc import Mapping
from dataclasses import dataclass, field
import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mer_ros.emotions import check_labels
from mer_ros.fusion.logspace import Floats
from mer_ros.models.shipped import read_shipped

COMBINATIONS = ('weighted', 'concat', 'sum')
"""What goes into the label MLP, for modalities i with class embeddings z_i and attention a_i.

``weighted``: [a_i z_i], the weighted embeddings side by side, as the paper says in words.
``concat``: [z_i], as its equation is printed; the attention then has no influence.
``sum``: the sum of a_i z_i, which the paper computes and does not use.
The attention counts n-fold, n being how many modalities there are: an even share is 1 whoever is
missing.  In the paper nobody ever is, and the MLP makes up for a constant.
"""

KIND = 'mer_ros attention fusion'
"""What a file says of itself."""

LIMIT = 20.0
"""Standardised inputs beyond this count as this."""

Layer = tuple[Floats, Floats]
"""Weights (out, in) and bias (out,)."""


@dataclass(frozen=True, slots=True)
class Branch:
    """What one modality goes through: selection, scaling, classifier, score of the attention.

    ``columns`` (D',) are the inputs that were selected; ``mean`` and ``scale`` (D',) those of the
    training fold; ``layers`` the projection and the classifier, or the classifier alone, with
    max(0, x) between them; ``attention`` is W' (H, C) and b' (H,).
    """

    columns: NDArray[np.intp]
    mean: Floats
    scale: Floats
    layers: tuple[Layer, ...]
    attention: Layer

    def embed(self, inputs: Floats) -> Floats:
        """Return the class embedding z (..., C) of inputs (..., D): class logits of mean 0."""
        standard = (inputs[..., self.columns] - self.mean) / self.scale
        return centred(_through(self.layers, np.minimum(np.maximum(standard, -LIMIT), LIMIT)))


@dataclass(frozen=True, slots=True)
class AttentionNetwork:
    """Classifiers of several modalities, attention over them, and a label MLP (section 3.1).

    Attributes:
        labels: the C classes.
        inputs: ``logits`` or ``features``, what the branches take.
        combination: one of `COMBINATIONS`.
        branches: by modality.
        vector: v (H,), shared.
        head: the label MLP, with max(0, x) between its layers.
        about: how it was trained, as JSON.

    """

    labels: tuple[str, ...]
    inputs: str
    combination: str
    branches: Mapping[str, Branch]
    vector: Floats
    head: tuple[Layer, ...]
    about: Mapping[str, Any] = field(default_factory=dict, repr=False)

    def check_names(self, names: tuple[str, ...]) -> None:
        """Raise ValueError for modalities that the network was not trained on."""
        unknown = [name for name in names if name not in self.branches]
        if unknown:
            raise ValueError(
                f'the attention fusion was not trained on {unknown}; given {list(names)}, trained '
                f'{list(self.branches)}: fuse these, or train one with `mer_ros train attention`')

    def judge(self, inputs: Mapping[str, Floats], trust: Floats) -> tuple[Floats, Floats]:
        """Return logits (..., C) and the attention (N, ...) that each of N modalities got.

        alpha_i is proportional to r_i exp(v^T tanh(W'_i z_i + b'_i)), so that a modality whose
        trust r_i is 0 is masked; where all are, every alpha is 0.

        Args:
            inputs: by modality (..., D) with the same leading dimensions.
            trust: (N, ...) in [0, 1], in their order.

        Raises:
            ValueError: a modality was not trained on.

        """
        names = tuple(inputs)
        self.check_names(names)
        branches = [self.branches[name] for name in names]
        embedded = np.array([branch.embed(values) for branch, values in zip(
            branches, inputs.values(), strict=True)])
        scores = np.array([np.tanh(_affine(branch.attention, z)) @ self.vector
                           for branch, z in zip(branches, embedded, strict=True)])
        weights = trust * np.exp(scores - scores.max(axis=0))
        total = weights.sum(axis=0)
        attention: Floats = weights / np.where(total > 0.0, total, 1.0)
        if self.combination == 'concat':
            share = np.broadcast_to(trust, scores.shape)
        else:
            share = attention * _effective_count(trust)
        weighted = share[..., np.newaxis] * embedded
        if self.combination == 'sum':
            return _through(self.head, weighted.sum(axis=0)), attention
        absent = np.zeros_like(embedded[0])
        places = dict(zip(names, weighted, strict=True))
        side_by_side = np.concatenate(
            [places.get(name, absent) for name in self.branches], axis=-1)
        return _through(self.head, side_by_side), attention


def centred(logits: Floats) -> Floats:
    """Return logits (..., C) less their mean over the classes, which a softmax does not tell."""
    values: Floats = logits - logits.mean(axis=-1, keepdims=True)
    return values


def _effective_count(trust: Floats) -> Floats:
    """Return how many modalities (...) there are, one that is half trusted as half of the best."""
    best = trust.max(axis=0)
    count: Floats = trust.sum(axis=0) / np.where(best > 0.0, best, 1.0)
    return count


def read_network(path: Path | str) -> AttentionNetwork:
    """Read a network as `mer_ros train attention` writes it.

    Raises:
        FileNotFoundError: the file is missing.
        ValueError: it holds something else, numbers that are not finite, or parts that do not fit.
    """
    file = Path(path)
    if not file.is_file():
        raise FileNotFoundError(f'the attention fusion {file} is missing; write one with '
                                f'`mer_ros train attention`')
    try:
        content = json.loads(read_shipped(file))
        if content['kind'] != KIND:
            raise ValueError(f'its kind is {content["kind"]!r}, needed is {KIND!r}')
        network = AttentionNetwork(
            labels=check_labels(content['labels']), inputs=content['inputs'],
            combination=content['combination'],
            branches={name: Branch(
                columns=np.array(part['columns'], dtype=np.intp), mean=_numbers(part['mean']),
                scale=_numbers(part['scale']), layers=_layers(part['layers']),
                attention=_layers([part['attention']])[0])
                for name, part in content['modalities'].items()},
            vector=_numbers(content['vector']), head=_layers(content['head']),
            about=content['about'])
        _try(network)
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise ValueError(f'{file} is no attention fusion that can be used '
                         f'({type(error).__name__}: {error}); write one with '
                         f'`mer_ros train attention`') from error
    return network


def _try(network: AttentionNetwork) -> None:
    """Raise ValueError or IndexError if the parts do not fit together."""
    if network.combination not in COMBINATIONS or network.inputs not in ('logits', 'features'):
        raise ValueError(f'combination {network.combination!r} of {network.inputs!r}; allowed are '
                         f'{list(COMBINATIONS)} of logits or features')
    sizes = {name: int(branch.columns.max()) + 1 for name, branch in network.branches.items()}
    logits, _ = network.judge({name: np.zeros(size) for name, size in sizes.items()},
                              np.ones(len(sizes)))
    if logits.shape != (len(network.labels),):
        raise ValueError(f'{logits.shape[-1]} scores for the {len(network.labels)} labels')


def _layers(given: Any) -> tuple[Layer, ...]:
    return tuple((_numbers(weights), _numbers(bias)) for weights, bias in given)


def _numbers(given: Any) -> Floats:
    array = np.asarray(given, dtype=np.float64)
    if not np.isfinite(array).all():
        raise ValueError('a weight is not finite')
    return array


def _affine(layer: Layer, values: Floats) -> Floats:
    result: Floats = values @ layer[0].T + layer[1]
    return result


def _through(layers: tuple[Layer, ...], values: Floats) -> Floats:
    for layer in layers[:-1]:
        values = np.maximum(_affine(layer, values), 0.0)
    return _affine(layers[-1], values)
