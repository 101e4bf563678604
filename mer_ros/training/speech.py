"""Training of the built-in speech model: `mer_ros train speech --data DIR`."""

from __future__ import annotations

import csv
from dataclasses import asdict
import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rich.progress import track
import torch

from mer_ros.emotions import EMOTIONS
from mer_ros.evaluation.datasets_speech import load, table_of
from mer_ros.evaluation.metrics import balanced_accuracy
from mer_ros.evaluation.samples import Samples
from mer_ros.evaluation.summary import summarise
from mer_ros.fusion.logspace import softmax
from mer_ros.models.lite_speech import LiteSpeech
from mer_ros.training.calibration import fit_temperature
from mer_ros.training.speech_data import describe, Described, population
from mer_ros.training.speech_net import fit, Recipe, SpeechNet

TEMPERATURES = np.geomspace(0.1, 5.0, 391)
"""Temperatures that are tried."""

HELD_OUT = (('emodb', 'test'), ('ravdess', 'eval'))
"""What the model is tested on; the second is another language, studio and set of actors."""


def train_speech(*, data: Path, out: Path, seed: int = 0, smoke: bool = False) -> dict[str, Any]:
    """Train, calibrate, export and test the built-in speech model.

    Learns from the train and dev speakers of EMO-DB and of nothing else.  Each speaker in turn
    is left out to fit the temperature and to measure the recipe; then one ensemble learns from
    all of them.  Figures are measured on every set of `HELD_OUT` that the folder holds.

    Args:
        data: folder with the data sets, one folder each.
        out: folder to write lite_speech.onnx, lite_speech.json and log.csv to.
        seed: of everything random; with the same versions, a run repeats itself.
        smoke: one epoch and one augmented copy, to see that everything works.

    Returns:
        What is written to lite_speech.json: labels, statistics with mean and scale, temperature,
        recipe and figures.

    Raises:
        FileNotFoundError: EMO-DB is not in the folder.
        ValueError: fewer than two speakers, or a speaker without whom a class is missing.

    """
    torch.set_num_threads(1)
    folder = Path(out)
    folder.mkdir(parents=True, exist_ok=True)
    recipe = Recipe(copies=1, members=1, epochs=1) if smoke else Recipe()
    parts = [load('emodb', Path(data), split) for split in ('train', 'dev')]
    samples = Samples(*(getattr(parts[0], name) + getattr(parts[1], name)
                        for name in ('inputs', 'labels', 'groups')), 'speech')
    labels = [label for label in EMOTIONS if label in samples.labels]
    names, described = describe(samples, labels, recipe.copies, seed)
    with (folder / 'log.csv').open('w', newline='', encoding='utf-8') as file:
        log = csv.writer(file)
        log.writerow(['left_out', 'member', 'epoch', 'loss'])
        held_out = leave_one_speaker_out(described, len(labels), recipe, seed, log)
        mean, scale = population(described)
        net = fit((described.statistics - mean) / scale, described.truth, len(labels), recipe,
                  seed=seed, note=lambda *row: log.writerow(['', *row]))
    temperature = fit_temperature(held_out, described.truth, TEMPERATURES)
    net.temperature.fill_(temperature)
    path = folder / 'lite_speech.onnx'
    export(net, len(names), path)
    description: dict[str, Any] = {
        'labels': labels, 'temperature': temperature, 'seed': seed, 'recipe': asdict(recipe),
        'trained_on': {'emodb': len(samples)}, 'statistics': names, 'mean': mean.tolist(),
        'scale': scale.tolist()}
    file_of_description = path.with_suffix('.json')
    file_of_description.write_text(json.dumps(description, indent=1) + '\n', encoding='utf-8')
    model = LiteSpeech(path=path)
    clean = described.copy == 0
    description['figures'] = {
        'emodb leave-one-speaker-out': figures(
            held_out[clean] / temperature, described.truth[clean], labels),
        'emodb leave-one-speaker-out, augmented': figures(
            held_out[~clean] / temperature, described.truth[~clean], labels),
        **{f'{name} {split}': evaluate(model, load(name, Path(data), split))
           for name, split in HELD_OUT if table_of(name, Path(data)).is_file()}}
    file_of_description.write_text(json.dumps(description, indent=1) + '\n', encoding='utf-8')
    return description


def leave_one_speaker_out(described: Described, classes: int, recipe: Recipe, seed: int,
                          log: Any) -> NDArray[np.float64]:
    """Return logits (N, K) of each row by an ensemble that never heard its speaker."""
    logits = np.empty((len(described.truth), classes))
    for speaker in track(sorted(set(described.speaker)), description='leaving one speaker out'):
        mask = described.speaker == speaker
        rest = described.where(~mask)
        if len(np.unique(rest.truth)) < classes:
            raise ValueError(f'without speaker {speaker!r} a class has no clip; '
                             f'every class needs two speakers')
        mean, scale = population(rest)
        net = fit((rest.statistics - mean) / scale, rest.truth, classes, recipe, seed=seed,
                  note=lambda *row, left_out=speaker: log.writerow([left_out, *row]))
        with torch.no_grad():
            standard = torch.from_numpy((described.statistics[mask] - mean) / scale).float()
            logits[mask] = net(standard).numpy()
    return logits


def export(net: SpeechNet, width: int, path: Path) -> None:
    """Write the calibrated ensemble as ONNX: standardised statistics (B, D) to logits (B, K)."""
    torch.onnx.export(
        net.eval(), (torch.zeros((2, width)),), str(path), input_names=['statistics'],
        output_names=['logits'], opset_version=17, dynamo=False,
        dynamic_axes={'statistics': {0: 'batch'}, 'logits': {0: 'batch'}})


def evaluate(model: LiteSpeech, samples: Samples) -> dict[str, Any]:
    """Return what the model reaches on the clips of the classes that it knows."""
    known = [i for i, label in enumerate(samples.labels) if label in model.labels]
    truth = np.array([model.labels.index(samples.labels[i]) for i in known])
    logits = model.logits([samples.inputs[i] for i in known]).astype(np.float64)
    chosen = figures(logits, truth, list(model.labels))
    speakers = np.array([samples.groups[i] for i in known])
    chosen['uar_by_speaker'] = {
        speaker: round(balanced_accuracy(truth[speakers == speaker],
                                         softmax(logits[speakers == speaker])), 4)
        for speaker in sorted(set(speakers.tolist()))}
    return chosen


def figures(logits: NDArray[np.float64], truth: NDArray[np.int64],
            labels: list[str]) -> dict[str, Any]:
    """Return the figures of N logits (N, K), rounded to four digits; clips are resampled."""
    report = summarise(truth, softmax(logits), labels=labels)
    chosen: dict[str, Any] = {'n': report['n']}
    for name in ('accuracy', 'uar', 'macro_f1', 'nll', 'ece'):
        chosen[name] = round(report[name], 4)
    chosen['intervals'] = {name: [round(end, 4) for end in report['intervals'][name]]
                           for name in ('accuracy', 'uar', 'ece')}
    chosen['recall'] = {label: round(report['classes'][label]['recall'], 4) for label in labels}
    return chosen
