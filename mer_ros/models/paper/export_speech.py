"""Exporting emotion2vec."""

from pathlib import Path
from typing import Any

from funasr.models.emotion2vec.base import get_alibi
import torch
from torch import nn, Tensor

from mer_ros.models.paper.emotion2vec import emotions_of
from mer_ros.models.paper.emotion2vec_net import load_network
from mer_ros.models.paper.export_onnx import write_onnx


class Scores(nn.Module):
    """Standardised waveforms (B, n) of one length to the raw scores (B, K) of the emotions."""

    def __init__(self, network: Any, columns: list[int]) -> None:
        super().__init__()
        self.network = network
        self.register_buffer('columns', torch.tensor(columns))
        encoder = network.modality_encoders['AUDIO']
        if encoder.get_alibi_bias is not None:
            # FunASR's own cuts a cached table, whose size the exporter would make constant.
            encoder.get_alibi_bias = distances

    def forward(self, waveform: Tensor) -> Tensor:
        """Average the features over time and classify them."""
        features = self.network.extract_features(waveform, padding_mask=None)['x']
        scores: Tensor = self.network.proj(features.mean(1)).index_select(1, self.columns)
        return scores


def distances(*, batch_size: Any, time_steps: Any, heads: int, dtype: torch.dtype,
              device: torch.device) -> Tensor:
    """Return the bias of attention by distance (B, heads, T, T): minus slope times distance."""
    slopes = get_alibi(2, heads)[:, 0, 1].to(device, dtype)
    steps = torch.arange(time_steps, device=device)
    apart = (steps[None, :] - steps[:, None]).abs().to(dtype)
    return (slopes[:, None, None] * apart).expand(batch_size, -1, -1, -1)


def export_speech(folder: Path, path: Path, *, name: str, dtype: str) -> None:
    """Write the model in a folder of emotion2vec+ as one ONNX file."""
    network, tokens = load_network(folder)
    labels, columns = emotions_of(tokens)
    write_onnx(
        Scores(network, columns), path, dtype=dtype,
        inputs={'waveform': (torch.randn(2, 8000), {0: 'batch', 1: 'samples'})},
        metadata={'kind': 'speech', 'name': name, 'labels': labels,
                  'standardise': bool(network.cfg.get('normalize'))})
