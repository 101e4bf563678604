"""What the engines ask of a model; anything that has these attributes is one."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from mer_ros.data import Circumplex


class TextModel(Protocol):
    """Classifies sentences."""

    name: str
    labels: tuple[str, ...]

    def logits(self, batch: Sequence[str]) -> NDArray[np.float32]:
        """Return raw scores (B, len(labels)) of B sentences."""


class SpeechModel(Protocol):
    """Classifies utterances."""

    name: str
    labels: tuple[str, ...]

    def logits(self, batch: Sequence[NDArray[np.float32]]) -> NDArray[np.float32]:
        """Return raw scores (B, len(labels)) of B mono waveforms at 16 kHz in [-1, 1]."""


class FaceModel(Protocol):
    """Classifies face crops."""

    name: str
    labels: tuple[str, ...]

    def logits(self, batch: Sequence[NDArray[np.uint8]]) -> NDArray[np.float32]:
        """Return raw scores (B, len(labels)) of B RGB crops (H, W, 3), uint8, of any size."""


@runtime_checkable
class HasFeatures(Protocol):
    """A text, speech or face model that also gives its features."""

    def features(self, item: Any, /) -> NDArray[np.float32]:
        """Return rows (T, D) of one item, in order of time; T may be 0, D is the model's own."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What a model says of one text, float32 (n,), and how far it can be trusted.

    ``quality`` is in [0, 1]; ``doubts`` name what lowered it: ``language`` (not learned, or not
    certain), ``unknown_words``.  ``circumplex`` is what it says of valence and arousal itself.
    """

    logits: NDArray[np.float32]
    quality: float
    doubts: tuple[str, ...]
    circumplex: Circumplex | None = None


@runtime_checkable
class KnowsWords(Protocol):
    """A text model that tells how far it can judge a text."""

    languages: Collection[str]

    def judge(self, text: str, language: str = '', /) -> Judged:
        """Return the scores of a text whose language, a tag of BCP-47, may be told."""


@dataclass(frozen=True, slots=True)
class JudgedFace:
    """What a model says of one face, float32 (n,), and how likely it is one, in [0, 1]."""

    logits: NDArray[np.float32]
    chance: float


@runtime_checkable
class KnowsFaces(Protocol):
    """A face model that tells whether it sees a face at all."""

    def judge(self, crop: NDArray[np.uint8], /) -> JudgedFace:
        """Return the scores of an RGB crop (H, W, 3), and how likely it shows a face."""


@dataclass(frozen=True, slots=True)
class Faces:
    """Faces found in one image, largest score first.

    ``boxes`` float32 (N, 4): left, top, right, bottom in pixels; ``scores`` float32 (N,) in
    [0, 1]; ``landmarks`` float32 (N, 5, 2): left eye, right eye, nose, left and right mouth
    corner as seen in the image, or NaN where the detector gives none.
    """

    boxes: NDArray[np.float32]
    scores: NDArray[np.float32]
    landmarks: NDArray[np.float32]

    def largest(self) -> int | None:
        """Return the index of the face with the largest box, or None when there is no face."""
        sides = self.boxes[:, 2:] - self.boxes[:, :2]
        return int(np.argmax(sides.prod(axis=1))) if len(sides) else None


class FaceDetector(Protocol):
    """Finds faces; its constructor takes ``min_face``, the smallest side of a face in pixels."""

    name: str

    def detect(self, image: NDArray[np.uint8]) -> Faces:
        """Return the faces in an RGB image (H, W, 3), uint8."""


@runtime_checkable
class Follows(Protocol):
    """A face detector that follows faces, in less time than it takes to find them."""

    def follow(self, image: NDArray[np.uint8], boxes: NDArray[np.float32], /) -> Faces | None:
        """Return the faces that were at ``boxes`` (N, 4) shortly before, None if one is lost."""
