"""How well the built-in face model does on people that it never saw, and how it bears bad pictures.

Needs the sets of ../shared/data; there are no rows of a set that is not there.
"""

from itertools import pairwise
from pathlib import Path
from typing import Any

from compare import row
import cv2
import numpy as np

DATA = Path(__file__).resolve().parents[2] / 'shared' / 'data'

SETS = {'ferplus': ('test', 'accuracy', 0.85), 'fer2013': ('test', 'uar', 0.66),
        'muxspace_faces': ('test', 'accuracy', 0.80), 'london_faces': ('test', 'accuracy', 0.95),
        'grid_talking': ('test', 'accuracy', None), 'yale': ('eval', 'accuracy', None)}
"""Split, the figure that counts, and its target."""

CALM = ('muxspace_faces', 'london_faces', 'grid_talking')
"""The sets whose neutral faces must look neutral."""

SIDES = (8, 12, 16, 24, 32, 40)
BLURS = (0.5, 1.0, 1.5, 2.0, 3.0)
LIGHTS = (0.2, 0.1, 0.05, 0.03, 0.015)
TURNS = (0.0, 0.1, 0.2, 0.3, 0.4, 0.6, 9.0)
NOISE = 2.0
PICTURES = 1200
"""Dev pictures of ferplus that are made worse, and the noise of a dark sensor in grey levels."""


def run() -> list[dict[str, Any]]:
    """Return accuracy, calibration, false emotions on neutral faces, and what bad pictures cost."""
    from mer_ros.models import load_model

    cv2.setNumThreads(1)
    model = load_model('face', 'lite')
    return [*_figures(model), *_worse(model), *_turned(model)]


def _figures(model: Any) -> list[dict[str, Any]]:
    from mer_ros.evaluation.datasets.load_dataset import load
    from mer_ros.evaluation.metrics.classification import (
        accuracy,
        balanced_accuracy,
        calibration_error,
    )
    from mer_ros.fusion.logspace import softmax

    rows, calm = [], []
    for name, (split, counts, target) in SETS.items():
        try:
            samples = load(name, DATA, split)
        except FileNotFoundError:
            continue
        truth = np.array([model.labels.index(label) for label in samples.labels])
        probability = softmax(_logits(model, samples.inputs))
        for figure, measure in (('accuracy', accuracy), ('uar', balanced_accuracy)):
            rows.append(row(f'{name} {split}: {figure}', measure(truth, probability), 'share',
                            least=target if figure == counts else None))
        rows.append(row(f'{name} {split}: ECE', calibration_error(truth, probability), 'share',
                        most=0.02 if name == 'ferplus' else None))
        if name in CALM:
            calm += [model.labels[best] for best, label in zip(
                probability.argmax(axis=1), samples.labels, strict=True) if label == 'neutral']
    if calm:
        rows += [row('neutral faces shown as something else', 1 - calm.count('neutral') / len(calm),
                     'share', most=0.08),
                 row('neutral faces shown as anger', calm.count('anger') / len(calm), 'share',
                     most=0.01)]
    return rows


def _logits(model: Any, crops: list[Any]) -> Any:
    return np.concatenate([model.logits(crops[start:start + 64])
                           for start in range(0, len(crops), 64)]).astype(np.float64)


def _worse(model: Any) -> list[dict[str, Any]]:
    """Return what is left of the accuracy above chance, beside what `face_quality` measures."""
    from mer_ros.engines.face_quality import sharpness

    found = _some_dev()
    if found is None:
        return []
    crops, truth = found
    random = np.random.default_rng(0)
    measure = {
        'side': lambda face: face.shape[0], 'mean grey level': lambda face: face.mean(),
        'sharpness': lambda face: sharpness(face[..., 0])}
    worse = [('side', f'{side} px', lambda face, side=side: cv2.resize(
        face, (side, side), interpolation=cv2.INTER_AREA)) for side in SIDES]
    worse += [('sharpness', f'blur {blur}', lambda face, blur=blur: cv2.GaussianBlur(
        face, (0, 0), blur)) for blur in BLURS]
    worse += [('mean grey level', f'light x {light}', lambda face, light=light: np.clip(
        np.rint(face * light + NOISE * random.standard_normal((*face.shape[:2], 1))),
        0, 255).astype(np.uint8)) for light in LIGHTS]
    clean = np.mean(_logits(model, crops).argmax(axis=1) == truth)
    chance = np.bincount(truth).max() / len(truth)
    rows = []
    for kind, name, change in worse:
        changed = [np.ascontiguousarray(change(face)) for face in crops]
        right = np.mean(_logits(model, changed).argmax(axis=1) == truth)
        level = np.median([measure[kind](face) for face in changed])
        rows.append(row(f'{name} ({kind} {level:.3g}): accuracy kept',
                        (right - chance) / (clean - chance), 'share'))
    level = np.median([sharpness(face[..., 0]) for face in crops])
    return [row(f'clean (sharpness {level:.3g}): accuracy', clean, 'share'), *rows]


def _turned(model: Any) -> list[dict[str, Any]]:
    from mer_ros.engines.face_quality import turn_of
    from mer_ros.models import load_detector

    found = _some_dev()
    if found is None:
        return []
    crops, truth = found
    right = _logits(model, crops).argmax(axis=1) == truth
    detector = load_detector('auto')
    turns = np.full(len(crops), np.nan)
    for index, face in enumerate(crops):
        scene = cv2.copyMakeBorder(cv2.resize(face, (160, 160), interpolation=cv2.INTER_CUBIC),
                                   120, 120, 120, 120, cv2.BORDER_CONSTANT, value=(127, 127, 127))
        faces = detector.detect(scene)
        if len(faces.boxes):
            turns[index] = turn_of(faces.landmarks[0])
    chance = np.bincount(truth).max() / len(truth)
    frontal = right[turns < TURNS[1]].mean()
    return [row(f'turn {low} to {high} ({int(inside.sum())} faces): accuracy kept',
                (right[inside].mean() - chance) / (frontal - chance), 'share')
            for low, high in pairwise(TURNS)
            if (inside := (turns >= low) & (turns < high)).any()]


def _some_dev() -> tuple[list[Any], Any] | None:
    from mer_ros.emotions import EMOTIONS
    from mer_ros.evaluation.datasets.load_dataset import load

    try:
        samples = load('ferplus', DATA, 'dev')
    except FileNotFoundError:
        return None
    drawn = np.random.default_rng(0).permutation(len(samples))[:PICTURES]
    return [samples.inputs[i] for i in drawn], np.array([
        EMOTIONS.index(samples.labels[i]) for i in drawn])
