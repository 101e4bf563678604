"""Uncertainty-based learning of faces: a small network on crops of FER-2013."""

from dataclasses import asdict
from pathlib import Path

import numpy as np
import torch
from torch import nn, Tensor

from mer_ros.emotions import EMOTIONS
from mer_ros.evaluation.datasets.face_sets import load
from mer_ros.models.face.lite_face import to_input
from mer_ros.research.active.active_learning import Plan, Task
from mer_ros.research.active.active_net import NetLearner, Part, Rates
from mer_ros.training.face.face_net import FaceNet, Standardise

CROPS = 6000
"""Training crops, drawn at random, so that a run takes a minute; dev and test are whole."""

WIDTHS = (16, 32, 64)
"""Of the network, a third of the built-in model's."""

PLAN = Plan(rounds=12, moved=160, warm_up=6)
"""Nearly half of the crops without a label are asked for."""

RATES = Rates(rate=3e-3, batch=64, weight_decay=5e-4, averaging=0.99)
"""Numbers of the optimiser, chosen on dev with 4000 random crops."""


def face_task(data: Path, *, smoke: bool = False) -> Task:
    """Return what the loop needs to learn from FER-2013; a group is a picture (people unknown).

    Raises FileNotFoundError where the set is not in the folder.
    """
    samples = {split: load('fer2013', data, split) for split in ('train', 'dev', 'test')}
    drawn = np.random.default_rng(0).permutation(len(samples['train']))[:64 if smoke else CROPS]
    whole = slice(64 if smoke else None)
    rows = {'train': drawn, 'dev': whole, 'test': whole}
    parts = {split: Part(
        torch.from_numpy(np.stack([to_input(crop) for crop in faces.inputs])[rows[split]]),
        torch.from_numpy(np.array([EMOTIONS.index(label) for label in faces.labels])[rows[split]]))
        for split, faces in samples.items()}

    def learner(seed: int) -> NetLearner:
        torch.manual_seed(seed)
        return NetLearner(Faces(), parts, RATES, augment=mirrored, half=True)

    return Task('fer2013', [str(row) for row in drawn], Plan(1, 1) if smoke else PLAN, learner,
                {'rates': asdict(RATES), 'labels': list(EMOTIONS), 'widths': list(WIDTHS)})


def mirrored(pixels: Tensor, generator: torch.Generator) -> Tensor:
    """Return crops (B, 48, 48), every other one on average as in a mirror."""
    chosen = torch.rand(len(pixels), generator=generator) < 0.5
    return torch.where(chosen[:, None, None], pixels.flip(2), pixels)


class Faces(nn.Module):
    """The built-in network, narrower: crops (B, 48, 48) to scores (B, 7)."""

    def __init__(self) -> None:
        super().__init__()
        self.standardise = Standardise()
        net = FaceNet(len(EMOTIONS), widths=WIDTHS, depths=(1, 1, 1))
        self.net = net.to(memory_format=torch.channels_last)

    def forward(self, pixels: Tensor) -> Tensor:
        """Return scores (B, 7)."""
        faces = self.standardise(pixels)
        scores: Tensor = self.net(faces.contiguous(memory_format=torch.channels_last))
        return scores
