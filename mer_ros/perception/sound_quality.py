"""How clean a stretch of sound is: above its noise, in frequency, and at full scale."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mer_ros.data import SAMPLE_RATE

FRAME, FFT = 320, 512
"""Samples of a frame, and points of its Fourier transform."""

LOUD, QUIET = 95, 5
"""Percentiles of the level of the frames that stand for the voice and for the noise."""

MOST_DB = 60.0
"""Nothing is cleaner than this."""

BANDS = 32
"""Equal bands of the spectrum."""

WITHIN_DB = 45.0
"""A band this much weaker than the strongest one holds nothing of the voice."""

CLIPPED = 0.999
"""A sample from this on is at full scale."""


@dataclass(frozen=True, slots=True)
class SoundQuality:
    """``above_noise`` in dB, ``band`` in Hz up to which something is heard, ``clipped`` in [0, 1].

    Speech that never pauses hides its noise; it is then taken for noisier than it is.
    """

    above_noise: float
    band: float
    clipped: float


def sound_quality(waveform: NDArray[np.float32]) -> SoundQuality:
    """Measure a mono waveform (n,) at 16 kHz in [-1, 1]; less than two frames are clean."""
    clipped = float(np.mean(np.abs(waveform) >= CLIPPED)) if len(waveform) else 0.0
    if len(waveform) < 2 * FRAME:
        return SoundQuality(MOST_DB, SAMPLE_RATE / 2, clipped)
    whole = len(waveform) // FRAME * FRAME
    pieces = waveform[:whole].reshape(-1, FRAME)
    power = np.abs(np.fft.rfft(pieces * np.hanning(FRAME), FFT)[:, 1:]) ** 2
    level = 10 * np.log10(power.sum(axis=1) + 1e-10)
    loud, quiet = np.percentile(level, (LOUD, QUIET))
    heard = power[level >= loud - WITHIN_DB].mean(axis=0)
    bands = 10 * np.log10(heard.reshape(BANDS, -1).mean(axis=1) + 1e-12)
    highest = int(np.flatnonzero(bands >= bands.max() - WITHIN_DB)[-1])
    return SoundQuality(min(MOST_DB, float(loud - quiet)),
                        (highest + 1) * SAMPLE_RATE / 2 / BANDS, clipped)
