"""Labelled logits to calibrate on: of the data sets or of a manifest."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from mer_ros.emotions import EMOTIONS
from mer_ros.evaluation.datasets.load_dataset import load
from mer_ros.evaluation.datasets.manifest import MODALITIES, read_manifest
from mer_ros.evaluation.datasets.manifest_inputs import InputReader
from mer_ros.evaluation.recorded_evidence import Evidence, Scores
from mer_ros.models import load_model

DATASETS: dict[str, tuple[str, ...]] = {
    'face': ('fer2013', 'muxspace_faces', 'london_faces'),
    'text': ('goemotions', 'xed'),
}
"""The data sets of each modality, of which the dev split is used.

None is of speech: the built-in model learned from the dev speaker of EMO-DB too.
"""


def from_datasets(root: Path, profile: str) -> Evidence:
    """Return what the models of a profile say about the dev splits, one modality a row."""
    parts = {}
    for modality, names in DATASETS.items():
        samples = [load(name, root, 'dev') for name in names]
        model = load_model(modality, profile)
        inputs = [item for sample in samples for item in sample.inputs]
        parts[modality] = (Scores.of(model, inputs),
                           [label for sample in samples for label in sample.labels],
                           [f'{name} {group}' for name, sample in zip(names, samples, strict=True)
                            for group in sample.groups])
    return side_by_side(parts)


def from_manifest(path: Path, profile: str) -> Evidence:
    """Return what the models of a profile say about the recordings of a manifest."""
    rows = read_manifest(path)
    reader = InputReader()
    given = [name for name in MODALITIES if any(getattr(row, name) is not None for row in rows)]
    return Evidence(
        {name: Scores.of(load_model(name, profile), [reader.read(row, name) for row in rows])
         for name in given},
        np.array([EMOTIONS.index(row.label) for row in rows], dtype=np.intp),
        [row.person for row in rows] if all(row.person for row in rows) else None)


def side_by_side(parts: Mapping[str, tuple[Scores, Sequence[str], Sequence[str]]]) -> Evidence:
    """Return one modality's rows after the other's; the others are missing there.

    A part holds scores, and the label and the group of each row.
    """
    total = sum(len(labels) for _, labels, _ in parts.values())
    scores: dict[str, Scores] = {}
    truth: list[int] = []
    groups: list[str] = []
    for name, (one, labels, belonging) in parts.items():
        rows: Any = slice(len(truth), len(truth) + len(labels))
        logits, present = np.zeros((total, len(EMOTIONS))), np.zeros(total, dtype=np.bool_)
        logits[rows], present[rows] = one.logits, one.present
        scores[name] = Scores(logits, one.named, present)
        truth += [EMOTIONS.index(label) for label in labels]
        groups += belonging
    return Evidence(scores, np.array(truth, dtype=np.intp), groups)
