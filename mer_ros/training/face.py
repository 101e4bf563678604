"""Training of the built-in face model: `mer_ros train face --data DIR`."""

from __future__ import annotations

from collections.abc import Sequence
import json
import logging
from pathlib import Path
from typing import Any

import numpy as np
import torch

from mer_ros.emotions import EMOTIONS
from mer_ros.evaluation.datasets_face import load
from mer_ros.evaluation.metrics import accuracy
from mer_ros.evaluation.samples import Samples
from mer_ros.evaluation.summary import summarise
from mer_ros.fusion.logspace import softmax
from mer_ros.models.lite_face import CROP_MARGIN, LiteFace, SIDE
from mer_ros.training.calibration import fit_temperature
from mer_ros.training.face_data import load_arrays, present_sets
from mer_ros.training.face_loop import FaceLoop, network_logits, Recipe
from mer_ros.training.face_net import CalibratedFaceNet, FaceNet

_LOG = logging.getLogger(__name__)

TEMPERATURES = np.geomspace(0.2, 5.0, 321)
"""Temperatures that are tried."""

COMMON = 10
"""Test crops that a class needs for its recall to count in the figures."""


def train_face(*, data: Path, out: Path, seed: int = 0, epochs: int = 26,
               refine_epochs: int = 4, draws: int = 20_000, smoke: bool = False,
               threads: int = 1) -> dict[str, Any]:
    """Train, calibrate, export and test the built-in face model.

    Uses every data set of `datasets_face.FACE_SETS` that the folder holds: its train split to
    learn from, dev to choose the epoch and the temperature, test for the figures.  A run that
    was stopped goes on where it was when called again.

    Args:
        data: folder with the data sets, one folder each.
        out: folder to write lite_face.onnx, lite_face.json, lite_face.pt (the checkpoint) and
            lite_face.csv (the log) to.
        seed: of everything random; with the same versions and threads, a run repeats itself.
        epochs: how often ``draws`` crops are drawn and learned from.
        refine_epochs: further ones, which start again from a lower learning rate.
        draws: crops an epoch.
        smoke: one epoch of at most 64 crops, to see that everything works.
        threads: cores to use.

    Returns:
        What is written to lite_face.json: labels, temperature, data sets, recipe and figures.

    Raises:
        FileNotFoundError: the folder holds no face data set.
        ValueError: a split is empty, or lite_face.pt in ``out`` belongs to another run.

    """
    torch.set_num_threads(threads)
    folder = Path(out)
    folder.mkdir(parents=True, exist_ok=True)
    names = present_sets(Path(data))
    train, dev = (load_arrays(Path(data), names, split) for split in ('train', 'dev'))
    for split, faces in (('train', train), ('dev', dev)):
        if not len(faces):
            raise ValueError(f'the {split} split of {list(names)} is empty; '
                             f'name it in the column split of labels.csv')
    recipe = Recipe(epochs=1, refine_epochs=0, draws=min(64, len(train))) if smoke else Recipe(
        epochs=epochs, refine_epochs=refine_epochs, draws=draws)
    net, best_epoch = FaceLoop(train, dev, recipe, folder=folder, seed=seed).run()

    temperature = fit_temperature(
        network_logits(CalibratedFaceNet(net, 1.0).eval(), dev), dev.labels, TEMPERATURES)
    path = folder / 'lite_face.onnx'
    export(net, temperature, path)
    description: dict[str, Any] = {
        'labels': list(EMOTIONS), 'side': SIDE, 'crop_margin': CROP_MARGIN,
        'temperature': temperature,
        'parameters': sum(weights.numel() for weights in net.parameters()),
        'trained_on': {name: int(count) for name, count in zip(
            names, train.counts().sum(axis=1), strict=True)},
        'recipe': {name: getattr(recipe, name) for name in Recipe.__slots__},
        'seed': seed, 'best_epoch': best_epoch}
    description_file = path.with_suffix('.json')
    description_file.write_text(json.dumps(description, indent=1) + '\n', encoding='utf-8')
    model = LiteFace(path=path, threads=threads)
    description['figures'] = {
        split: {name: figures(model, load(name, Path(data), split)) for name in names}
        for split in ('dev', 'test')}
    description_file.write_text(json.dumps(description, indent=1) + '\n', encoding='utf-8')
    return description


def export(net: FaceNet, temperature: float, path: Path) -> None:
    """Write the calibrated network as ONNX: pixels uint8 (B, 48, 48) to logits (B, K)."""
    shipped = CalibratedFaceNet(net.to(memory_format=torch.contiguous_format), temperature).eval()
    example = torch.zeros((2, SIDE, SIDE), dtype=torch.uint8)
    # The newer exporter writes the paths of the training machine into the file.
    torch.onnx.export(
        shipped, (example,), str(path), input_names=['pixels'], output_names=['logits'],
        dynamic_axes={'pixels': {0: 'batch'}, 'logits': {0: 'batch'}}, opset_version=17,
        dynamo=False)


def figures(model: LiteFace, samples: Samples) -> dict[str, Any]:
    """Return what a model reaches on one split of one data set, rounded to four digits.

    Crops of classes with fewer than `COMMON` examples are left out and counted in
    ``left_out``.  ``accuracy_among_present`` lets the model answer only the classes that occur.
    """
    counts = {label: samples.labels.count(label) for label in model.labels}
    few = {label: count for label, count in counts.items() if 0 < count < COMMON}
    kept = [i for i, label in enumerate(samples.labels) if label not in few]
    if not kept:
        return {'n': 0, 'left_out': few}
    truth = np.array([model.labels.index(samples.labels[i]) for i in kept])
    logits = np.concatenate([
        model.logits([samples.inputs[i] for i in kept[start:start + 64]])
        for start in range(0, len(kept), 64)]).astype(np.float64)
    present = np.unique(truth)
    report = summarise(
        truth, softmax(logits), labels=model.labels, groups=[samples.groups[i] for i in kept])
    chosen: dict[str, Any] = _rounded({
        name: report[name] for name in ('n', 'accuracy', 'uar', 'macro_f1', 'nll', 'ece')})
    chosen['intervals'] = _rounded({
        name: report['intervals'][name] for name in ('accuracy', 'uar', 'ece')})
    chosen['recall'] = _rounded({
        model.labels[i]: report['classes'][model.labels[i]]['recall'] for i in present})
    chosen['accuracy_among_present'] = _rounded(accuracy(
        np.searchsorted(present, truth), softmax(logits[:, present])))
    chosen['left_out'] = few
    return chosen


def _rounded(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _rounded(item) for key, item in value.items()}
    if isinstance(value, Sequence):
        return [_rounded(item) for item in value]
    return round(value, 4) if isinstance(value, float) else value
