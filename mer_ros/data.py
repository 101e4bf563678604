"""The stamped plain data that flows between engines; no ROS type crosses this line.

Times are integer nanoseconds of event time (when it happened, not when it arrived); durations
are integer nanoseconds too.  Every class is immutable; arrays must not be written to.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

NANOSECONDS = 1_000_000_000
"""Nanoseconds in a second."""


def nanoseconds(seconds: float) -> int:
    """Return a duration in seconds as integer nanoseconds."""
    return round(seconds * NANOSECONDS)


@dataclass(frozen=True, slots=True)
class CameraImage:
    """One camera image: ``pixels`` is uint8 RGB of shape (H, W, 3)."""

    stamp: int
    pixels: NDArray[np.uint8]
    frame_id: str = ''
    person_id: str = ''


@dataclass(frozen=True, slots=True)
class AudioBlock:
    """A run of sound: ``samples`` is float32 of shape (n, channels) in [-1, 1].

    ``stamp`` is the time of the first sample, ``sample_rate`` is in Hz.
    """

    stamp: int
    samples: NDArray[np.float32]
    sample_rate: int
    frame_id: str = ''
    person_id: str = ''

    @property
    def end(self) -> int:
        """Time just after the last sample, in nanoseconds."""
        return self.stamp + len(self.samples) * NANOSECONDS // self.sample_rate


@dataclass(frozen=True, slots=True)
class Words:
    """What a person said: ``stamp`` is the time at which the words ended.

    ``confidence`` of the recogniser is in [0, 1]; ``duration`` is how long the words took, or 0
    when unknown; ``language`` is a BCP-47 tag, or '' when unknown.
    """

    stamp: int
    text: str
    frame_id: str = ''
    person_id: str = ''
    language: str = ''
    confidence: float = 1.0
    duration: int = 0


@dataclass(frozen=True, slots=True)
class Speaker:
    """Whom the robot was talking with at a time; ``person_id`` is '' where nobody was there."""

    stamp: int
    person_id: str
    frame_id: str = ''


@dataclass(frozen=True, slots=True)
class Logits:
    """The evidence of one modality about one person: raw scores of a classifier.

    ``stamp`` is the time of the newest evidence, ``window`` the length of the evidence in
    nanoseconds, ``logits`` float64 (n,), one a label; ``quality`` in [0, 1], 1 = trust fully.
    """

    stamp: int
    modality: str
    labels: tuple[str, ...]
    logits: NDArray[np.float64]
    person_id: str = ''
    model: str = ''
    window: int = 0
    quality: float = 1.0
    frame_id: str = ''


@dataclass(frozen=True, slots=True)
class ModalityOpinion:
    """What one modality contributed to a state: belief (K,), uncertainty, probability (K,).

    ``age`` is the time from its evidence to the newest evidence, in nanoseconds; ``weight`` in
    [0, 1] the reliability it was discounted with.
    """

    modality: str
    model: str
    belief: NDArray[np.float64]
    uncertainty: float
    probability: NDArray[np.float64]
    age: int
    weight: float


@dataclass(frozen=True, slots=True)
class Emotion:
    """The emotion perceived in one person: everything that an EmotionState message carries.

    belief (K,) and uncertainty sum to 1; probability (K,) sums to 1; alpha (K,) >= 1 are the
    Dirichlet parameters; ``confidence`` is the probability of the best label; conflict in [0, 1];
    valence and arousal in [-1, 1], NaN when unknown.

    With ``multi_label`` several emotions may be present at once: each probability stands alone,
    ``label_uncertainty`` (K,) in [0, 1] says how unsure it is, and belief and alpha are empty.
    """

    stamp: int
    window_start: int
    person_id: str
    label: str
    confidence: float
    uncertainty: float
    conflict: float
    labels: tuple[str, ...]
    belief: NDArray[np.float64]
    probability: NDArray[np.float64]
    alpha: NDArray[np.float64]
    valence: float = float('nan')
    arousal: float = float('nan')
    modalities: tuple[ModalityOpinion, ...] = ()
    missing: tuple[str, ...] = field(default=())
    valid_for: int = 0
    frame_id: str = ''
    multi_label: bool = False
    label_uncertainty: NDArray[np.float64] = field(default_factory=lambda: np.empty(0))


class BadInput(ValueError):
    """Input that cannot be used.

    ``reason`` is a short snake_case name under which a node counts it in its diagnostics; the
    message says what was given, what is allowed and what to do.
    """

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason
