"""Training of the built-in speech model: `mer_ros train speech --data DIR`."""

from dataclasses import asdict
from itertools import chain
import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
import torch

from mer_ros.emotions import EMOTIONS
from mer_ros.evaluation.adaptation_gain import evaluate_adapted
from mer_ros.evaluation.datasets.samples import Samples
from mer_ros.evaluation.datasets.speech_sets import load, table_of
from mer_ros.evaluation.metrics.classification import balanced_accuracy
from mer_ros.evaluation.metrics.summary import summarise
from mer_ros.fusion.logspace import softmax
from mer_ros.models.speech.lite_speech import LiteSpeech
from mer_ros.training.labelled_segments import read_collected, samples_of, SOURCE
from mer_ros.training.speech.speech_collected import with_features, without_media
from mer_ros.training.speech.speech_data import describe, Described, only_clean
from mer_ros.training.speech.speech_depth import fit_depth
from mer_ros.training.speech.speech_fit import fit_net, Fitted
from mer_ros.training.speech.speech_left_out import leave_one_speaker_out, LeftOut
from mer_ros.training.speech.speech_net import Recipe, SpeechNet

HELD_OUT = (('emodb', 'test'), ('ravdess', 'eval'))
"""What the model is tested on; the second is another language, studio and set of actors."""


def train_speech(
    *, data: Path, out: Path, seed: int = 0, smoke: bool = False, resume: bool = False,
    collected: Path | None = None,
) -> dict[str, Any]:
    """Train, calibrate, export and test the built-in speech model.

    Learns from the train and dev speakers of EMO-DB, and from what was ``collected``.  Each
    speaker of EMO-DB in turn is left out to measure the recipe; then one model learns from all.
    The temperature of the robust expert is fitted on what these say about the speaker that they
    never heard, that of the wide one on further models that learned from clean clips alone: to
    them the augmented ones are as strange as what no augmentation thought of is to the final
    model.
    Figures are measured on every set of `HELD_OUT` that the folder holds.

    Args:
        data: folder with the data sets, one folder each.
        out: folder to write lite_speech.onnx, lite_speech.json and the logs to.
        seed: of everything random; with the same versions, a run repeats itself.
        smoke: one epoch and two augmented copies, to see that everything works.
        resume: go on where a run in ``out`` was stopped.
        collected: folder of labelled items of a robot, see `training.collected`; they are only
            learned from, and nothing is measured on them.

    Returns:
        What is written to lite_speech.json: labels, statistics with mean and scale, departures
        of the emotions, the curves of the temperatures, recipe and figures.

    Raises:
        FileNotFoundError: EMO-DB is not in the folder, or a collected file is missing.
        ValueError: fewer than three speakers, or one without whom a class is missing; something
            collected cannot be used; with ``resume``, the folder holds a run with another recipe.

    """
    torch.set_num_threads(1)
    folder = Path(out)
    folder.mkdir(parents=True, exist_ok=True)
    recipe = Recipe(sessions=2, members=1, epochs=1) if smoke else Recipe()
    parts = [load('emodb', Path(data), split) for split in ('train', 'dev')]
    speakers = sorted({*parts[0].groups, *parts[1].groups})
    items = read_collected(collected, 'speech') if collected else []
    parts.append(samples_of(items, 'speech'))
    samples = Samples(*(list(chain.from_iterable(getattr(part, name) for part in parts))
                        for name in ('inputs', 'labels', 'groups')), 'speech')
    labels = [label for label in EMOTIONS if label in samples.labels]
    names, described = describe(samples, labels, recipe.sessions, seed)
    mute = without_media(items, labels)
    if mute:
        described = with_features(described, mute, names=names, labels=labels)
    judged = described.where(np.isin(described.speaker, speakers))
    options: dict[str, Any] = {'seed': seed, 'resume': resume}
    heard, strange = LeftOut(judged, len(labels)), LeftOut(judged, len(labels))
    for left_out, rows, kind in ((heard, described, 'left_out'),
                                 (strange, only_clean(described), 'clean_only')):
        for speaker, fitted in leave_one_speaker_out(
                rows, len(labels), recipe, speakers=speakers, folder=folder / 'log' / kind,
                **options):
            left_out.fill(speaker, fitted)
    curves = fit_curves(heard, strange)
    final = fit_net(described, len(labels), recipe, folder=folder / 'log' / 'all', **options)
    for expert, curve in zip((final.net.wide, final.net.robust), curves, strict=True):
        expert.depth.curve.copy_(torch.from_numpy(curve))
    path = folder / 'lite_speech.onnx'
    export(final.net, len(names), path)
    description: dict[str, Any] = {
        'labels': labels,
        'temperature': {name: dict(zip(('log_near', 'log_slope', 'from'), curve.round(4).tolist(),
                                       strict=True))
                        for name, curve in zip(('wide', 'robust'), curves, strict=True)},
        'seed': seed, 'recipe': asdict(recipe), 'trained_on': {
            'emodb': len(parts[0]) + len(parts[1]),
            **({SOURCE: len(parts[2]) + len(mute)} if items else {})},
        'statistics': names, 'mean': final.mean.tolist(), 'scale': final.scale.tolist(),
        'departures': departures(described, final)}
    _write(description, path)
    logits = heard.logits(curves)
    clean = judged.session == 0
    description['figures'] = {
        'emodb leave-one-speaker-out': figures(logits[clean], judged.truth[clean], labels),
        'emodb leave-one-speaker-out, augmented': figures(
            logits[~clean], judged.truth[~clean], labels),
        **_held_out(LiteSpeech(path=path), Path(data))}
    _write(description, path)
    return description


