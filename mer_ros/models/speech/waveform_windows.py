"""Cutting utterances into what a speech network of the extra `paper` can judge at once."""

import numpy as np
from numpy.typing import NDArray

from mer_ros.data import SAMPLE_RATE

SHORTEST_S = 0.1
"""Less than this many seconds says nothing about an emotion."""

WINDOW_S = 20.0
"""Longer utterances are cut into equal windows of at most this many seconds."""


def windows(waveform: NDArray[np.float32]) -> list[NDArray[np.float32]]:
    """Cut a waveform (n,) into equal windows of at most 20 s; leave out those without sound."""
    if len(waveform) < SHORTEST_S * SAMPLE_RATE:
        return []
    parts = -(-len(waveform) // round(WINDOW_S * SAMPLE_RATE))
    return [window for window in np.array_split(waveform, parts) if np.ptp(window) > 0.0]
