"""Segments of a film: which frame and which sound stand for each, and how its face is cut out.

Section III.B of A. Radoi and G. Cioroiu, Uncertainty-Based Learning of a Lightweight Model for
Multimodal Emotion Recognition (IEEE Access, 2024): a film is N segments of equal length; one
frame, and the sound around it, stand for each.
"""

from typing import TypeVar

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from mer_ros.models.input_checks import check_picture
from mer_ros.research.avnet.avnet_sizes import AUDIO_S, FACE_SHAPE

Sample = TypeVar('Sample', np.float32, np.int16)

OFFSET_S = 0.01
"""While learning, the sound is centred up to this many seconds off its frame."""

EYES = ((25.0, 38.0), (55.0, 38.0))
"""Where the left and the right eye, as seen in the image, come to lie: column and row."""


def grey_face(
    pixels: NDArray[np.uint8], box: ArrayLike, landmarks: ArrayLike | None = None
) -> NDArray[np.uint8]:
    """Return the face in an RGB image (H, W, 3) as grey uint8 of `FACE_SHAPE`.

    With landmarks (5, 2), or the eyes alone (2, 2), the face is turned and scaled so that its
    eyes lie at `EYES`.  Without them, or where the eyes are not finite or fall together, it is
    the smallest rectangle of this shape around the box (left, top, right, bottom), so that no
    face is stretched.  What lies beyond the border of the image repeats the border.

    Raises:
        ValueError: the image is none, or the box is empty or not finite.
    """
    grey = np.asarray(cv2.cvtColor(check_picture(pixels), cv2.COLOR_RGB2GRAY), dtype=np.uint8)
    eyes = None if landmarks is None else np.asarray(landmarks, dtype=np.float64)[:2]
    if eyes is not None and np.isfinite(eyes).all() and np.hypot(*(eyes[1] - eyes[0])) >= 1.0:
        to_image = _turned(eyes)
    else:
        to_image = _around(box)
    rows, columns = FACE_SHAPE
    # Averaging first, where the face is larger than it will be, so that nothing aliases.
    shrink = max(1, int(np.hypot(to_image[0, 0], to_image[1, 0])))
    fine = np.array([[shrink, 0, (shrink - 1) / 2], [0, shrink, (shrink - 1) / 2], [0, 0, 1]])
    sampled = cv2.warpAffine(
        grey, to_image @ np.linalg.inv(fine), (columns * shrink, rows * shrink),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, borderMode=cv2.BORDER_REPLICATE)
    face = cv2.resize(sampled, (columns, rows), interpolation=cv2.INTER_AREA)
    return np.asarray(face, dtype=np.uint8)


def _turned(eyes: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the similarity (2, 3) that leads from the places of the eyes in a face to these."""
    # As complex numbers, a similarity is z -> a z + b.
    left, right = (complex(*eye) for eye in EYES)
    seen_left, seen_right = (complex(*eye) for eye in eyes)
    a = (seen_right - seen_left) / (right - left)
    b = seen_left - a * left
    return np.array([[a.real, -a.imag, b.real], [a.imag, a.real, b.imag]])


def _around(box: ArrayLike) -> NDArray[np.float64]:
    """Return the scaling and shift (2, 3) from pixels of a face to those around a box."""
    left, top, right, bottom = (float(edge) for edge in np.asarray(box, dtype=np.float64))
    if not (np.isfinite([left, top, right, bottom]).all() and left < right and top < bottom):
        raise ValueError(f'the box {(left, top, right, bottom)} cannot be cut out; needed are '
                         f'finite edges with left < right and top < bottom')
    rows, columns = FACE_SHAPE
    scale = max((right - left) / columns, (bottom - top) / rows)
    # The centre of a pixel is at a whole number.
    return np.array([[scale, 0.0, (left + right - scale * columns + scale - 1) / 2],
                     [0.0, scale, (top + bottom - scale * rows + scale - 1) / 2]])


def sound_around(
    samples: NDArray[Sample], sample_rate: int, second: float
) -> NDArray[Sample]:
    """Return the `AUDIO_S` of a mono sound (n,) around a time: (round(1.5 * rate),), same type.

    ``second`` counts from the first sample and may lie outside; what is not there is silent.
    """
    length = round(AUDIO_S * sample_rate)
    start = round(second * sample_rate) - length // 2
    window = np.zeros(length, dtype=samples.dtype)
    first, last = max(0, start), min(len(samples), start + length)
    if first < last:
        window[first - start:last - start] = samples[first:last]
    return window


def segment_centres(duration_s: float, n: int) -> tuple[float, ...]:
    """Return the middles, in seconds, of n equal segments of a film that begins at 0.

    The middles of ``n * k`` segments are k evenly spaced places in each of n.
    """
    if n < 1 or not 0.0 < duration_s < float('inf'):
        raise ValueError(f'{duration_s} s cannot be cut into {n} segments; needed are a positive '
                         f'duration and at least 1 segment')
    return tuple((index + 0.5) * duration_s / n for index in range(n))
