"""Speech features of the attention fusion: MFCC and a small CNN that is trained on them."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from lightning import LightningModule
import numpy as np
from numpy.typing import NDArray
from scipy.fft import dct
import torch
from torch import nn, Tensor
from torch.nn import functional
from torch.utils.data import DataLoader

from mer_ros.models.speech.speech_frames import frames_of
from mer_ros.training.loop import fit, SCORE

CEPSTRA = 20
"""Cepstra that the network hears, the level among them."""

WIDTH = 64
"""Features of an utterance."""

Batch = tuple[Tensor, Tensor, Tensor]
"""MFCC (B, CEPSTRA, T), which frames are there (B, T), and classes (B,)."""


def mfcc(waveform: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the cepstra (T, CEPSTRA) of 40 ms frames, every 10 ms, of a 16 kHz waveform.

    Each has mean 0 over the utterance (cepstral mean normalisation); T is 0 where it is silent.
    """
    frames = frames_of(waveform)
    if frames is None:
        return np.empty((0, CEPSTRA), dtype=np.float32)
    cepstra = dct(frames.bands, type=2, norm='ortho')[:, :CEPSTRA]
    return np.asarray(cepstra - cepstra.mean(axis=0), dtype=np.float32)


class MfccCnn(LightningModule):
    """Two convolutions over time and a mean of what is there: the paper gives no architecture.

    `features` of a waveform are what the last layer would classify.
    """

    def __init__(self, classes: int, *, rate: float = 1e-3) -> None:
        super().__init__()
        self._rate = rate
        self.normalise = nn.BatchNorm1d(CEPSTRA)
        self.near = nn.Conv1d(CEPSTRA, WIDTH, 9, stride=2, padding=4)
        self.far = nn.Conv1d(WIDTH, WIDTH, 9, stride=2, padding=4)
        self.drop = nn.Dropout(0.3)
        self.last = nn.Linear(WIDTH, classes)

    def embed(self, cepstra: Tensor, there: Tensor) -> Tensor:
        """Return features (B, WIDTH) of MFCC (B, CEPSTRA, T), of which some frames are there."""
        mask = there.unsqueeze(1).to(cepstra)
        near = functional.relu(self.near(self.normalise(cepstra) * mask)) * mask[..., ::2]
        far = functional.relu(self.far(near)) * mask[..., ::4]
        return far.sum(dim=2) / mask[..., ::4].sum(dim=2).clamp(min=1.0)

    def training_step(self, batch: Batch, index: int) -> Tensor:
        """Return the cross-entropy."""
        cepstra, there, truth = batch
        return functional.cross_entropy(self.last(self.drop(self.embed(cepstra, there))), truth)

    def validation_step(self, batch: Batch, index: int) -> None:
        """Log the log-likelihood."""
        cepstra, there, truth = batch
        loss = functional.cross_entropy(self.last(self.embed(cepstra, there)), truth)
        self.log(SCORE, -loss, on_epoch=True, batch_size=len(truth))

    def configure_optimizers(self) -> torch.optim.Optimizer:
        """Return AdamW."""
        return torch.optim.AdamW(self.parameters(), lr=self._rate)

    def features(self, waveform: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the features of a waveform, float32 (1, WIDTH), or (0, WIDTH) of silence."""
        cepstra = mfcc(waveform)
        if not len(cepstra):
            return np.empty((0, WIDTH), dtype=np.float32)
        with torch.inference_mode():
            return self.embed(torch.from_numpy(cepstra.T[np.newaxis].copy()),
                              torch.ones(1, len(cepstra))).numpy()


def train_mfcc_cnn(
    train: tuple[Sequence[Any], Sequence[int]], dev: tuple[Sequence[Any], Sequence[int]], *,
    folder: Path, classes: int, epochs: int = 40, seed: int = 0, resume: bool = False,
) -> MfccCnn:
    """Return the CNN trained on waveforms and classes, its epoch chosen on others.

    Silent and missing (None) waveforms are left out.
    """
    torch.manual_seed(seed)
    parts = [[(torch.from_numpy(cepstra), truth) for waveform, truth in zip(*part, strict=True)
              if waveform is not None and len(cepstra := mfcc(waveform))] for part in (train, dev)]
    learned, judged = (DataLoader(part, batch_size=32, shuffle=not place, collate_fn=_padded)
                       for place, part in enumerate(parts))
    network = MfccCnn(classes)
    fit(network, learned, judged, folder=folder, epochs=epochs, patience=10, seed=seed,
        resume=resume, recipe={'cnn': WIDTH, 'rows': [len(part) for part in parts]})
    return network


def _padded(rows: list[tuple[Tensor, int]]) -> Batch:
    cepstra = nn.utils.rnn.pad_sequence([row for row, _ in rows], batch_first=True)
    lengths = torch.tensor([len(row) for row, _ in rows])
    return (cepstra.transpose(1, 2), torch.arange(cepstra.shape[1]) < lengths[:, None],
            torch.tensor([truth for _, truth in rows]))
