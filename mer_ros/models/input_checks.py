"""What models accept: checks of waveforms, pictures and sentences."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from mer_ros.data import SAMPLE_RATE


def check_waveform(waveform: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return a mono waveform (n,), n >= 1, as float32; raise ValueError if it is none."""
    samples = np.asarray(waveform)
    if samples.ndim != 1 or not samples.size or not np.issubdtype(samples.dtype, np.floating):
        raise ValueError(
            f'a waveform is mono float32 (n,) with n >= 1 at {SAMPLE_RATE} Hz; '
            f'given {samples.shape} of {samples.dtype}')
    if not np.isfinite(samples).all():
        raise ValueError(f'a waveform must be finite; given '
                         f'{int((~np.isfinite(samples)).sum())} samples of NaN or infinity')
    return samples.astype(np.float32, copy=False)


def check_picture(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return an RGB picture (H, W, 3), uint8; raise ValueError if it is none or empty."""
    if pixels.ndim != 3 or pixels.shape[2] != 3 or pixels.dtype != np.uint8 or not pixels.size:
        raise ValueError(f'a picture is a non-empty RGB image (H, W, 3) of uint8; '
                         f'given {pixels.shape} of {pixels.dtype}')
    return np.ascontiguousarray(pixels)


def check_sentences(batch: Sequence[str]) -> list[str]:
    """Return a list of sentences; raise TypeError for a bare str, which is a list of letters.

    Halves of surrogate pairs, which no tokenizer takes, become the replacement character.
    """
    if isinstance(batch, str):
        raise TypeError('a list of sentences is needed; given one str: wrap it in a list')
    return [text.encode('utf-16', 'surrogatepass').decode('utf-16', 'replace') for text in batch]


def groups(sizes: Sequence[int], most: int) -> list[list[int]]:
    """Return the positions of items in groups of similar size, largest first.

    A group is padded to its largest item and then holds at most ``most`` in all (one item may
    be larger), so that little is wasted on padding and memory is bounded.
    """
    found: list[list[int]] = []
    room = 0
    for position in sorted(range(len(sizes)), key=lambda position: -sizes[position]):
        if room < 1:
            found.append([])
            room = max(1, most // max(1, sizes[position]))
        found[-1].append(position)
        room -= 1
    return found
