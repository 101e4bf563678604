"""Uncertainty-based learning of voices: EMO-DB by the statistics of the built-in model."""

from dataclasses import asdict
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
import torch
from torch import nn, Tensor

from mer_ros.emotions import EMOTIONS
from mer_ros.evaluation.datasets.samples import Samples
from mer_ros.evaluation.datasets.speech_sets import load
from mer_ros.models.speech.lite_speech import LiteSpeech
from mer_ros.research.active.active_learning import Plan, Task
from mer_ros.research.active.active_net import NetLearner, Part, Rates
from mer_ros.training.speech.speech_net import LIMIT, Members, Recipe

PLAN = Plan(rounds=12, moved=5, warm_up=10)
"""Half of the clips without a label are asked for, the N_u of the paper for RAVDESS at a time."""

RATES = Rates(rate=1e-3, batch=16, weight_decay=0.05, averaging=0.9)
"""Numbers of the optimiser."""


class Voices(nn.Module):
    """One of the small networks of the built-in model: statistics (B, D) to scores (B, K)."""

    def __init__(self, width: int, classes: int) -> None:
        super().__init__()
        self.members = Members(width, classes, Recipe(members=1))

    def forward(self, rows: Tensor) -> Tensor:
        """Return scores (B, K)."""
        scores: Tensor = self.members(rows)[0]
        return scores


def speech_task(data: Path, *, smoke: bool = False) -> Task:
    """Return what the loop needs to learn from the clean clips of EMO-DB; a group is a speaker.

    The statistics are those of `LiteSpeech`, standardised by the training speakers, whose labels
    that does not need.  Raises FileNotFoundError where the set is not in the folder, and
    ValueError for a silent clip.
    """
    model = LiteSpeech()
    splits = {split: load('emodb', data, split) for split in ('train', 'dev', 'test')}
    labels = [label for label in EMOTIONS if label in splits['train'].labels]
    rows = {split: _described(model, samples) for split, samples in splits.items()}
    mean, scale = rows['train'].mean(axis=0), np.maximum(rows['train'].std(axis=0), 1e-6)
    parts = {split: Part(
        torch.from_numpy(np.clip((rows[split] - mean) / scale, -LIMIT, LIMIT)).float(),
        torch.tensor([labels.index(label) for label in samples.labels]))
        for split, samples in splits.items()}

    def learner(seed: int) -> NetLearner:
        torch.manual_seed(seed)
        return NetLearner(Voices(len(mean), len(labels)), parts, RATES)

    return Task('emodb', splits['train'].groups, Plan(1, 1) if smoke else PLAN, learner,
                {'rates': asdict(RATES), 'labels': labels})


def _described(model: LiteSpeech, samples: Samples) -> NDArray[np.float64]:
    rows = [model.describe(waveform) for waveform in samples.inputs]
    silent = [index for index, row in enumerate(rows) if row is None]
    if silent:
        raise ValueError(f'clips {silent} of {sorted(set(samples.groups))} are silent; '
                         f'remove them from labels.csv')
    return np.stack([row for row in rows if row is not None])
