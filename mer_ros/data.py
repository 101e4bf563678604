"""The stamped plain data that flows between engines; no ROS type crosses this line.

Times are integer nanoseconds of event time (when it happened, not when it arrived); durations
are integer nanoseconds too.  Every class is immutable; arrays must not be written to.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mer_ros.printable import printable

LONGEST_MESSAGE = 1000
"""The most characters of the message of a `BadInput`."""

NANOSECONDS = 1_000_000_000
"""Nanoseconds in a second."""

SAMPLE_RATE = 16_000
"""The rate in Hz at which speech is judged."""


NO_VOICE = 'no_voice'
"""The doubt about words that came while the microphone heard no voice: they count for nothing."""


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
class UndecodedImage:
    """One recorded image that is decoded only where somebody looks at it.

    ``decode`` returns it, or raises BadInput where it cannot be used.
    """

    stamp: int
    decode: Callable[[], CameraImage]


@dataclass(frozen=True, slots=True)
class AudioBlock:
    """A run of sound: ``samples`` is float32 of shape (n, channels) in [-1, 1].

    ``stamp`` is the time of the first sample, ``sample_rate`` is in Hz.  ``arrived`` tells that
    the stamp follows from the time at which the block came, since its message carries none;
    ``own`` that the robot itself may be heard, so that the block must not be judged.
    """

    stamp: int
    samples: NDArray[np.float32]
    sample_rate: int
    frame_id: str = ''
    person_id: str = ''
    arrived: bool = False
    own: bool = False

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
class VoiceHeard:
    """What the microphone heard in the ``window`` ns up to ``stamp``: ``voiced`` ns of voice.

    While the robot itself speaks nobody else is heard.
    """

    stamp: int
    window: int
    voiced: int
    frame_id: str = ''


@dataclass(frozen=True, slots=True)
class Media:
    """What a person looked and sounded like, or said, in the moment that was judged.

    ``picture`` is uint8 RGB (H, W, 3), ``sound`` float32 (n,) mono in [-1, 1] at ``sample_rate``
    Hz; None is what the modality does not have.
    """

    picture: NDArray[np.uint8] | None = None
    sound: NDArray[np.float32] | None = None
    sample_rate: int = SAMPLE_RATE
    words: str | None = None


@dataclass(frozen=True, slots=True)
class Circumplex:
    """Valence and arousal, each about -1 to 1, and the standard deviations of their errors, > 0."""

    valence: float
    arousal: float
    valence_deviation: float
    arousal_deviation: float


@dataclass(frozen=True, slots=True)
class Logits:
    """The evidence of one modality about one person: raw scores of a classifier.

    ``stamp`` is the time of the newest evidence, ``window`` the length of the evidence in
    nanoseconds, ``logits`` float64 (n,), one a label; ``quality`` in [0, 1], 1 = trust fully.
    ``doubts`` are the names of the reasons that lowered the quality, () at full quality; what
    they mean is said by `mer_ros.engines.remarks.DOUBTS`.
    ``saliency`` in [0, 1] is the highest probability that the model which selects moments gave
    this one; 0 where the logits tell it themselves.
    ``circumplex`` is what the model itself says of valence and arousal; None where it does not.
    ``features`` float32 (T, D) are what the model saw before it classified, None where nobody
    asked; they never travel with the logits, but as `Features`.  ``media`` are None too where
    nobody asked, and never leave the process.
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
    features: NDArray[np.float32] | None = None
    media: Media | None = None
    doubts: tuple[str, ...] = ()
    saliency: float = 0.0
    circumplex: Circumplex | None = None


Observation = Logits | VoiceHeard
"""What engines hand to the fusion."""


@dataclass(frozen=True, slots=True)
class Features:
    """What the model of one modality saw of one person before it classified.

    ``values`` is float32 (T, D), T >= 1 rows in order of time that end at ``stamp``; what a
    column means is the model's own affair.
    """

    stamp: int
    modality: str
    model: str
    values: NDArray[np.float32]
    person_id: str = ''
    frame_id: str = ''


