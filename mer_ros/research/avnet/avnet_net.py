"""The network of `mer_ros.research.avnet.avnet` in torch: table 1 of Radoi and Cioroiu (2024)."""

from itertools import pairwise
from typing import Any

import torch
from torch import nn, Tensor

from mer_ros.research.avnet.avnet_sizes import AUDIO_S, FACE_FEATURES, FACE_SHAPE, SOUND_FEATURES

MEL_BANDS, MEL_FFT, MEL_HOP = 128, 2048, 512
"""The spectrogram: bands, samples in a window, and samples from one window to the next."""

AUDIO_COLUMNS = 3
"""Columns of the last map of the sound: with its 14 rows and 12 planes, the 504 of table 1."""

DROPOUT = 0.2
AUDIO = ('mel', 'wav2vec2')
"""Encoders of the sound: the small network, or wav2vec 2.0 (section V.B.2)."""


def mel_shape(sample_rate: int) -> tuple[int, int]:
    """Return bands and frames of the spectrogram of 1.5 s: 128 x 43 at 16 kHz, 137 at 48 kHz."""
    return MEL_BANDS, 1 + (round(AUDIO_S * sample_rate) - MEL_FFT) // MEL_HOP


def narrowed(side: int) -> int:
    """Return the side of a map after three convolutions of 3 x 3 and poolings by 2."""
    for _ in range(3):
        side = (side - 2) // 2
    return side


def blocks(planes: tuple[int, ...]) -> list[nn.Module]:
    """Return convolution, batch normalisation, ReLU and pooling for each step of the planes."""
    return [layer for before, after in pairwise(planes)
            for layer in (nn.Conv2d(before, after, 3), nn.BatchNorm2d(after), nn.ReLU(),
                          nn.MaxPool2d(2))]


class FaceNet(nn.Sequential):
    """Grey faces, uint8 (B, 98, 80), to features (B, 512)."""

    def __init__(self) -> None:
        cells = narrowed(FACE_SHAPE[0]) * narrowed(FACE_SHAPE[1])
        super().__init__(*blocks((1, 16, 32, 64)), nn.Flatten(),
                         nn.Linear(64 * cells, FACE_FEATURES))

    def forward(self, faces: Tensor) -> Tensor:
        """Bring the shades to about [-2, 2] and look at them."""
        scaled = (faces.unsqueeze(1).to(self[0].weight.dtype) - 127.5) / 64
        features: Tensor = super().forward(scaled)
        return features


class MelNet(nn.Sequential):
    """Spectrograms in dB, (B, bands, frames), to features (B, 128).

    The paper's linear layer has 504 inputs, which its printed input (120 x 192) does not give.
    Its recipe at 16 kHz does: 43 windows lie within 1.5 s, and leave a map of 12 x 14 x 3.  At
    48 kHz there are 137, which leave 15 columns; each five neighbours of them are averaged.
    """

    def __init__(self, shape: tuple[int, int]) -> None:
        rows, columns = (narrowed(side) for side in shape)
        if rows < 1 or columns < AUDIO_COLUMNS or columns % AUDIO_COLUMNS:
            raise ValueError(
                f'a spectrogram of {shape} gives a map of {rows} x {columns}, whose columns must '
                f'be a multiple of {AUDIO_COLUMNS}; use 16 or 48 kHz')
        super().__init__(
            *blocks((1, 4, 8, 12)), nn.AvgPool2d((1, columns // AUDIO_COLUMNS)), nn.Flatten(),
            nn.Linear(12 * rows * AUDIO_COLUMNS, SOUND_FEATURES))

    def forward(self, spectrograms: Tensor) -> Tensor:
        """Bring decibels to about [-1, 1] and look at them."""
        scaled = spectrograms.unsqueeze(1).to(self[0].weight.dtype) / 40 + 1
        features: Tensor = super().forward(scaled)
        return features


class AvNetNet(nn.Module):
    """Segments to what describes them and their scores; the same weights for every segment.

    2,715,218 parameters for 6 classes and 2,716,500 for 8, with the small network for the sound.

    Args:
        classes: how many emotions.
        audio_shape: bands and frames of a spectrogram, see `mel_shape`.
        audio: one of `AUDIO`.
        wav2vec2: values of the configuration of wav2vec 2.0 that differ from those of the base
            model; used by ``audio='wav2vec2'`` alone.

    Raises:
        ValueError: the audio is unknown or its shape does not fit.
        ImportError: wav2vec2 is asked for and transformers is not installed.

    """

    def __init__(self, classes: int, *, audio_shape: tuple[int, int] = mel_shape(16000),
                 audio: str = 'mel', wav2vec2: dict[str, Any] | None = None) -> None:
        super().__init__()
        if audio not in AUDIO:
            raise ValueError(f'no audio is called {audio!r}; known: {list(AUDIO)}')
        self.face = FaceNet()
        self.sound: nn.Module = MelNet(audio_shape) if audio == 'mel' else _wav2vec2(wav2vec2)
        self.dropout = nn.Dropout(DROPOUT)
        self.last = nn.Linear(FACE_FEATURES + SOUND_FEATURES, classes)
        for module in (self.face, self.last, *([self.sound] if audio == 'mel' else [])):
            module.apply(_start)

    def forward(self, faces: Tensor, sound: Tensor) -> tuple[Tensor, Tensor]:
        """Return embeddings (B, 640) and scores (B, C) of B segments.

        Faces are uint8 (B, 98, 80); sound is spectrograms in dB (B, bands, frames), or waveforms
        (B, n) at 16 kHz for wav2vec 2.0.
        """
        embedding = torch.cat([self.face(faces), self.sound(sound)], dim=1)
        return embedding, self.last(self.dropout(embedding))


def _start(module: nn.Module) -> None:
    """Draw weights as Glorot and Bengio (2010) do, uniformly (table 2)."""
    if isinstance(module, (nn.Conv2d, nn.Linear)):
        nn.init.xavier_uniform_(module.weight)
        nn.init.zeros_(module.bias)


def _wav2vec2(changes: dict[str, Any] | None) -> nn.Module:
    from mer_ros.research.avnet.avnet_wav2vec2 import Wav2Vec2Net

    return Wav2Vec2Net(changes)
