"""How far a face can be trusted, and why not further."""

import cv2
import numpy as np
from numpy.typing import NDArray

Curve = tuple[tuple[float, ...], tuple[float, ...]]
"""A measure, and the share of the accuracy above chance that is left there; lines between."""

FULL_TRUST_SCORE = 0.7
"""A detector's score from which on there is no doubt that it is a face."""

NO_FACE, SURE_FACE = 0.75, 0.9
"""A model's chance of a face up to which there is none, and from which on there is no doubt."""

SIZE: Curve = ((8.0, 12.0, 16.0, 24.0, 32.0), (0.0, 0.25, 0.68, 0.95, 1.0))
"""By the shorter side of the face in pixels.

This curve and the next three are fitted: `python benchmarks/run.py --only faces` makes dev pictures
of FER+ smaller, blurred and dark, looks at those of turned heads, and prints what is kept.
"""

SHARPNESS: Curve = ((0.05, 0.08, 0.11, 0.18, 0.3), (0.0, 0.49, 0.83, 0.96, 1.0))
"""By `sharpness`."""

LIGHT: Curve = ((6.5, 13.0, 26.0, 50.0), (0.0, 0.3, 0.8, 1.0))
"""By the mean grey level of the face, with the noise of a camera in the dark."""

TURN: Curve = ((0.2, 0.3, 0.5), (1.0, 0.95, 0.67))
"""By `turn_of`."""

NAMED = 0.9
"""A share below this is worth a word."""

LEAST_CONTRAST = 1.0
"""Grey levels of standard deviation below which sharpness means nothing."""


def face_quality(score: float, side: float) -> float:
    """Return how far a face can be trusted by the detector's score and its size, in [0, 1].

    It is the share that the score has of FULL_TRUST_SCORE, at most 1, times that of `SIZE` at
    the face's shorter side in pixels.
    """
    return min(1.0, max(0.0, score) / FULL_TRUST_SCORE) * _at(SIZE, side)


def doubted(face: NDArray[np.uint8], *, score: float, side: float, landmarks: NDArray[np.float32],
            chance: float = 1.0) -> tuple[float, tuple[str, ...]]:
    """Return how far a face can be trusted, in [0, 1], and the names of what lowers that.

    Each reason keeps a share of the trust, and the shares are multiplied; of size and blur the
    smaller one counts, since a small face that was enlarged is blurred.  The names are those of
    `mer_ros.engines.remarks.DOUBTS`, for shares below `NAMED`.

    Args:
        face: the crop (H, W, 3), RGB.
        score: of the detector.
        side: the shorter side of the face in the image, in pixels.
        landmarks: of `Faces`, (5, 2) in pixels, NaN where unknown.
        chance: that there is a face, by the model.

    """
    grey = np.asarray(cv2.cvtColor(face, cv2.COLOR_RGB2GRAY), dtype=np.uint8)
    shares = {
        'unsure_detection': min(1.0, max(0.0, score) / FULL_TRUST_SCORE),
        'no_face': float(np.clip((chance - NO_FACE) / (SURE_FACE - NO_FACE), 0.0, 1.0)),
        'small': _at(SIZE, side),
        'blurred': _at(SHARPNESS, sharpness(grey)),
        'dark': _at(LIGHT, float(grey.mean())),
        'turned': _at(TURN, turn_of(landmarks))}
    doubts = tuple(name for name, share in shares.items() if share < NAMED)
    overlap = max(shares['small'], shares['blurred'])  # counted once
    return float(np.prod(list(shares.values())) / overlap if overlap else 0.0), doubts


def sharpness(grey: NDArray[np.uint8]) -> float:
    """Return how much neighbours differ, in the standard deviation of a face (H, W).

    It is measured on 48x48 pixels, the mean of the absolute Laplacian; infinite where there is no
    contrast.
    """
    small = cv2.resize(grey, (48, 48), interpolation=cv2.INTER_AREA).astype(np.float32)
    deviation = float(small.std())
    if deviation < LEAST_CONTRAST:
        return float('inf')
    return float(np.abs(cv2.Laplacian(small, cv2.CV_32F)).mean()) / deviation


def turn_of(landmarks: NDArray[np.float32]) -> float:
    """Return how far the nose is beside the middle of the eyes, in distances between the eyes.

    0 for a frontal face, about 0.5 for one turned by half a right angle, and 0 where the points
    are not known.
    """
    left, right, nose = np.asarray(landmarks, dtype=np.float64)[:3]
    across = right - left
    span = float(across @ across)
    if not np.isfinite([*left, *right, *nose]).all() or span <= 0.0:
        return 0.0
    return abs(float((nose - (left + right) / 2) @ across)) / span


def _at(curve: Curve, measure: float) -> float:
    return float(np.interp(measure, *curve))
