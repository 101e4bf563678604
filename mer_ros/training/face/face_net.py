"""The network of the built-in face model."""

import torch
from torch import nn, Tensor

from mer_ros.training.face.face_targets import FACE, VOTES

BRIGHTNESS_FLOOR = 5.0
"""Grey levels of contrast below which a crop is not stretched further."""

NO_FACE, SURE_FACE = 0.75, 0.9
"""The chance of a face up to which logits count nothing, and from which on they count in full.

In 200 dev faces of FER-2013, one has a chance below the second.
"""


class Standardise(nn.Module):
    """Turn uint8 crops (B, H, W) into floats (B, 1, H, W) of zero mean and unit contrast."""

    def forward(self, pixels: Tensor) -> Tensor:
        """Standardise each crop by its own mean and standard deviation."""
        grey = pixels.float().unsqueeze(1)
        centred = grey - grey.mean(dim=(2, 3), keepdim=True)
        variance = (centred * centred).mean(dim=(2, 3), keepdim=True)
        return centred / torch.sqrt(variance + BRIGHTNESS_FLOOR ** 2)


class Residual(nn.Module):
    """Two 3x3 convolutions and a shortcut (He et al., CVPR 2016; shortcut of He et al. 2019)."""

    def __init__(self, inputs: int, outputs: int, stride: int) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False), nn.BatchNorm2d(outputs),
            nn.ReLU(),
            nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False), nn.BatchNorm2d(outputs))
        self.shortcut = nn.Sequential(
            nn.AvgPool2d(stride) if stride > 1 else nn.Identity(),
            nn.Conv2d(inputs, outputs, 1, bias=False), nn.BatchNorm2d(outputs))

    def forward(self, maps: Tensor) -> Tensor:
        """Map (B, inputs, H, W) to (B, outputs, H/stride, W/stride)."""
        return torch.relu(self.body(maps) + self.shortcut(maps))


class FaceNet(nn.Module):
    """Standardised crops (B, 1, 48, 48) to K scores: a stem, three residual stages, a mean.

    A stage has a width and a depth, its number of residual blocks.
    """

    def __init__(self, classes: int, *, widths: tuple[int, int, int] = (64, 128, 192),
                 depths: tuple[int, int, int] = (1, 2, 2), dropout: float = 0.2) -> None:
        super().__init__()
        stem = widths[0] // 2
        layers: list[nn.Module] = [
            nn.Conv2d(1, stem, 5, 2, 2, bias=False), nn.BatchNorm2d(stem), nn.ReLU()]
        inputs, stride = stem, 1
        for width, depth in zip(widths, depths, strict=True):
            for block in range(depth):
                layers.append(Residual(inputs, width, stride if block == 0 else 1))
                inputs = width
            stride = 2
        self.features = nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten())
        self.dropout = nn.Dropout(dropout)
        self.classifier = nn.Linear(inputs, classes)

    def forward(self, faces: Tensor) -> Tensor:
        """Return scores (B, K)."""
        scores: Tensor = self.classifier(self.dropout(self.features(faces)))
        return scores


class CalibratedFaceNet(nn.Module):
    """What is shipped: crops to calibrated logits of votes (B, 8), and the chance of a face (B,).

    Takes uint8 crops (B, 48, 48).  The scores of a crop and of its mirror image are averaged.
    Logits shrink to zero, which is no evidence, as the chance that there is a face falls from
    `SURE_FACE` to `NO_FACE`.

    Args:
        net: crops to the scores of `face_targets`.
        bias: added to the scores of the votes, (8,).
        temperature: by which the sum is divided.

    """

    def __init__(self, net: FaceNet, *, bias: Tensor | None = None,
                 temperature: float = 1.0) -> None:
        super().__init__()
        self.standardise = Standardise()
        self.net = net
        self.temperature = temperature
        self.register_buffer('bias', torch.zeros(VOTES.stop) if bias is None else bias.float())

    def forward(self, pixels: Tensor) -> tuple[Tensor, Tensor]:
        """Return logits (B, 8) and chances (B,) in [0, 1]."""
        faces = self.standardise(pixels)
        scores = (self.net(faces) + self.net(faces.flip(3))) / 2
        logits = (scores[:, VOTES] + self.bias) / self.temperature
        chance = torch.sigmoid(scores[:, FACE])
        logits = logits - logits.mean(dim=1, keepdim=True)
        share = ((chance - NO_FACE) / (SURE_FACE - NO_FACE)).clamp(0.0, 1.0)
        return logits * share.unsqueeze(1), chance
