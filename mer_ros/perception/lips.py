"""Who of several people moves the lips, from one image to the next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import exp

import cv2
import numpy as np
from numpy.typing import NDArray

from mer_ros.data import NANOSECONDS, nanoseconds

Patch = NDArray[np.float32]

_SIZE = 48, 32
"""Width and height in pixels to which the mouth is scaled."""

_MOUTH = 1.1, 0.8
"""Width and height of what is cut out, in distances between the eyes."""

_CHIN = 1.12
"""How far below the eyes the mouth is, in the same distances, where its corners are not known."""

_FAR = 4.0
"""Pixels between the eyes below which there is no mouth to see."""

_SHIFT = 3
"""By how many pixels of the scaled mouth two images may be moved to fit: eyes are found roughly."""


@dataclass(slots=True)
class _Face:
    mouth: Patch
    stamp: int
    motion: float | None = None


class Lips:
    """Says who talks: whose mouth has changed most of late.

    Two images of the levelled mouth, each of mean 0 and deviation about 1, are laid over each other
    where they fit best, so that a head that moves as a whole counts little; their root mean
    square difference is the motion.  It is averaged over about ``memory`` seconds of event time.
    Another person takes over with ``margin`` times the motion.  All of it is image alone: who
    laughs or chews moves the lips too.

    Args:
        memory: seconds over which motion is averaged, above 0.
        least: motion below which lips count as still.
        margin: how many times the motion of who talks another one must show to take over, >= 1.
        max_gap: seconds between two images of a face after which they are not compared.
    """

    def __init__(self, *, memory: float = 0.2, least: float = 0.1, margin: float = 1.2,
                 max_gap: float = 1.0) -> None:
        if not (memory > 0.0 and least >= 0.0 and margin >= 1.0 and max_gap > 0.0):
            raise ValueError(f'memory {memory} s, least {least}, margin {margin} and max_gap '
                             f'{max_gap} s cannot be used; needed is memory > 0, least >= 0, '
                             f'margin >= 1 and max_gap > 0')
        self._memory = memory * NANOSECONDS
        self._least = least
        self._margin = margin
        self._max_gap = nanoseconds(max_gap)
        self.reset()

    def reset(self) -> None:
        """Forget all faces."""
        self._faces: dict[str, _Face] = {}
        self._name = ''

    @property
    def motions(self) -> dict[str, float]:
        """How much the lips of each person have moved of late, where that is known."""
        return {name: face.motion for name, face in self._faces.items()
                if face.motion is not None}

    def update(self, stamp: int, pixels: NDArray[np.uint8],
               landmarks: Mapping[str, NDArray[np.float32]]) -> str:
        """Take the faces of an image by name; return who talks, '' where nobody is seen to.

        Args:
            stamp: time of the image in ns; stamps must not go back.
            pixels: uint8 RGB (H, W, 3).
            landmarks: of each face, (5, 2) as in `Faces`; a face whose eyes are not known, or
                hardly apart, is passed over.
        """
        self._faces = {name: face for name, face in self._faces.items()
                       if stamp - face.stamp <= self._max_gap}
        grey: Patch | None = None
        for name, points in landmarks.items():
            # A detector without landmarks gives NaN, which is not far either.
            if float(np.linalg.norm(points[1] - points[0])) >= _FAR:
                if grey is None:
                    grey = _grey(pixels)
                self._see(name, stamp, grey, np.asarray(points, dtype=np.float64))
        return self._choose(set(landmarks))

    def _see(self, name: str, stamp: int, grey: Patch, points: NDArray[np.float64]) -> None:
        mouth = _mouth(grey, points)
        before = self._faces.get(name)
        now = self._faces[name] = _Face(mouth, stamp)
        if before is None or stamp <= before.stamp:
            return
        moved = _difference(before.mouth, mouth)
        share = 1.0 - exp(-(stamp - before.stamp) / self._memory)
        now.motion = moved if before.motion is None else (
            before.motion + share * (moved - before.motion))

    def _choose(self, present: set[str]) -> str:
        motions = {name: motion for name, motion in self.motions.items() if name in present}
        most = max(motions, key=lambda name: motions[name], default='')
        if not most or motions[most] < self._least:
            self._name = ''
        elif motions[most] > self._margin * motions.get(self._name, 0.0):
            self._name = most
        return self._name


def _grey(pixels: NDArray[np.uint8]) -> Patch:
    grey = cv2.GaussianBlur(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), (3, 3), 0)
    return grey.astype(np.float32)


def _mouth(grey: Patch, points: NDArray[np.float64]) -> Patch:
    """Return the levelled mouth of a face."""
    left, right, nose, *corners = points
    middle, across = (left + right) / 2, right - left
    down = np.array([-across[1], across[0]])
    centre = middle + _CHIN * down
    if np.isfinite(corners).all():
        centre = np.mean(corners, axis=0)
    elif np.isfinite(nose).all():  # a face that is turned has its mouth where its nose points
        centre = centre + 0.5 * ((nose - middle) @ across) / (across @ across) * across
    step = np.stack([across * _MOUTH[0] / _SIZE[0], down * _MOUTH[1] / _SIZE[1]], axis=1)
    corner = centre - step @ (np.array(_SIZE) - 1) / 2
    cut = cv2.warpAffine(
        grey, np.column_stack([step, corner]), _SIZE, borderMode=cv2.BORDER_REPLICATE,
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP)
    return np.asarray((cut - cut.mean()) / (cut.std() + 5.0), dtype=np.float32)


def _difference(before: Patch, after: Patch) -> float:
    inner = after[_SHIFT:-_SHIFT, _SHIFT:-_SHIFT]
    squares = cv2.matchTemplate(before, inner, cv2.TM_SQDIFF)
    return float(np.sqrt(max(float(squares.min()), 0.0) / inner.size))
