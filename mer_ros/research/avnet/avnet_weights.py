"""What a file of weights of the audio-visual network gives, and the description beside it."""

from collections.abc import Callable
from dataclasses import dataclass
import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

DESCRIPTION = 'avnet.json'
"""What lies beside the weights of a training run and says what they take and give."""

CHECKPOINT = 'avnet.pt'
"""The weights in the folder of a training run."""


@dataclass(frozen=True, slots=True)
class Weights:
    """What a file of weights gives: ``embed`` (faces, sound) and the last layer (C, 640), (C,).

    ``about`` holds labels, segments, sample_rate and audio.
    """

    about: dict[str, Any]
    embed: Callable[[NDArray[np.uint8], NDArray[np.float32]], NDArray[np.float32]]
    weight: NDArray[np.float32]
    bias: NDArray[np.float32]


def read_description(file: Path) -> dict[str, Any]:
    """Return what a file says about the weights beside it; raise unless it says all."""
    if not file.is_file():
        raise FileNotFoundError(f'{file}, which describes the weights, is missing; copy it too')
    about: Any = json.loads(file.read_text(encoding='utf-8'))
    needed = ('labels', 'segments', 'sample_rate', 'audio')
    lacking = [name for name in needed if not isinstance(about, dict) or name not in about]
    if lacking:
        raise ValueError(f'{file} does not say {lacking} of an avnet; export or train it again')
    found: dict[str, Any] = about
    return found
