"""ResEmoteNet (Roy et al., 2024): names and shapes of the weights are those of its authors."""

from __future__ import annotations

from torch import nn, Tensor
from torch.nn.functional import max_pool2d, relu


class SqueezeExcite(nn.Module):
    """Weighs channels by their means (Hu et al., CVPR 2018), with a bottleneck of a sixteenth."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.fc = nn.Sequential(
            nn.Linear(channels, channels // 16, bias=False), nn.ReLU(),
            nn.Linear(channels // 16, channels, bias=False), nn.Sigmoid())

    def forward(self, maps: Tensor) -> Tensor:
        """Map (B, channels, H, W) to the same shape."""
        weights: Tensor = self.fc(maps.mean(dim=(2, 3)))
        return maps * weights[:, :, None, None]


class ResidualBlock(nn.Module):
    """Two 3x3 convolutions and a projected shortcut, at half the resolution (He et al., 2016)."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride=2, padding=1)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, padding=1)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.shortcut = nn.Sequential(
            nn.Conv2d(inputs, outputs, 1, stride=2), nn.BatchNorm2d(outputs))

    def forward(self, maps: Tensor) -> Tensor:
        """Map (B, inputs, H, W) to (B, outputs, H/2, W/2)."""
        inner = self.bn2(self.conv2(relu(self.bn1(self.conv1(maps)))))
        return relu(inner + self.shortcut(maps))


def lightened(network: ResEmoteNet) -> ResEmoteNet:
    """Drop the weights that a face of 64x64 pixels never meets; the scores stay the same.

    The last stage maps 2x2 cells to 1x1, so that most of the nine taps of its filters only see
    the padding: 44 of the 80 million weights.  Changes the network and returns it.
    """
    stage = network.res_block3
    stage.conv1 = _with_taps(stage.conv1, slice(1, 3), stride=2)
    stage.conv2 = _with_taps(stage.conv2, slice(1, 2), stride=1)
    return network


def _with_taps(layer: nn.Conv2d, taps: slice, *, stride: int) -> nn.Conv2d:
    """Return a convolution without padding that has only these rows and columns of the filters."""
    weights = layer.weight.detach()[:, :, taps, taps].clone()
    kept = nn.Conv2d(layer.in_channels, layer.out_channels, weights.shape[-1], stride=stride)
    kept.weight, kept.bias = nn.Parameter(weights), layer.bias
    return kept


class ResEmoteNet(nn.Module):
    """Three convolutions, squeeze and excitation, three residual stages, four linear layers.

    Args:
        classes: K, the number of scores.
        width: channels of the first convolution, a multiple of 4; 64 in the paper, which
            gives 80,238,599 parameters with seven classes.

    """

    def __init__(self, classes: int = 7, *, width: int = 64) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(3, width, 3, padding=1)
        self.bn1 = nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, 2 * width, 3, padding=1)
        self.bn2 = nn.BatchNorm2d(2 * width)
        self.conv3 = nn.Conv2d(2 * width, 4 * width, 3, padding=1)
        self.bn3 = nn.BatchNorm2d(4 * width)
        self.se = SqueezeExcite(4 * width)
        self.res_block1 = ResidualBlock(4 * width, 8 * width)
        self.res_block2 = ResidualBlock(8 * width, 16 * width)
        self.res_block3 = ResidualBlock(16 * width, 32 * width)
        self.fc1 = nn.Linear(32 * width, 16 * width)
        self.fc2 = nn.Linear(16 * width, 8 * width)
        self.fc3 = nn.Linear(8 * width, 4 * width)
        self.fc4 = nn.Linear(4 * width, classes)
        self.dropout1 = nn.Dropout(0.2)
        self.dropout2 = nn.Dropout(0.5)

    def forward(self, faces: Tensor) -> Tensor:
        """Return scores (B, K) of standardised faces (B, 3, 64, 64)."""
        maps = self.dropout1(max_pool2d(relu(self.bn1(self.conv1(faces))), 2))
        maps = self.dropout1(max_pool2d(relu(self.bn2(self.conv2(maps))), 2))
        maps = self.se(max_pool2d(relu(self.bn3(self.conv3(maps))), 2))
        maps = self.res_block3(self.res_block2(self.res_block1(maps)))
        features = maps.mean(dim=(2, 3))
        for layer in (self.fc1, self.fc2, self.fc3):
            features = self.dropout2(relu(layer(features)))
        scores: Tensor = self.fc4(features)
        return scores
