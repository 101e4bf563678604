"""Fit of an attention fusion on labelled rows, in the order of the paper."""

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
import torch
from torch import Tensor
from torch.utils.data import DataLoader, TensorDataset

from mer_ros.calibration.temperature import fit_temperature
from mer_ros.research.attention.attention_data import Rows
from mer_ros.research.attention.attention_module import Classifier, Fusion, Recipe
from mer_ros.research.attention.attention_net import (
    AttentionNet,
    begin_with_sum,
    Selection,
    write_network,
)
from mer_ros.training.loop import fit

TEMPERATURES = np.geomspace(0.5, 2.0, 57)
"""Temperatures of the label MLP that are tried on dev, 2.5 % apart."""

LEAST_SCALE = 1e-3
"""An input that varies less than this is not blown up."""


def fit_attention(train: Rows, dev: Rows, *, folder: Path, recipe: Recipe, inputs: str = 'logits',
                  selections: Mapping[str, Selection] | None = None, calibrated: bool = False,
                  seed: int = 0, resume: bool = False, about: Mapping[str, Any] | None = None
                  ) -> Path:
    """Train on one part, choose the epochs on the other, and write the network.

    First the classifier of each modality on its own, then attention and label MLP; last the
    temperature of the label MLP is fitted on dev and becomes part of its last layer.

    Args:
        train: rows to learn from.
        dev: rows of other people, to choose the epoch and the temperature by.
        folder: for ``attention.json`` and the logs.
        recipe: how to train.
        inputs: what the rows hold, logits or features.
        selections: what is used of each modality's inputs; None uses everything.
        calibrated: the inputs are logits that need no classifier (log-likelihoods): each is the
            identity, and only what joins them is trained.
        seed: of everything random.
        resume: go on where a run in this folder was stopped.
        about: what the file says about the training, beside the recipe.

    Returns:
        The path of the file.

    Raises:
        ValueError: no row of a part has some modality; or see `fit`.

    """
    for part, rows in (('train', train), ('dev', dev)):
        lacking = [name for name, there in rows.present.items() if not there.any()]
        if lacking:
            raise ValueError(f'none of the {len(rows.truth)} {part} rows has {lacking}; leave '
                             f'these modalities out, or give more recordings of them')
    folder.mkdir(parents=True, exist_ok=True)
    chosen = selections or {
        name: untouched(len(train.labels)) if calibrated else whole(values[train.present[name] > 0])
        for name, values in train.inputs.items()}
    torch.manual_seed(seed)
    net = AttentionNet({name: len(one.columns) for name, one in chosen.items()},
                       len(train.labels), latent=recipe.latent if inputs == 'features' else 0,
                       scorer=recipe.scorer, hidden=recipe.hidden, combination=recipe.combination)
    about_run = {**asdict(recipe), 'inputs': inputs, 'calibrated': calibrated,
                 'rows': [len(train.truth), len(dev.truth)]}

    def trained(module: Any, name: str, parts: list[TensorDataset]) -> None:
        learned, judged = parts
        fit(module, DataLoader(learned, batch_size=recipe.batch, shuffle=True),
            DataLoader(judged, batch_size=len(judged)), folder=folder / name,
            epochs=recipe.epochs, patience=recipe.patience, seed=seed, resume=resume,
            recipe={**about_run, 'stage': name})

    for place, name in enumerate(net.names):
        if not calibrated:
            trained(Classifier(net.classifiers[place], recipe), name, [TensorDataset(
                chosen[name].apply(rows.inputs[name])[rows.present[name] > 0],
                torch.from_numpy(rows.truth[rows.present[name] > 0])) for rows in (train, dev)])
    if calibrated:
        begin_with_sum(net)
    net.train()
    tensors = [tensors_of(rows, chosen) for rows in (train, dev)]
    trained(Fusion(net, recipe), 'fusion', [TensorDataset(*one) for one in tensors])
    temperature = _temper(net, tensors[1])
    about_file = {**(about or {}), **about_run, 'seed': seed, 'temperature': temperature}
    path = folder / 'attention.json'
    write_network(net, path, labels=train.labels, inputs=inputs, selections=chosen,
                  about=about_file)
    return path


def tensors_of(rows: Rows, selections: Mapping[str, Selection]) -> list[Tensor]:
    """Return inputs N x (B, D'), the trust (B, N) and the classes (B,), as `Fusion` takes them."""
    present = np.stack([rows.present[name] for name in selections], axis=1, dtype=np.float32)
    return [*(one.apply(rows.inputs[name]) for name, one in selections.items()),
            torch.from_numpy(present), torch.from_numpy(rows.truth)]


def whole(values: NDArray[np.float64]) -> Selection:
    """Return the selection of all columns of inputs (N, D), with their mean and scale."""
    return scaled(values, np.arange(values.shape[1]))


def scaled(values: NDArray[np.float64], columns: NDArray[np.intp]) -> Selection:
    """Return the selection of these columns of inputs (N, D), with their mean and scale."""
    used = values[:, columns]
    return Selection(columns, used.mean(axis=0), np.maximum(used.std(axis=0), LEAST_SCALE))


def untouched(classes: int) -> Selection:
    """Return the selection of all logits (N, classes) as they are."""
    return Selection(np.arange(classes), np.zeros(classes), np.ones(classes))


def _temper(net: AttentionNet, dev: list[Tensor]) -> float:
    """Divide the last layer by the temperature that suits the dev rows best, and return it."""
    *inputs, present, truth = dev
    with torch.inference_mode():
        logits, _ = net(inputs, present)
    temperature = fit_temperature(logits.double().numpy(), truth.numpy(), TEMPERATURES)
    last = net.head[-1]
    with torch.no_grad():
        for weights in last.parameters():
            weights.div_(temperature)
    return temperature
