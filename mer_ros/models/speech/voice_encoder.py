"""What the first layers of a speech network hear in a voice: the encoder of Smart Turn.

Smart Turn (Daily 2025, BSD 2-clause) tells whether somebody has finished speaking.  It is the
encoder of Whisper tiny (Radford et al., ICML 2023), trained further on how people speak in many
languages.  The mean and the spread of its first two layers carry an emotion further, to voices
and languages that no network of ours has learned from, than statistics of the sound do.
"""

from functools import cached_property
import hashlib

import numpy as np
from numpy.typing import NDArray
import onnxruntime

from mer_ros.data import SAMPLE_RATE
from mer_ros.models.onnx_cut import cut
from mer_ros.models.speech.mel import log_mel, QUIETEST, to_db
from mer_ros.models.speech.speech_frames import is_speech
from mer_ros.onnx_session import onnx_session
from mer_ros.share import carried, INSTALL

PACKAGE = 'pipecat'
FILE = 'audio/turn/smart_turn/data/smart-turn-v3.2-cpu.onnx'

CHECKSUM = '2bb026316b14a660486a75b1733cd3fbab8c2fd0314dc9af7be49f8cca967e4f'
"""The SHA-256 of the file: what was learned from one network says nothing about another."""

LAYERS = ('add_146', 'add_268')
"""The outputs of the first two layers of the encoder."""

SPECTRUM, POSITIONS = 'input_features', 'inner.encoder.embed_positions.weight'
"""What the network is given: the spectrogram, and where its frames are."""

LENGTH = 'val_21'
"""The number of frames, fixed in the file; -1 is as many as there are."""

WIDTH = 4 * 384
"""Numbers that `VoiceEncoder.describe` returns."""

LONGEST_S = 8.0
"""Seconds that the network can hear."""

N_FFT, HOP, BANDS = 400, 160, 80
"""The spectrogram that the network was trained with, see `mel.log_mel`; two of its frames are one
of the layers'."""

LEAST = 8
"""Columns of the spectrogram that are heard at least."""

SILENCE = 1e-7
"""Root mean square below which nothing is there to be made louder."""


class VoiceEncoder:
    """The first two layers of Smart Turn; about 2 ms of one core for a second of speech.

    Raises FileNotFoundError where the network is not installed, or in another version; the message
    says how to get it.
    """

    def __init__(self, *, threads: int = 1) -> None:
        file = carried(PACKAGE, FILE)
        if file is None:
            raise FileNotFoundError(f'{FILE} of pipecat-ai is not installed: {INSTALL}')
        if hashlib.sha256(file.read_bytes()).hexdigest() != CHECKSUM:
            raise FileNotFoundError(f'{file} is not of the version of pipecat-ai whose network was '
                                    f'learned from: {INSTALL}')
        self._file = file
        self._threads = threads

    @cached_property
    def _layers(self) -> tuple[onnxruntime.InferenceSession, NDArray[np.float32]]:
        """The network and the places of its frames, (400, 384); opened with the first voice."""
        part, given = cut(self._file.read_bytes(), LAYERS, integers={LENGTH: [-1]}, inputs={
            SPECTRUM: ('one', 'bands', 'columns'), POSITIONS: ('frames', 'width')})
        return onnx_session(part, threads=self._threads), given[POSITIONS].copy()

    def describe(self, waveform: NDArray[np.float32]) -> NDArray[np.float64]:
        """Return the mean and the spread of both layers, (WIDTH,), over a mono waveform at 16 kHz.

        They are those from the first to the last frame of speech; of more than `LONGEST_S`, the end
        is heard.  The gain does not matter.
        """
        columns = spectrum(waveform)[:, -round(LONGEST_S * SAMPLE_RATE / HOP):]
        session, positions = self._layers
        layers = session.run(LAYERS, {
            SPECTRUM: columns[None], POSITIONS: positions[-(columns.shape[1] // 2):]})
        return np.concatenate([part for layer in layers for part in (
            layer[0].mean(axis=0), layer[0].std(axis=0))], dtype=np.float64)


def spectrum(waveform: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return what the network is given of the speech in a waveform, (BANDS, T), T even.

    It is Whisper's spectrogram, in units of 40 dB, of a sound whose speech has the power 1.
    """
    # Double, because the square of loud single precision may be infinite.
    sound = waveform.astype(np.float64)
    sound = (sound - sound.mean()) / max(float(sound.std()), SILENCE)
    sound = np.pad(sound, (0, max(LEAST * HOP - len(sound), 0)))
    decibels = log_mel(sound.astype(np.float32), SAMPLE_RATE, bands=BANDS, n_fft=N_FFT, hop=HOP)
    spoken = np.flatnonzero(is_speech(to_db(np.mean(10 ** (decibels / 10), axis=0), QUIETEST)))
    # A few columns at least, in pairs, and not the one at the very end, which Whisper leaves out.
    end = min(max(int(spoken[-1]) + 1, LEAST), len(sound) // HOP)
    first = max(min(int(spoken[0]), end - LEAST), 0)
    first += (end - first) % 2 * (1 if first == 0 else -1)
    power = max(float(sound[first * HOP:end * HOP].std()), SILENCE)
    return np.asarray((decibels[:, first:end] - 20 * np.log10(power)) / 40 + 1, dtype=np.float32)