@dataclass(frozen=True, slots=True)
class ModalityOpinion:
    """What one modality contributed to a state: belief (K,), uncertainty, probability (K,).

    ``age`` is the time from its evidence to the newest evidence, in nanoseconds; ``weight`` in
    [0, 1] the reliability it was discounted with, or the attention that a trained rule paid it;
    ``doubts`` are those of its evidence, see `Logits`.
    """

    modality: str
    model: str
    belief: NDArray[np.float64]
    uncertainty: float
    probability: NDArray[np.float64]
    age: int
    weight: float
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Emotion:
    """The emotion perceived in one person: everything that an EmotionState message carries.

    belief (K,) and uncertainty sum to 1; probability (K,) sums to 1; alpha (K,) >= 1 are the
    Dirichlet parameters; ``confidence`` is the probability of the best label; conflict in [0, 1];
    valence and arousal in [-1, 1], and the standard deviations of their errors, NaN when unknown.
    ``certain_conflict`` in [0, 1] is the conflict between modalities that are both certain.

    ``prediction_set`` are the labels that cannot be ruled out, in the order of ``labels``: they
    hold the true one in the share ``prediction_set_coverage`` of the cases; () and 0 where
    nothing was calibrated.

    With ``multi_label`` several emotions may be present at once: each probability stands alone,
    ``label_uncertainty`` (K,) in [0, 1] says how unsure it is, belief and alpha are empty, and
    ``present`` are the labels whose probability passes the threshold.
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
    certain_conflict: float = 0.0
    prediction_set: tuple[str, ...] = ()
    prediction_set_coverage: float = 0.0
    present: tuple[str, ...] = ()
    valence_deviation: float = float('nan')
    arousal_deviation: float = float('nan')


@dataclass(frozen=True, slots=True)
class Response:
    """What the robot could say to a person, and the emotion that it answers.

    ``language`` is a BCP-47 tag; ``source`` is 'template' or the name of a generator.
    """

    emotion: Emotion
    text: str
    language: str
    source: str

    @property
    def stamp(self) -> int:
        """Time of the emotion, in nanoseconds."""
        return self.emotion.stamp

    @property
    def frame_id(self) -> str:
        """The sensor of the emotion."""
        return self.emotion.frame_id

    @property
    def person_id(self) -> str:
        """Whom it is said to."""
        return self.emotion.person_id


class BadInput(ValueError):
    """Input that cannot be used.

    ``reason`` is a short snake_case name under which a node counts it in its diagnostics; the
    message says what was given, what is allowed and what to do; it may be shown and logged as it
    is, whatever it quotes.
    """

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(printable(message, LONGEST_MESSAGE))
        self.reason = reason


def bytes_of(data: Any, what: str) -> NDArray[np.uint8]:
    """Return the bytes of a field of a message as uint8 (n,), without a copy where possible.

    Newer releases of ROS 2 may hand out a buffer that lives elsewhere, such as on a GPU, and is
    no sequence of bytes in Python.

    Raises:
        BadInput: ``fields``, it is no such sequence; the message names its type.
    """
    try:
        return np.frombuffer(data, dtype=np.uint8)
    except (TypeError, ValueError, BufferError):  # no buffer, or one with gaps
        pass
    try:
        return np.frombuffer(bytes(iter(data)), dtype=np.uint8)
    except (TypeError, ValueError, OverflowError) as error:
        raise BadInput('fields', (
            f'{what} held in {type(data).__module__}.{type(data).__name__} cannot be read; needed '
            f'is a sequence of bytes in main memory: let the driver publish that')) from error


def check_stamp(stamp: int) -> None:
    """Raise BadInput (``unstamped``) where a stamp is not a time."""
    if stamp <= 0:
        raise BadInput('unstamped', (
            f'the stamp is {stamp} ns; evidence needs the time at which it happened: let the '
            f'driver fill header.stamp'))
