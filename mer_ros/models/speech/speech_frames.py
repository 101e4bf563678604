"""Frames of an utterance: where it is speech, its pitch, its loudness and its spectrum."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from mer_ros.data import SAMPLE_RATE
from mer_ros.models.speech.mel import to_db, triangles

HOP, LENGTH, FFT = 160, 640, 1024
"""Samples from frame to frame, samples in a frame, and points of its Fourier transform."""

BANDS = 32
"""Mel bands."""

HEARD_HZ = (80.0, 7000.0)
"""What lies outside of these frequencies is not listened to."""

PITCH_HZ = (70.0, 550.0)
"""The lowest and highest pitch that is looked for."""

HARMONICS_HZ = (60.0, 2500.0)
"""The part of the spectrum in which the pitch is looked for."""

VOICED_ABOVE = 0.45
"""Periodicity above which a frame has a pitch (Boersma 1993)."""

OCTAVE_COST = 0.08
"""How much a pitch one octave lower must be more periodic to be chosen."""

TREND_COST = 0.3
"""The same for a pitch that lies one octave off the median of its surroundings."""

TREND_LIMIT = 1.5
"""Octaves off beyond which it costs no more."""

TREND_REACH = 15
"""Frames to each side that count as surroundings."""

LOUD, QUIET = 95, 5
"""Percentiles of the levels that count as those of the loudest and the quietest frames."""

SPEECH_WITHIN_DB = 35.0
"""Frames that are this much quieter than the loudest ones are pauses."""

ABOVE_NOISE_DB = 6.0
"""Frames that are less than this above the quietest ones are pauses too."""

SPEECH_AT_LEAST_DB = 12.0
"""Frames within this of the loudest ones are speech, even if nothing is quieter."""

SILENT_DBFS = -75.0
"""A recording that is never louder than this holds nothing to hear."""

FLOOR = 10 ** -6.0
"""No power counts as lower than this, relative to the mean of the speech: -60 dB."""


@dataclass(frozen=True, slots=True)
class Frames:
    """N frames of 40 ms, one every 10 ms, from the first to the last frame of speech.

    Levels are relative to the mean power of the speech, so that no value depends on the gain.

    ``speech`` (N,) is False in the pauses; ``voiced`` (N,) is True where the voice has a pitch;
    ``pitch`` (N,) in semitones above 100 Hz (meaningless where not voiced); ``periodicity`` (N,)
    in [0, 1]; ``level`` (N,) in dB; ``bands`` (N, BANDS) mel bands in dB; ``power`` (N, bins)
    the power spectrum.
    """

    speech: NDArray[np.bool_]
    voiced: NDArray[np.bool_]
    pitch: NDArray[np.float64]
    periodicity: NDArray[np.float64]
    level: NDArray[np.float64]
    bands: NDArray[np.float64]
    power: NDArray[np.float64]


BIN_HZ = np.asarray(np.fft.rfftfreq(FFT, 1 / SAMPLE_RATE), dtype=np.float64)
"""The frequency of each bin of the power spectrum."""


def band_filters(count: int, low: float, high: float) -> NDArray[np.float64]:
    """Return filters (bins, count) of sum 1, equally spaced in mel (O'Shaughnessy 1987)."""
    mel = np.linspace(2595 * np.log10(1 + low / 700), 2595 * np.log10(1 + high / 700), count + 2)
    filters = np.ascontiguousarray(triangles(700 * (10 ** (mel / 2595) - 1), BIN_HZ).T)
    return np.asarray(filters / filters.sum(axis=0))


def _bins_between(low: float, high: float) -> NDArray[np.bool_]:
    return (low <= BIN_HZ) & (high >= BIN_HZ)


_WINDOW = np.hanning(LENGTH + 1)[:-1]
_HEARD = _bins_between(*HEARD_HZ)
_FILTERS = band_filters(BANDS, *HEARD_HZ)
_LAGS = np.arange(int(SAMPLE_RATE / PITCH_HZ[1]), int(SAMPLE_RATE / PITCH_HZ[0]) + 1)
_HARMONICS = _bins_between(*HARMONICS_HZ)
_WINDOW_CORRELATION = np.fft.irfft(np.abs(np.fft.rfft(_WINDOW, 2 * FFT)) ** 2)
_WINDOW_CORRELATION = _WINDOW_CORRELATION[:_LAGS[-1] + 2] / _WINDOW_CORRELATION[0]


def frames_of(waveform: NDArray[np.float32]) -> Frames | None:
    """Return the frames of a mono waveform at 16 kHz, or None when there is nothing to hear."""
    samples = np.asarray(waveform, dtype=np.float64)
    samples = samples - samples.mean()
    padded = np.pad(samples, LENGTH // 2)
    pieces = sliding_window_view(padded, LENGTH)[::HOP]
    power = np.abs(np.fft.rfft(pieces * _WINDOW, FFT)) ** 2 / np.sum(_WINDOW ** 2) / LENGTH * 2
    energy = power[:, _HEARD].sum(axis=1)
    decibels = 10 * np.log10(np.maximum(energy, 1e-12))
    if np.percentile(decibels, LOUD) < SILENT_DBFS:
        return None
    speech = is_speech(decibels)
    first, last = np.flatnonzero(speech)[[0, -1]]
    kept = slice(first, last + 1)
    speech, power = speech[kept], power[kept] / energy[speech].mean()
    pitch, periodicity = _pitch(power)
    level = to_db(power[:, _HEARD].sum(axis=1), FLOOR)
    bands = to_db(power @ _FILTERS * BANDS, FLOOR)
    voiced = speech & (periodicity > VOICED_ABOVE)
    return Frames(speech, voiced, pitch, periodicity, level, bands, power)


def is_speech(decibels: NDArray[np.floating[Any]]) -> NDArray[np.bool_]:
    """Return which frames (N,) of these levels are no pauses; the loudest never is one."""
    loud, quiet = np.percentile(decibels, (LOUD, QUIET))
    return np.asarray(decibels >= max(
        loud - SPEECH_WITHIN_DB, min(quiet + ABOVE_NOISE_DB, loud - SPEECH_AT_LEAST_DB)))


def _pitch(power: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return pitch in semitones above 100 Hz and periodicity, by autocorrelation (Boersma 1993)."""
    correlation = np.fft.irfft(power * _HARMONICS)[:, :_LAGS[-1] + 2]
    correlation = correlation / np.maximum(correlation[:, :1], 1e-12) / _WINDOW_CORRELATION
    middle = correlation[:, _LAGS]
    before, after = correlation[:, _LAGS - 1], correlation[:, _LAGS + 1]
    peak = (middle >= before) & (middle >= after)
    score = np.where(peak, middle - OCTAVE_COST * np.log2(_LAGS / _LAGS[0]), -1.0)
    rows = np.arange(len(power))
    best = score.argmax(axis=1)
    for _ in range(2):
        strength = np.where(middle[rows, best] > VOICED_ABOVE, middle[rows, best], 0.0)
        trend = _trend(np.log2(_LAGS[best]), strength)
        off = np.abs(np.log2(_LAGS) - trend[:, None])
        best = (score - TREND_COST * np.minimum(off, TREND_LIMIT)).argmax(axis=1)
    left, centre, right = before[rows, best], middle[rows, best], after[rows, best]
    bend = np.minimum(left - 2 * centre + right, -1e-9)
    lag = _LAGS[best] + np.clip((left - right) / (2 * bend), -0.5, 0.5)
    return 12 * np.log2(SAMPLE_RATE / lag / 100), np.clip(centre, 0.0, 1.0)


def _trend(track: NDArray[np.float64], weight: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the weighted median of the track within its surroundings, frame by frame."""
    width = 2 * TREND_REACH + 1
    values = sliding_window_view(np.pad(track, TREND_REACH, mode='edge'), width)
    weights = sliding_window_view(np.pad(weight, TREND_REACH), width) + 1e-6
    order = np.argsort(values, axis=1)
    cumulative = np.cumsum(np.take_along_axis(weights, order, axis=1), axis=1)
    middle = (cumulative < cumulative[:, -1:] / 2).sum(axis=1)
    return np.take_along_axis(values, np.take_along_axis(order, middle[:, None], 1), 1)[:, 0]
