"""Turning face crops into the input of a network."""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from mer_ros.models.input_checks import check_picture

FIXED = float(1 << 22)
"""The unit of the weights of Pillow's filter."""

LUMA = (19595, 38470, 7471)
"""Weights of red, green and blue in Pillow's grey, of 2 ** -16."""

IMAGENET_MEAN = (0.485, 0.456, 0.406)
"""Mean of ImageNet's pixels in [0, 1], RGB."""

IMAGENET_DEVIATION = (0.229, 0.224, 0.225)
"""Standard deviation of ImageNet's pixels in [0, 1], RGB."""

COLOURS = ('rgb', 'bgr', 'grey', 'grey3')
"""What the channels are; grey3 is grey three times."""

RESIZES = ('area', 'antialias')
"""How a picture is resized: as OpenCV averages areas, or as Pillow and torchvision do."""


def resized(pixels: NDArray[np.uint8], side: int) -> NDArray[np.uint8]:
    """Return a picture (H, W) or (H, W, 3) as (side, side); shrinking averages, so no aliasing."""
    shrinks = min(pixels.shape[:2]) > side
    return np.asarray(cv2.resize(
        pixels, (side, side), interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR))


def antialiased(pixels: NDArray[np.uint8], side: int) -> NDArray[np.uint8]:
    """Return a picture (H, W, C) as (side, side, C), bit for bit as Pillow's bilinear filter.

    torchvision resizes pictures with it.  Columns are resized before rows, and rounded between.
    """
    wide = _rounded(np.einsum('ow,hwc->hoc', _triangles(pixels.shape[1], side), pixels,
                              optimize=True))
    return _rounded(np.einsum('oh,hwc->owc', _triangles(pixels.shape[0], side), wide,
                              optimize=True)).astype(np.uint8)


def _triangles(size: int, side: int) -> NDArray[np.float64]:
    """Return the weights (side, size) of Pillow's filter, whole numbers of 2 ** -22."""
    scale = size / side
    reach = max(scale, 1.0)
    centre = (np.arange(side)[:, None] + 0.5) * scale
    first, last = (np.clip(np.trunc(centre + sign * reach + 0.5), 0, size) for sign in (-1, 1))
    place = np.arange(size)
    inside = (place >= first) & (place < last)
    weights = np.where(inside, np.maximum(
        0.0, 1.0 - np.abs((place + 0.5 - centre) / reach)), 0.0)
    return np.asarray(np.trunc(weights / weights.sum(axis=1, keepdims=True) * FIXED + 0.5))


def _rounded(sums: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.clip(np.floor((sums + FIXED / 2) / FIXED), 0, 255)


def _grey_of_pillow(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    grey = (pixels.astype(np.int64) @ np.array(LUMA) + 0x8000) >> 16
    return np.asarray(grey, dtype=np.uint8)


def to_planes(
    crops: Sequence[NDArray[np.uint8]], *, side: int, colour: str = 'rgb', resize: str = 'area',
    mean: ArrayLike = IMAGENET_MEAN, deviation: ArrayLike = IMAGENET_DEVIATION,
    scale: float = 1.0 / 255.0,
) -> NDArray[np.float32]:
    """Return crops (H, W, 3), RGB uint8 of any size, as float32 (B, channels, side, side).

    ``colour`` is one of COLOURS, ``resize`` one of RESIZES; a value v becomes
    (scale * v - mean) / deviation, with one number for all channels or one a channel.  Raises
    ValueError for what is no RGB picture.
    """
    rows = []
    for crop in crops:
        pixels = check_picture(crop)
        if resize == 'antialias':
            pixels = antialiased(pixels, side)
            if colour.startswith('grey'):
                pixels = np.repeat(_grey_of_pillow(pixels)[..., None],
                                   3 if colour == 'grey3' else 1, axis=2)
            elif colour == 'bgr':
                pixels = pixels[..., ::-1]
        elif colour.startswith('grey'):
            grey = resized(np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)), side)
            pixels = np.repeat(grey[..., None], 3 if colour == 'grey3' else 1, axis=2)
        else:
            pixels = resized(pixels, side)[..., ::1 if colour == 'rgb' else -1]
        rows.append(pixels)
    values = scale * np.stack(rows).astype(np.float32) - np.asarray(mean, np.float32)
    values /= np.asarray(deviation, np.float32)
    return np.ascontiguousarray(values.transpose(0, 3, 1, 2), dtype=np.float32)
