"""Labelled logits to calibrate on: of the data sets, of a manifest, or of a recorded robot."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from mer_ros.data import Logits, NANOSECONDS
from mer_ros.emotions import align, EMOTIONS
from mer_ros.evaluation.bag_labels import read_labels
from mer_ros.evaluation.bag_logits import BagLogits
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
                           [label for sample in samples for label in sample.labels])
    return _side_by_side(parts)


def from_manifest(path: Path, profile: str) -> Evidence:
    """Return what the models of a profile say about the recordings of a manifest."""
    rows = read_manifest(path)
    reader = InputReader()
    given = [name for name in MODALITIES if any(getattr(row, name) is not None for row in rows)]
    return Evidence(
        {name: Scores.of(load_model(name, profile), [reader.read(row, name) for row in rows])
         for name in given},
        np.array([EMOTIONS.index(row.label) for row in rows], dtype=np.intp))


def from_bag(bag: Path, topics: Mapping[str, str] | None = None) -> Evidence:
    """Return the logits that a bag holds, one message a row, where its labels say the truth.

    ``topics`` names the topic of a modality that is used alone, '' for none.  Times of
    the labels (see `read_labels`) count from the beginning of the earliest evidence.

    Raises:
        BagError: the bag cannot be read.
        FileNotFoundError: the bag has no labels.
        ValueError: the labels are wrong, or no logits lie in any of their spans.
    """
    spans = read_labels(bag)
    recorded = BagLogits(bag, topics)
    if not recorded.logits:
        raise ValueError(f'{bag} holds no usable message of type mer_ros/msg/ModalityLogits: '
                         f'record X/logits')
    parts: dict[str, list[tuple[Logits, str]]] = {}
    for item in recorded.logits:
        time = (item.stamp - recorded.origin) / NANOSECONDS
        label = next((span.label for span in spans if span.holds(time, item.person_id)), None)
        if label is not None:
            parts.setdefault(item.modality, []).append((item, label))
    if not parts:
        raise ValueError(f'{bag}: none of the {len(recorded.logits)} logits lies in any of the '
                         f'{len(spans)} spans of its labels')
    return _side_by_side({name: (_scores(item for item, _ in pairs), [label for _, label in pairs])
                          for name, pairs in parts.items()})


def _scores(items: Iterable[Logits]) -> Scores:
    aligned = [align(item.labels, item.logits) for item in items]
    return Scores(np.array([values for values, _ in aligned]), aligned[0][1],
                  np.ones(len(aligned), dtype=np.bool_))


def _side_by_side(parts: dict[str, tuple[Scores, list[str]]]) -> Evidence:
    """Return one modality's rows after the other's; the others are missing there."""
    total = sum(len(labels) for _, labels in parts.values())
    scores: dict[str, Scores] = {}
    truth: list[int] = []
    for name, (one, labels) in parts.items():
        rows: Any = slice(len(truth), len(truth) + len(labels))
        logits, present = np.zeros((total, len(EMOTIONS))), np.zeros(total, dtype=np.bool_)
        logits[rows], present[rows] = one.logits, one.present
        scores[name] = Scores(logits, one.named, present)
        truth += [EMOTIONS.index(label) for label in labels]
    return Evidence(scores, np.array(truth, dtype=np.intp))
