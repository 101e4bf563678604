"""wav2vec 2.0 in the place of the audio network of `mer_ros.research.avnet.avnet_net`."""

from pathlib import Path
from typing import Any

from torch import nn, Tensor
from transformers import Wav2Vec2Config, Wav2Vec2Model

from mer_ros.research.avnet.avnet_sizes import SOUND_FEATURES


class Wav2Vec2Net(nn.Module):
    """Waveforms (B, n) at 16 kHz to features (B, 128): the mean over time, then a linear layer.

    Args:
        changes: values of the configuration that differ from those of the base model.

    """

    def __init__(self, changes: dict[str, Any] | None = None) -> None:
        super().__init__()
        self.encoder = Wav2Vec2Model(Wav2Vec2Config(**changes or {}))
        self.linear = nn.Linear(self.encoder.config.hidden_size, SOUND_FEATURES)

    def load_pretrained(self, folder: Path) -> None:
        """Take the weights of a folder as transformers writes it, such as wav2vec2-base's."""
        self.encoder = Wav2Vec2Model.from_pretrained(folder, local_files_only=True).train()

    def forward(self, waveforms: Tensor) -> Tensor:
        """Standardise each waveform, as the base model learned with, and describe it."""
        centred = waveforms - waveforms.mean(1, keepdim=True)
        standard = centred / (centred.square().mean(1, keepdim=True) + 1e-7).sqrt()
        features: Tensor = self.linear(self.encoder(standard).last_hidden_state.mean(1))
        return features
