"""Features of recordings for the attention fusion, by the models of a profile or the paper's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mer_ros.emotions import EMOTIONS
from mer_ros.evaluation.datasets.load_dataset import load
from mer_ros.evaluation.datasets.manifest import MODALITIES, read_manifest
from mer_ros.evaluation.datasets.manifest_inputs import InputReader
from mer_ros.evaluation.datasets.samples import Samples
from mer_ros.evaluation.datasets.single_label import class_counts, single_label
from mer_ros.evaluation.datasets.text_sets import rows_of
from mer_ros.models import load_model
from mer_ros.models.protocols import HasFeatures
from mer_ros.models.weights.weights_cache import locate
from mer_ros.research.attention.attention_data import Rows, split_groups
from mer_ros.research.attention.attention_speech import train_mfcc_cnn
from mer_ros.research.attention.text_encoder import TextEncoder

PAIRED = {'text': 'goemotions', 'speech': 'emodb', 'face': 'fer2013'}
"""The data sets that are paired by label, see `paired`."""

PAIRS = 150
"""Pairs drawn for each class of a split."""


def mean_features(model: HasFeatures, items: Sequence[Any]
                  ) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return the mean over time of a model's features (N, D), and which items have any (N,).

    Items that are None have none; at least one must have some.

    Raises:
        ValueError: no item has features.
    """
    rows = [np.empty((0, 0)) if item is None else model.features(item) for item in items]
    present = np.array([len(row) > 0 for row in rows], dtype=np.bool_)
    if not present.any():
        raise ValueError(f'none of the {len(rows)} items has features')
    size = next(row.shape[1] for row in rows if len(row))
    means = [row.mean(axis=0, dtype=np.float64) if len(row) else np.zeros(size) for row in rows]
    return np.array(means), present


@dataclass(frozen=True, slots=True)
class Recordings:
    """N recordings: ``inputs`` by modality, None where missing; their labels and groups."""

    inputs: Mapping[str, Sequence[Any]]
    labels: Sequence[str]
    groups: Sequence[str]

    def of(self, kept: NDArray[np.bool_]) -> Recordings:
        """Return the recordings where a mask (N,) is True."""
        index = np.flatnonzero(kept)
        return Recordings({name: [items[row] for row in index]
                           for name, items in self.inputs.items()},
                          [self.labels[row] for row in index], [self.groups[row] for row in index])

    def rows(self, models: Mapping[str, HasFeatures], classes: tuple[str, ...]) -> Rows:
        """Return the features of those recordings that have any; truth is among the classes."""
        found = {name: mean_features(models[name], items) for name, items in self.inputs.items()}
        rows = Rows({name: means for name, (means, _) in found.items()},
                    {name: present for name, (_, present) in found.items()},
                    np.array([classes.index(label) for label in self.labels], dtype=np.intp),
                    np.array(self.groups), classes)
        return rows.of(np.any(list(rows.present.values()), axis=0))


def of_manifest(path: Path, seed: int) -> tuple[Recordings, ...]:
    """Return train, dev and test of the recordings of a manifest, each with its own persons.

    Where no person is named, each recording counts as one.
    """
    rows, reader = read_manifest(path), InputReader()
    whole = Recordings(
        {name: [reader.read(row, name) for row in rows] for name in MODALITIES
         if any(getattr(row, name) is not None for row in rows)},
        [row.label for row in rows], [row.person or row.id for row in rows])
    return tuple(whole.of(part) for part in split_groups(np.array(whole.groups), seed))


def texts_of(root: Path, split: str, rule: str) -> Samples:
    """Return the sentences of GoEmotions with one class each by a rule of `single_label`."""
    rows = list(rows_of(PAIRED['text'], root, split))
    counts = class_counts(row['labels'].split('|') for row in rows_of(
        PAIRED['text'], root, 'train')) if rule == 'rarest' else None
    labels = [single_label(row['labels'].split('|'), rule, counts) for row in rows]
    kept = [(row, label) for row, label in zip(rows, labels, strict=True) if label]
    return Samples([row['text'] for row, _ in kept], [label for _, label in kept],
                   [row['id'] for row, _ in kept], 'text')


def paired(root: Path, split: str, *, seed: int = 0, rule: str = 'alone') -> Recordings:
    """Return sentences, voices and faces of the same label but of different people, in pairs.

    No corpus of all three may be trained on here.  Given the label the modalities of such a pair
    are independent, which those of a person are not: what is measured on them shows that the
    parts work together, and flatters every fusion.  Each row is a group of its own.

    Raises:
        FileNotFoundError: a data set is not in the folder.
    """
    draw = np.random.default_rng(seed)
    sets = {name: texts_of(root, split, rule) if name == 'text' else load(of, root, split)
            for name, of in PAIRED.items()}
    shared = [label for label in EMOTIONS if all(label in one.labels for one in sets.values())]
    inputs = {name: [one.inputs[place] for place in _drawn(one, shared, draw)]
              for name, one in sets.items()}
    labels = [label for label in shared for _ in range(PAIRS)]
    return Recordings(inputs, labels, [f'{split} {row}' for row in range(len(labels))])


def models_of(inputs: str, profile: str, train: Recordings, dev: Recordings, *, folder: Path,
              seed: int, resume: bool, text: TextEncoder | None = None) -> dict[str, HasFeatures]:
    """Return what makes the features: models of a profile, or those of the paper.

    Args:
        inputs: ``features`` of the models of the profile, or ``paper``: a BERT, MFCC and a CNN
            trained here, ResNet (the downloaded weights ``resnet50``).
        profile: the profile or name of the models.
        train: what the CNN learns from.
        dev: what its epoch is chosen by.
        folder: for the log of the CNN.
        seed: of everything random.
        resume: go on where a run in the folder was stopped.
        text: the BERT, with the inputs ``paper``.

    Raises:
        FileNotFoundError: weights are missing; the message says how to get them.
        ImportError: transformers is not installed.
        ValueError: a model of the profile has no features.
    """
    found: dict[str, Any] = {}
    for name in train.inputs:
        if inputs != 'paper':
            found[name] = load_model(name, profile)
            if not isinstance(found[name], HasFeatures):
                raise ValueError(f'the {name} model {profile!r} gives no features; lite does')
        elif name == 'speech':
            labels = sorted({*train.labels})
            parts = [(part.inputs[name], [labels.index(label) for label in part.labels])
                     for part in (train, dev)]
            found[name] = train_mfcc_cnn(*parts, folder=folder / 'cnn', classes=len(labels),
                                         seed=seed, resume=resume)
        else:
            try:
                from mer_ros.research.attention.attention_pretrained import (
                    BertFeatures,
                    ResNetFeatures,
                )
            except ImportError as error:
                raise ImportError(f'{error}; the features of the paper need more packages: '
                                  f'pip install -r requirements/paper.txt') from error
            if name == 'text':
                assert text is not None, 'train_attention finds it for the inputs paper'
                found[name] = BertFeatures(text.folder)
            else:
                found[name] = ResNetFeatures(locate('resnet50'))
    return found


def _drawn(samples: Samples, labels: Sequence[str], draw: np.random.Generator) -> list[int]:
    names = np.array(samples.labels)
    return [int(place) for label in labels
            for place in draw.choice(np.flatnonzero(names == label), size=PAIRS)]
