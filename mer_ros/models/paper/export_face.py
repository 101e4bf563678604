"""Exporting face networks; `mer_ros.models.face.onnx_face` runs them by their description."""

import json
from pathlib import Path

import torch
from torch import nn, Tensor

from mer_ros.models.face.pictures import IMAGENET_DEVIATION, IMAGENET_MEAN
from mer_ros.models.paper import frame_selector
from mer_ros.models.paper.export_onnx import write_onnx
from mer_ros.models.paper.resemotenet import ResEmoteNetFace, SIDE


class Scores(nn.Module):
    """A classifier of transformers that returns the raw scores of its emotions alone."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, faces: Tensor) -> Tensor:
        """Map standardised faces (B, 3, H, W) to scores (B, K)."""
        scores: Tensor = self.network(faces).logits
        return scores


def export_resemotenet(checkpoint: Path, path: Path, *, name: str, dtype: str) -> None:
    """Write ResEmoteNet as an ONNX file, and beside it how to prepare its crops (.json)."""
    model = ResEmoteNetFace(path=checkpoint, device='cpu')
    write_onnx(
        model.network, path, dtype=dtype,
        inputs={'faces': (torch.zeros((2, 3, SIDE, SIDE)), {0: 'batch'})},
        metadata={'kind': 'face', 'name': name, 'labels': model.labels})
    describe(path, labels=model.labels, side=SIDE, colour='grey3', resize='antialias')


def export_frame_selector(folder: Path, path: Path, *, name: str, dtype: str) -> None:
    """Write the frame selector as an ONNX file, and beside it how to prepare its crops (.json)."""
    model = frame_selector.FrameScorer(path=folder, device='cpu')
    side = frame_selector.SIDE
    write_onnx(
        Scores(model.network), path, dtype=dtype,
        inputs={'faces': (torch.zeros((2, 3, side, side)), {0: 'batch'})},
        metadata={'kind': 'face', 'name': name, 'labels': model.labels})
    describe(path, labels=model.labels, side=side, colour='rgb')


def describe(path: Path, *, labels: tuple[str, ...], side: int, colour: str,
             resize: str = 'area') -> None:
    """Write the description of a network that takes pictures standardised as ImageNet's are."""
    path.with_suffix('.json').write_text(json.dumps(
        {'labels': labels, 'side': side, 'colour': colour, 'mean': IMAGENET_MEAN,
         'deviation': IMAGENET_DEVIATION, 'resize': resize}, indent=1) + '\n', encoding='utf-8')
