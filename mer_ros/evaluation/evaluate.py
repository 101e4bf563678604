"""Evaluation of models and of their fusion, on data sets and on manifests."""

from __future__ import annotations

from collections.abc import Sequence
import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mer_ros.emotions import align, EMOTIONS
from mer_ros.engines.fusion_settings import FusionSettings
from mer_ros.evaluation.datasets import load
from mer_ros.evaluation.inputs import InputReader
from mer_ros.evaluation.manifest import MODALITIES, read_manifest, Row
from mer_ros.evaluation.predict import predict_logits, predict_probabilities
from mer_ros.evaluation.summary import summarise
from mer_ros.fusion import fuse
from mer_ros.models import load_model


def evaluate_dataset(name: str, root: Path, split: str, *, profile: str = 'lite',
                     model: Any = None, resamples: int = 1000, seed: int = 0) -> dict[str, Any]:
    """Measure one model alone on one split of one data set.

    Args:
        name: of the data set, one of `datasets.LOADERS`.
        root: the folder that holds the data sets.
        split: one of the splits of the set.
        profile: the profile or name of the model; not used where ``model`` is given.
        model: a model of the set's modality.
        resamples: of the bootstrap over the groups of the set; 0 leaves intervals out.
        seed: of the bootstrap.

    Returns:
        `summarise` of softmax(logits), with dataset, split, modality, model and the classes that
        the model never learned.  Where the set lacks classes, ``within_classes`` holds the
        macro-F1 of predictions among the others alone.
    """
    samples = load(name, root, split)
    model = load_model(samples.modality, profile) if model is None else model
    probability = predict_probabilities(model, samples.inputs)
    truth = _indices(samples.labels)
    report = {'dataset': name, 'split': split, **_about(model, samples.modality, samples.labels)}
    report.update(summarise(truth, probability, labels=EMOTIONS, groups=samples.groups,
                            resamples=resamples, seed=seed))
    occurring = np.unique(truth)
    if len(occurring) < len(EMOTIONS):
        kept = probability[:, occurring] + 1e-12
        within = summarise(np.searchsorted(occurring, truth),
                           kept / kept.sum(axis=1, keepdims=True),
                           labels=[EMOTIONS[index] for index in occurring],
                           groups=samples.groups, resamples=resamples, seed=seed)
        report['within_classes'] = within
    return report


def evaluate_manifest(path: Path, *, profile: str = 'lite', preset: str = 'calibrated',
                      models: dict[str, Any] | None = None, resamples: int = 1000,
                      seed: int = 0, out: Path | None = None) -> dict[str, Any]:
    """Measure each modality alone and all of them fused on the recordings of a manifest.

    Args:
        path: the manifest, see `read_manifest`.
        profile: the profile or name of the models.
        preset: of the fusion; a modality alone goes through it too, as it does on the robot.
        models: models by modality that replace those of the profile.
        resamples: of the bootstrap, over persons where every row names one; 0 leaves it out.
        seed: of the bootstrap.
        out: a file to write the report to as JSON.

    Returns:
        ``modalities`` with the figures of each alone, ``fused``, ``skipped`` (inputs that could
        not be used, with line and reason), ``unusable`` (rows with nothing usable, which count in
        no figure) and ``face_crops`` (how often a face was found or the whole image was taken).

    Raises:
        ValueError: the manifest is wrong, or no row of it can be used.
        FileNotFoundError: a file that it names does not exist.
    """
    rows = read_manifest(path)
    reader = InputReader()
    given = [name for name in MODALITIES if any(getattr(row, name) is not None for row in rows)]
    chosen = {name: (models or {}).get(name) or load_model(name, profile) for name in given}
    logits, named, present = {}, {}, {}
    for name, model in chosen.items():
        logits[name], named[name], present[name] = _run(model, name, rows, reader)
    usable = np.any(list(present.values()), axis=0) if present else np.zeros(len(rows), bool)
    if not usable.any():
        raise ValueError(f'no row of {path} can be used: {reader.skipped[:3]}')
    settings = FusionSettings(preset=preset)
    groups = [row.person for row in rows] if all(row.person for row in rows) else None

    def figures(names: Sequence[str], mask: NDArray[np.bool_]) -> dict[str, Any]:
        opinion = fuse(
            {name: logits[name][mask] for name in names},
            named={name: named[name] for name in names},
            reliability={name: settings.reliability_of(name) * present[name][mask]
                         for name in names},
            **settings.options)
        kept = np.flatnonzero(mask)
        report = summarise(_indices([rows[i].label for i in kept]), opinion.probability,
                           labels=EMOTIONS, resamples=resamples, seed=seed,
                           groups=[groups[i] for i in kept] if groups else None)
        return {**report, 'mean_uncertainty': float(np.mean(opinion.uncertainty)),
                'mean_conflict': float(np.mean(opinion.disagreement))}

    labels = [row.label for row in rows]
    report: dict[str, Any] = {
        'manifest': path.name, 'profile': profile, 'preset': preset, 'rows': len(rows),
        'modalities': {
            name: {**_about(chosen[name], name, labels),
                   **(figures([name], present[name]) if present[name].any() else {'n': 0})}
            for name in given},
        'fused': figures(given, usable),
        'skipped': reader.skipped,
        'unusable': [{'line': row.line, 'id': row.id, 'label': row.label}
                     for row, good in zip(rows, usable, strict=True) if not good],
    }
    if 'face' in given:
        report['face_crops'] = dict(reader.face_crops)
    if out is not None:
        out.write_text(json.dumps(report, indent=1, allow_nan=False) + '\n', encoding='utf-8')
    return report


def _run(model: Any, modality: str, rows: list[Row], reader: InputReader
         ) -> tuple[NDArray[np.float64], NDArray[np.bool_], NDArray[np.bool_]]:
    """Return logits (N, 7), which classes are learned (7,), and which rows have them (N,)."""
    inputs = [reader.read(row, modality) for row in rows]
    present = np.array([item is not None for item in inputs])
    logits = np.zeros((len(rows), len(EMOTIONS)))
    kept, named = align(model.labels, predict_logits(
        model, [item for item in inputs if item is not None]))
    logits[present] = kept
    return logits, named, present


def _about(model: Any, modality: str, labels: Sequence[str]) -> dict[str, Any]:
    unlearned = [label for label in EMOTIONS if label not in model.labels]
    return {'modality': modality, 'model': model.name, 'labels': list(model.labels),
            'never_learned': {label: list(labels).count(label) for label in unlearned}}


def _indices(labels: Sequence[str]) -> NDArray[np.intp]:
    return np.array([EMOTIONS.index(label) for label in labels], dtype=np.intp)
