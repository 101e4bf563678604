"""What Lightning trains: the audio-visual network, its loss and its schedule."""

from collections.abc import Iterable

from lightning import LightningModule
import numpy as np
from numpy.typing import NDArray
import torch
from torch import nn, Tensor

from mer_ros.models.speech.mel import hann, mel_filters, QUIETEST, RANGE_DB
from mer_ros.research.avnet.avnet_cache import LOUDEST
from mer_ros.research.avnet.avnet_data import Batch
from mer_ros.research.avnet.avnet_net import AvNetNet, MEL_BANDS, MEL_FFT, MEL_HOP
from mer_ros.training.loop import SCORE


class LogMel(nn.Module):
    """Waveforms (B, n) to spectrograms in dB (B, bands, frames), where the network is.

    The same as `mer_ros.models.speech.mel.log_mel` without padding, for many at a time.
    """

    def __init__(self, sample_rate: int) -> None:
        super().__init__()
        for name, values in (('window', hann(MEL_FFT)),
                             ('filters', mel_filters(sample_rate, MEL_BANDS, MEL_FFT))):
            self.register_buffer(name, torch.tensor(values), persistent=False)

    def forward(self, waveforms: Tensor) -> Tensor:
        """Transform in single precision, whatever the network computes in."""
        with torch.autocast(waveforms.device.type, enabled=False):
            spectrum = torch.stft(waveforms, MEL_FFT, MEL_HOP, window=self.window, center=False,
                                  return_complex=True)
            power = self.filters @ (spectrum.real.square() + spectrum.imag.square())
            decibels = 10 * power.clamp_min(QUIETEST).log10()
            return decibels.maximum(decibels.amax((1, 2), keepdim=True) - RANGE_DB)


class AvNetModule(LightningModule):
    """Learns classes from films; its score is the accuracy on the dev films.

    Args:
        network: what is trained.
        sample_rate: of the sound, in Hz.
        audio: encoder of the sound, one of `mer_ros.research.avnet.avnet_net.AUDIO`.
        rate: learning rate of Adam.
        drop_after: epochs after which it falls to a tenth.

    """

    def __init__(self, network: AvNetNet, *, sample_rate: int, audio: str = 'mel',
                 rate: float = 1e-4, drop_after: int = 50) -> None:
        super().__init__()
        self.network = network
        self.hear = LogMel(sample_rate) if audio == 'mel' else nn.Identity()
        self._rate, self._drop_after = rate, drop_after

    def forward(self, faces: Tensor, sound: Tensor) -> Tensor:
        """Return scores (B, C) of films, the means over their segments (eq. 1); see `Batch`."""
        heard = self.hear(sound.flatten(0, 1).float() / LOUDEST)
        scores = self.network(faces.flatten(0, 1), heard)[1].float()
        return scores.unflatten(0, faces.shape[:2]).mean(1)

    def training_step(self, batch: Batch, index: int) -> Tensor:
        """Return the cross-entropy of a batch (eq. 3)."""
        faces, sound, classes = batch
        loss = nn.functional.cross_entropy(self(faces, sound), classes)
        self.log('loss', loss, on_step=False, on_epoch=True, batch_size=len(classes),
                 sync_dist=True)
        return loss

    def validation_step(self, batch: Batch, index: int) -> None:
        """Log the accuracy on dev."""
        faces, sound, classes = batch
        right = (self(faces, sound).argmax(1) == classes).float().mean()
        self.log(SCORE, right, on_epoch=True, batch_size=len(classes), sync_dist=True)

    def configure_optimizers(
        self
    ) -> tuple[list[torch.optim.Optimizer], list[torch.optim.lr_scheduler.LRScheduler]]:
        """Return Adam and the fall of its rate (section V.A)."""
        optimizer = torch.optim.Adam(self.parameters(), self._rate)
        return [optimizer], [torch.optim.lr_scheduler.MultiStepLR(optimizer, [self._drop_after])]


def predict(
    module: AvNetModule, films: Iterable[Batch], *, device: str = 'cpu'
) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Return raw scores (n, C) and classes (n,) of batches of films, in their order."""
    module.eval().to(device)
    scores, classes = [], []
    with torch.inference_mode():
        for faces, sound, truth in films:
            scores.append(module(faces.to(device), sound.to(device)).cpu())
            classes.append(truth)
    return torch.cat(scores).numpy(), torch.cat(classes).numpy()
