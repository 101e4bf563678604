"""The speech model of the first paper: emotion2vec+ (Ma et al., 2023), through FunASR."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
import torch
from torch import nn, Tensor
from torch.nn.functional import layer_norm

from mer_ros.data import SAMPLE_RATE
from mer_ros.models.foreign_labels import translate
from mer_ros.models.input_checks import check_waveform, groups
from mer_ros.models.paper.device import choose_device, choose_dtype, DTYPES, place, set_threads
from mer_ros.models.paper.emotion2vec_net import load_network
from mer_ros.models.speech.waveform_windows import windows
from mer_ros.models.weights.weights_cache import locate

VARIANTS = ('seed', 'base', 'large')
"""The published sizes: about 90, 90 and 300 million parameters."""

BATCH_S = {'cpu': 8.0, 'cuda': 80.0}
"""Seconds of sound, with padding, that go through the network together, by device.

A CPU is busy with one utterance already, and slower with maps that its caches do not hold.
"""

DROPPED = frozenset({'other', '其他', 'unknown', '<unk>'})
"""Classes of the model that are no emotion."""


class Emotion2Vec:
    """Classifies utterances with emotion2vec+: the raw scores of its last layer, no softmax.

    The model's own token list names the columns; those of ``other`` and ``<unk>`` are left out.
    Sound is standardised by its own mean and deviation, so that the gain does not matter.  An
    utterance above 20 s is cut into equal windows whose scores are averaged; one below 0.1 s, or
    without anything to hear (all samples equal), supports no class: its scores are all 0.

    Args:
        path: a folder with config.yaml, tokens.txt and model.pt; None looks for the downloaded
            weights of the variant.
        variant: one of VARIANTS.
        device: auto, cpu or cuda.
        dtype: auto (fp32), fp32, bf16, fp16 (on a GPU) or int8 (matrices, on a CPU).
        threads: cores that torch uses in this process; None leaves that as it is.

    Raises:
        FileNotFoundError: weights are missing; the message says how to get them.
        ValueError: weights or token list do not fit, or an option is not allowed.

    """

    name = 'emotion2vec'

    def __init__(self, *, path: Path | str | None = None, variant: str = 'base',
                 device: str = 'auto', dtype: str = 'auto', threads: int | None = None) -> None:
        if variant not in VARIANTS:
            raise ValueError(f'no variant is called {variant!r}; known: {list(VARIANTS)}')
        self._device = choose_device(device)
        precision = choose_dtype(dtype, self._device)
        set_threads(threads)
        folder = locate(f'emotion2vec_plus_{variant}') if path is None else Path(path)
        network, tokens = load_network(folder)
        self.labels, columns = emotions_of(tokens)
        self._columns = torch.tensor(columns)
        self._dtype = DTYPES[precision]
        self._normalise = bool(network.cfg.get('normalize'))
        self._extractor: list[tuple[int, int, int]] = (
            network.modality_encoders['AUDIO'].feature_enc_layers)
        self._network: Any = place(network, self._device, precision)
        self._frames: Tensor | None = None
        encoder = self._network.modality_encoders['AUDIO']
        for module in encoder.relative_positional_encoder.modules():
            if isinstance(module, nn.Conv1d):
                module.register_forward_pre_hook(self._silence_padding)

    def logits(self, batch: Sequence[NDArray[np.float32]]) -> NDArray[np.float32]:
        """Return raw scores (B, len(labels)) of B mono waveforms at 16 kHz in [-1, 1].

        The scores of a waveform do not depend on what else is in the batch.  Raises ValueError
        for a waveform that is empty, not (n,), not float or not finite.
        """
        pieces: list[tuple[int, NDArray[np.float32]]] = []
        for index, waveform in enumerate(batch):
            pieces += [(index, window) for window in windows(check_waveform(waveform))]
        totals = np.zeros((len(batch), len(self.labels)), dtype=np.float64)
        counts = np.zeros(len(batch))
        most = round(BATCH_S[self._device.type] * SAMPLE_RATE)
        for group in groups([len(piece) for _, piece in pieces], most):
            found = self._judge([pieces[position][1] for position in group])
            indices = [pieces[position][0] for position in group]
            np.add.at(totals, indices, found)
            np.add.at(counts, indices, 1.0)
        return (totals / np.maximum(counts, 1.0)[:, None]).astype(np.float32)

    def _judge(self, pieces: Sequence[NDArray[np.float32]]) -> NDArray[np.float64]:
        lengths = [len(piece) for piece in pieces]
        sound = torch.zeros((len(pieces), max(lengths)))
        for row, piece in zip(sound, pieces, strict=True):
            samples = torch.from_numpy(piece.copy())
            row[:len(piece)] = (
                layer_norm(samples, samples.shape) if self._normalise else samples)
        padded = torch.arange(max(lengths)) >= torch.tensor(lengths)[:, None]
        self._frames = torch.tensor([self._frames_of(length) for length in lengths],
                                    device=self._device)
        with torch.inference_mode():
            features = self._network.extract_features(
                sound.to(self._device, self._dtype), padding_mask=padded.to(self._device))['x']
            # FunASR takes the plain mean, which would count the padding.
            mean = (features.float() * self._spoken(features.shape[1])[:, :, None]).sum(1)
            mean /= self._frames[:, None]
            scores = self._network.proj(mean.to(self._dtype))
        return np.asarray(scores.cpu()[:, self._columns].double().numpy())

    def _silence_padding(self, _: nn.Module, inputs: tuple[Tensor]) -> tuple[Tensor]:
        # The convolutions over neighbouring frames would otherwise see the padding.
        maps = inputs[0]
        return (maps * self._spoken(maps.shape[2])[:, None, :].to(maps.dtype),)

    def _spoken(self, frames: int) -> Tensor:
        assert self._frames is not None, 'lengths are set before the network runs'
        return torch.arange(frames, device=self._device) < self._frames[:, None]

    def _frames_of(self, samples: int) -> int:
        for _, width, stride in self._extractor:
            samples = (samples - width) // stride + 1
        return samples


def emotions_of(tokens: Sequence[str]) -> tuple[tuple[str, ...], list[int]]:
    """Return the emotions that a token list of the model names, and the columns they stand in."""
    return translate([token.rpartition('/')[2] for token in tokens], dropped=DROPPED | {
        token for token in tokens if token.startswith('unuse')})