def fit_curves(heard: LeftOut, strange: LeftOut) -> NDArray[np.float64]:
    """Return the curves (2, 3) of the temperatures of the wide and the robust expert.

    The first is fitted on models that heard clean clips alone (``strange``), the second on those
    that ``heard`` such clips as it is for.
    """
    truth, session = heard.described.truth, heard.described.session
    hard = heard.described.hard

    def curve(part: LeftOut, expert: int, rows: NDArray[np.bool_]) -> NDArray[np.float64]:
        return fit_depth(part.scores[expert, rows], truth[rows], part.distance[expert, rows],
                         session[rows])

    wide = curve(strange, 0, ~hard)
    return np.stack([wide, curve(heard, 1, hard) if hard.any() else wide])


def departures(described: Described, fitted: Fitted) -> list[list[float]]:
    """Return by how much the clean clips of each class depart from the mean, (K, D)."""
    clean = only_clean(described)
    return [(clean.statistics[clean.truth == k].mean(axis=0) - fitted.mean).tolist()
            for k in np.unique(clean.truth)]


def export(net: SpeechNet, width: int, path: Path) -> None:
    """Write the calibrated ensemble as ONNX: standardised statistics (B, D) to logits (B, K)."""
    torch.onnx.export(
        net.eval(), (torch.zeros((2, width)),), str(path), input_names=['statistics'],
        output_names=['logits'], opset_version=17, dynamo=False,
        dynamic_axes={'statistics': {0: 'batch'}, 'logits': {0: 'batch'}})


def _held_out(model: LiteSpeech, data: Path) -> dict[str, Any]:
    """Return the figures on every set of `HELD_OUT` that is there, plain and adapted."""
    found: dict[str, Any] = {}
    for name, split in HELD_OUT:
        if table_of(name, data).is_file():
            found[f'{name} {split}'] = evaluate(model, load(name, data, split))
            found[f'{name} {split}, adapted'] = evaluate_adapted(
                name, data, split, model=model)['adapted']
    return found


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
    probability = softmax(logits)
    report = summarise(truth, probability, labels=labels)
    chosen: dict[str, Any] = {
        'n': report['n'], 'confidence': round(float(probability.max(axis=1).mean()), 4)}
    for name in ('accuracy', 'uar', 'macro_f1', 'nll', 'ece'):
        chosen[name] = round(report[name], 4)
    chosen['intervals'] = {name: [round(end, 4) for end in report['intervals'][name]]
                           for name in ('accuracy', 'uar', 'ece')}
    chosen['recall'] = {label: round(report['classes'][label]['recall'], 4) for label in labels}
    return chosen


def _write(description: dict[str, Any], path: Path) -> None:
    path.with_suffix('.json').write_text(
        json.dumps(description, indent=1) + '\n', encoding='utf-8')
