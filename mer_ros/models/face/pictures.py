"""Turning face crops into the input of a network."""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from mer_ros.models.input_checks import check_picture

IMAGENET_MEAN = (0.485, 0.456, 0.406)
"""Mean of ImageNet's pixels in [0, 1], RGB."""

IMAGENET_DEVIATION = (0.229, 0.224, 0.225)
"""Standard deviation of ImageNet's pixels in [0, 1], RGB."""

COLOURS = ('rgb', 'bgr', 'grey', 'grey3')
"""What the channels are; grey3 is grey three times."""


def resized(pixels: NDArray[np.uint8], side: int) -> NDArray[np.uint8]:
    """Return a picture (H, W) or (H, W, 3) as (side, side); shrinking averages, so no aliasing."""
    shrinks = min(pixels.shape[:2]) > side
    return np.asarray(cv2.resize(
        pixels, (side, side), interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR))


def to_planes(
    crops: Sequence[NDArray[np.uint8]], *, side: int, colour: str = 'rgb',
    mean: ArrayLike = IMAGENET_MEAN, deviation: ArrayLike = IMAGENET_DEVIATION,
    scale: float = 1.0 / 255.0,
) -> NDArray[np.float32]:
    """Return crops (H, W, 3), RGB uint8 of any size, as float32 (B, channels, side, side).

    ``colour`` is one of COLOURS; a value v becomes (scale * v - mean) / deviation, with one
    number for all channels or one a channel.  Raises ValueError for what is no RGB picture.
    """
    rows = []
    for crop in crops:
        pixels = check_picture(crop)
        if colour.startswith('grey'):
            grey = resized(np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)), side)
            pixels = np.repeat(grey[..., None], 3 if colour == 'grey3' else 1, axis=2)
        else:
            pixels = resized(pixels, side)[..., ::1 if colour == 'rgb' else -1]
        rows.append(pixels)
    values = scale * np.stack(rows).astype(np.float32) - np.asarray(mean, np.float32)
    values /= np.asarray(deviation, np.float32)
    return np.ascontiguousarray(values.transpose(0, 3, 1, 2), dtype=np.float32)
