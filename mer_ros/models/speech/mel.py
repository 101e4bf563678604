"""The log-mel spectrogram: what a network that looks at sound sees."""

from functools import lru_cache
from typing import TypeVar

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import ArrayLike, NDArray

Real = TypeVar('Real', np.float32, np.float64)

QUIETEST = 1e-10
"""Power that counts as silence: -100 dB."""

RANGE_DB = 80.0
"""What is further below the loudest cell than this is lifted to it."""

AT_ONCE = 32
"""Windows that are transformed together: more do not fit the cache, and take thrice as long."""

_LINEAR_HZ = 200 / 3
_BREAK_HZ = 1000.0
_BREAK_MEL = _BREAK_HZ / _LINEAR_HZ
_LOG_STEP = np.log(6.4) / 27


def log_mel(
    samples: NDArray[np.float32], sample_rate: int, *, bands: int = 128, n_fft: int = 2048,
    hop: int = 512, centre: bool = True,
) -> NDArray[np.float32]:
    """Return the log-mel spectrogram (bands, frames) of a mono sound (n,) in dB.

    The convention is librosa's: power of a periodic Hann window of ``n_fft`` samples every
    ``hop``, triangular filters of equal area that are evenly spaced on Slaney's mel scale
    (Auditory Toolbox, 1998) up to half the sample rate, 10 log10 of what is at least `QUIETEST`,
    and nothing more than `RANGE_DB` below the loudest cell.

    Args:
        samples: float (n,), in [-1, 1].
        sample_rate: in Hz.
        bands: filters.
        n_fft: samples in a window.
        hop: samples from a window to the next.
        centre: pad with ``n_fft // 2`` zeros at both ends, so that frame t has sample ``t * hop``
            in its middle: 1 + n // hop frames.  Otherwise windows lie within the sound:
            1 + (n - n_fft) // hop frames.

    Raises:
        ValueError: the sound is not (n,), too short for a window, or not finite.
    """
    sound = np.asarray(samples, dtype=np.float32)
    shortest = 1 if centre else n_fft
    if sound.ndim != 1 or len(sound) < shortest or not np.isfinite(sound).all():
        raise ValueError(f'a log-mel spectrogram needs a finite mono sound of at least {shortest} '
                         f'samples; given {sound.shape}')
    if centre:
        sound = np.pad(sound, n_fft // 2)
    pieces = sliding_window_view(sound, n_fft)[::hop]
    filters, window = mel_filters(sample_rate, bands, n_fft), hann(n_fft)
    decibels = to_db(np.concatenate([
        filters @ (np.abs(np.fft.rfft(pieces[start:start + AT_ONCE] * window)) ** 2).T
        for start in range(0, len(pieces), AT_ONCE)], axis=1, dtype=np.float32), QUIETEST)
    return np.asarray(np.maximum(decibels, decibels.max() - RANGE_DB), dtype=np.float32)


def to_db(power: NDArray[Real], quietest: float) -> NDArray[Real]:
    """Return power relative to 1 in dB; what is below ``quietest`` is lifted to it."""
    return np.asarray(10 * np.log10(np.maximum(power, power.dtype.type(quietest))), power.dtype)


@lru_cache
def hann(length: int) -> NDArray[np.float32]:
    """Return the periodic Hann window (length,)."""
    return _frozen(np.hanning(length + 1)[:-1])


@lru_cache
def mel_filters(sample_rate: int, bands: int, n_fft: int) -> NDArray[np.float32]:
    """Return triangular filters (bands, n_fft // 2 + 1), each of area 1 over frequency in Hz."""
    edges = to_hertz(np.linspace(0.0, to_mel(sample_rate / 2), bands + 2))
    bins = np.asarray(np.fft.rfftfreq(n_fft, 1 / sample_rate), dtype=np.float64)
    return _frozen(triangles(edges, bins) * 2 / (edges[2:] - edges[:-2])[:, None])


def triangles(edges: NDArray[np.float64], bins: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return triangular filters (K, bins) of height 1 between K + 2 edges, at these frequencies."""
    left, middle, right = edges[:-2, None], edges[1:-1, None], edges[2:, None]
    rising, falling = (bins - left) / (middle - left), (right - bins) / (right - middle)
    return np.asarray(np.maximum(0.0, np.minimum(rising, falling)))


def to_mel(hertz: float) -> float:
    """Return a frequency on Slaney's scale: linear up to 1 kHz, logarithmic above."""
    if hertz < _BREAK_HZ:
        return hertz / _LINEAR_HZ
    return float(_BREAK_MEL + np.log(hertz / _BREAK_HZ) / _LOG_STEP)


def to_hertz(mel: ArrayLike) -> NDArray[np.float64]:
    """Return frequencies in Hz of positions on Slaney's scale; undoes `to_mel`."""
    position = np.asarray(mel, dtype=np.float64)
    return np.where(position < _BREAK_MEL, position * _LINEAR_HZ,
                    _BREAK_HZ * np.exp(_LOG_STEP * (position - _BREAK_MEL)))


def _frozen(values: NDArray[np.float64]) -> NDArray[np.float32]:
    array = values.astype(np.float32)
    array.setflags(write=False)
    return array
