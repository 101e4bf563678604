"""The network of the built-in face model."""

import torch
from torch import nn, Tensor

BRIGHTNESS_FLOOR = 5.0
"""Grey levels of contrast below which a crop is not stretched further."""


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
    """Standardised crops (B, 1, 48, 48) to K scores: a stem, three residual stages, a mean."""

    def __init__(self, classes: int, *, widths: tuple[int, int, int] = (48, 96, 192),
                 dropout: float = 0.2) -> None:
        super().__init__()
        first, second, third = widths
        stem = first // 2
        self.features = nn.Sequential(
            nn.Conv2d(1, stem, 5, 2, 2, bias=False), nn.BatchNorm2d(stem), nn.ReLU(),
            Residual(stem, first, 1), Residual(first, second, 2), Residual(second, third, 2),
            nn.AdaptiveAvgPool2d(1), nn.Flatten())
        self.dropout = nn.Dropout(dropout)
        self.classifier = nn.Linear(third, classes)

    def forward(self, faces: Tensor) -> Tensor:
        """Return scores (B, K)."""
        scores: Tensor = self.classifier(self.dropout(self.features(faces)))
        return scores


class CalibratedFaceNet(nn.Module):
    """What is shipped: uint8 crops (B, 48, 48) to calibrated logits (B, K).

    The scores of a crop and of its mirror image are averaged and divided by the temperature.
    """

    def __init__(self, net: FaceNet, temperature: float) -> None:
        super().__init__()
        self.standardise = Standardise()
        self.net = net
        self.temperature = temperature

    def forward(self, pixels: Tensor) -> Tensor:
        """Return logits divided by the temperature."""
        faces = self.standardise(pixels)
        logits: Tensor = (self.net(faces) + self.net(faces.flip(3))) / (2 * self.temperature)
        return logits
