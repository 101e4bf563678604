"""Who-speaks-when for one stream of sound: voice activity, and the frames of a voice."""

from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
import onnxruntime

from mer_ros.onnx_session import onnx_session
from mer_ros.share import carried, INSTALL

PACKAGE = 'silero_vad'
FILE = 'silero_vad_16k_sequence.onnx'

FRAME = 512
"""Samples at 16 kHz (32 ms) that are judged at once."""

CONTEXT = 64
"""Samples before the frame that the network hears again."""

INPUTS, OUTPUTS = ['input', 'h', 'c'], ['speech_probs', 'hn', 'cn']
"""The ends of the network: (N, CONTEXT + FRAME) samples of frames that follow each other, and twice
(1, 1, 128) numbers that it keeps; the probabilities (N,), and the numbers to give it next."""


class VoiceActivity(Protocol):
    """Judges one frame of a stream after the other."""

    def probability(self, frame: NDArray[np.float32]) -> float:
        """Return the probability in [0, 1] that someone speaks in FRAME samples at 16 kHz."""

    def reset(self) -> None:
        """Forget the stream."""


class SileroVoice:
    """Silero VAD, version 6 (Silero Team 2024), in onnxruntime.

    Args:
        path: the network; None looks for the package silero-vad.

    Raises:
        FileNotFoundError: the network is not installed; the message says how to get it.
        ValueError: the file is no Silero VAD, or not a complete one.
    """

    def __init__(self, *, path: Path | None = None) -> None:
        self._session = _opened(find_network() if path is None else path)
        self._context: NDArray[np.float32]
        self._state: list[NDArray[np.float32]]
        self.reset()

    def probability(self, frame: NDArray[np.float32]) -> float:
        """Return the probability in [0, 1] that someone speaks in FRAME samples at 16 kHz."""
        samples = np.concatenate([self._context, np.clip(frame, -1.0, 1.0)])
        self._context = samples[-CONTEXT:]
        found, *self._state = self._session.run(
            OUTPUTS, dict(zip(INPUTS, (samples[None], *self._state), strict=True)))
        return float(found[0])

    def reset(self) -> None:
        """Forget the stream."""
        self._context = np.zeros(CONTEXT, dtype=np.float32)
        self._state = [np.zeros((1, 1, 128), dtype=np.float32)] * 2


def find_network() -> Path:
    """Return the path of the network; raise FileNotFoundError that says what to install."""
    file = carried(PACKAGE, f'data/{FILE}')
    if file is None:
        raise FileNotFoundError(f'voice activity detection needs {FILE} of silero-vad: {INSTALL}')
    return file


def _opened(path: Path) -> onnxruntime.InferenceSession:
    if not path.is_file():
        raise FileNotFoundError(f'the model file {path} is missing: {INSTALL}')
    try:
        session = onnx_session(str(path))
    except ValueError as error:
        raise ValueError(f'{path} is no Silero VAD, or not a complete one ({error}): '
                         f'{INSTALL}') from error
    ends = [[end.name for end in some] for some in (session.get_inputs(), session.get_outputs())]
    if ends != [INPUTS, OUTPUTS]:
        raise ValueError(f'{path} is no Silero VAD: it has the inputs and outputs {ends}, needed '
                         f'are {[INPUTS, OUTPUTS]}: {INSTALL}')
    return session
