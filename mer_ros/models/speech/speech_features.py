"""Statistics of an utterance that carry emotion: melody, rhythm, loudness, timbre, voice quality.

The choice follows the minimalistic acoustic parameter set for voice research (Eyben et al. 2016,
GeMAPS) in spirit; every value is independent of the gain of the microphone.
"""

import numpy as np
from numpy.typing import NDArray

from mer_ros.data import SAMPLE_RATE
from mer_ros.models.speech.speech_frames import BANDS, BIN_HZ, Frames, frames_of, HOP
from mer_ros.models.speech.speech_shape import shape

Array = NDArray[np.float64]
"""An array of numbers."""

CEPSTRA = 13
"""Cepstra that are computed; the first, the level, is left out."""

FRAMES_PER_SECOND = SAMPLE_RATE / HOP
"""Frames in a second."""

_COSINES = np.cos(np.pi / BANDS * np.outer(np.arange(BANDS) + 0.5, np.arange(CEPSTRA)))


def speech_features(waveform: NDArray[np.float32]) -> dict[str, float] | None:
    """Return the named statistics of a mono waveform at 16 kHz, or None when it is silent.

    A statistic that the utterance does not allow (the pitch of a whisper) is NaN.
    """
    frames = frames_of(waveform)
    if frames is None:
        return None
    return {**melody(frames), **rhythm(frames), **loudness(frames), **timbre(frames),
            **voice_quality(frames), **modulation(frames), **shape(frames)}


def melody(frames: Frames) -> dict[str, float]:
    """Return statistics of the pitch in semitones."""
    pitch = frames.pitch[frames.voiced]
    both = frames.voiced[1:] & frames.voiced[:-1]
    step = np.diff(frames.pitch)[both]
    step = step[np.abs(step) < 3.0]
    spread = _percentiles(pitch, (10, 50, 90))
    time = np.flatnonzero(frames.voiced) / max(len(frames.voiced), 1)
    return {
        'pitch_mean': _mean(pitch), 'pitch_std': _std(pitch),
        'pitch_p10': spread[0], 'pitch_p50': spread[1], 'pitch_p90': spread[2],
        'pitch_range': spread[2] - spread[0],
        'pitch_rise': _mean(step[step > 0]), 'pitch_fall': _mean(step[step < 0]),
        'pitch_move': _mean(np.abs(step)), 'pitch_rising': _mean((step > 0).astype(float)),
        'pitch_trend': _slope(time, pitch), 'pitch_jitter': _mean(np.abs(np.diff(step))),
        'pitch_skew': (spread[0] + spread[2] - 2 * spread[1]) / (spread[2] - spread[0] + 0.5),
    }


def rhythm(frames: Frames) -> dict[str, float]:
    """Return rates and durations of voiced runs, pauses and loudness peaks."""
    seconds = len(frames.speech) / FRAMES_PER_SECOND
    voiced, pauses = _runs(frames.voiced), _runs(~frames.speech)
    voiceless = _runs(frames.speech & ~frames.voiced)
    smooth = _smooth(frames.level, 7)
    peak = (smooth[1:-1] > smooth[:-2]) & (smooth[1:-1] >= smooth[2:]) & (smooth[1:-1] > -15.0)
    return {
        'voiced_share': _mean(frames.voiced[frames.speech].astype(float)),
        'voiced_mean': _mean(np.log(voiced)), 'voiced_std': _std(np.log(voiced)),
        'voiced_rate': len(voiced) / seconds,
        'voiceless_mean': _mean(np.log(voiceless)), 'voiceless_std': _std(np.log(voiceless)),
        'pause_share': _mean((~frames.speech).astype(float)),
        'pause_rate': len(pauses) / seconds,
        'peak_rate': float(peak.sum()) / seconds,
    }


def loudness(frames: Frames) -> dict[str, float]:
    """Return statistics of the level in dB relative to the mean of the speech."""
    level = frames.level[frames.speech]
    step = np.diff(_smooth(frames.level, 3))[frames.speech[1:]]
    low, middle, high = _percentiles(level, (20, 50, 90))
    time = np.flatnonzero(frames.speech) / max(len(frames.speech), 1)
    return {
        'level_std': _std(level), 'level_p20': low, 'level_p50': middle, 'level_p90': high,
        'level_voiced': _mean(frames.level[frames.voiced]),
        'level_voiceless': _mean(frames.level[frames.speech & ~frames.voiced]),
        'level_rise': _mean(step[step > 0]), 'level_fall': _mean(step[step < 0]),
        'level_trend': _slope(time, level),
    }


def timbre(frames: Frames) -> dict[str, float]:
    """Return mean and spread of cepstra and of the shape of the spectrum."""
    cepstra = frames.bands @ _COSINES / BANDS
    speed = np.abs(cepstra[4:] - cepstra[:-4]) / 4
    moving = frames.speech[4:] & frames.speech[:-4]
    values: dict[str, float] = {}
    for index in range(1, CEPSTRA):
        values[f'cepstrum{index}_voiced_mean'] = _mean(cepstra[frames.voiced, index])
        values[f'cepstrum{index}_voiced_std'] = _std(cepstra[frames.voiced, index])
        values[f'cepstrum{index}_mean'] = _mean(cepstra[frames.speech, index])
        values[f'cepstrum{index}_std'] = _std(cepstra[frames.speech, index])
        values[f'cepstrum{index}_speed'] = _mean(speed[moving, index])
    total = _band(frames, 80, 7000)
    shapes = {
        'low': _decibels(_band(frames, 80, 500) / total),
        'alpha': _decibels(_band(frames, 1000, 5000) / _band(frames, 80, 1000)),
        'hammarberg': _decibels(_peak(frames, 80, 2000) / _peak(frames, 2000, 5000)),
        'high': _decibels(_band(frames, 4000, 7000) / total),
        'middle': _decibels(_band(frames, 500, 1500) / _band(frames, 80, 500)),
        'tilt': _decibels(_band(frames, 2000, 4000) / _band(frames, 500, 2000)),
        'centroid': np.log(np.maximum(frames.power @ BIN_HZ, 1e-9)
                           / np.maximum(frames.power.sum(axis=1), 1e-9) + 50.0),
    }
    for name, track in shapes.items():
        voiced = track[frames.voiced]
        values[f'{name}_mean'], values[f'{name}_std'] = _mean(voiced), _std(voiced)
        values[f'{name}_p90'] = _percentiles(voiced, (90,))[0]
        values[f'{name}_voiceless'] = _mean(track[frames.speech & ~frames.voiced])
    flux = np.abs(np.diff(frames.bands, axis=0)).mean(axis=1)
    values['flux_mean'] = _mean(flux[frames.speech[1:]])
    values['flux_voiced'] = _mean(flux[frames.voiced[1:] & frames.voiced[:-1]])
    return values


def voice_quality(frames: Frames) -> dict[str, float]:
    """Return periodicity, and the first harmonics against each other and the upper spectrum."""
    voiced = frames.voiced
    periodicity = frames.periodicity
    hertz = 100 * 2 ** (frames.pitch[voiced] / 12)
    first, second, third = (_at(frames.power[voiced], k * hertz) for k in (1, 2, 3))
    upper = _decibels(_peak(frames, 1800, 3500))[voiced]
    middle = _decibels(_peak(frames, 400, 1200))[voiced]
    both = voiced[1:] & voiced[:-1]
    return {
        'periodicity_mean': _mean(periodicity[frames.speech]),
        'periodicity_voiced': _mean(_logit(periodicity[voiced])),
        'periodicity_std': _std(_logit(periodicity[voiced])),
        'periodicity_p90': _percentiles(_logit(periodicity[voiced]), (90,))[0],
        'shimmer': _mean(np.abs(np.diff(frames.level)[both])),
        'h1_h2_mean': _mean(first - second), 'h1_h2_std': _std(first - second),
        'h1_h3_mean': _mean(first - third),
        'h1_a1_mean': _mean(first - middle), 'h1_a3_mean': _mean(first - upper),
        'h1_a3_std': _std(first - upper), 'a1_a3_mean': _mean(middle - upper),
    }


def modulation(frames: Frames) -> dict[str, float]:
    """Return how fast the level and the wide bands move: shares of 1-3, 3-6, 6-12, 12-25 Hz."""
    wide = np.stack([frames.level, *(frames.bands[:, k:k + 8].mean(axis=1)
                                     for k in range(0, BANDS, 8))])
    wide = np.maximum(wide, -40.0)
    wide = wide - wide.mean(axis=1, keepdims=True)
    count = max(512, wide.shape[1])
    power = np.abs(np.fft.rfft(wide * np.hanning(wide.shape[1]), count)) ** 2
    hertz = np.fft.rfftfreq(count, 1 / FRAMES_PER_SECOND)
    edges = ((1, 3), (3, 6), (6, 12), (12, 25))
    shares = [power[:, (hertz >= low) & (hertz < high)].sum(axis=1) for low, high in edges]
    total = np.sum(shares, axis=0) + 1e-6
    names = ('level', 'band1', 'band2', 'band3', 'band4')
    return {f'modulation_{name}_{low}': float(np.log(share[row] / total[row] + 1e-3))
            for (low, _), share in zip(edges, shares, strict=True)
            for row, name in enumerate(names)}


def _mean(values: Array) -> float:
    return float(values.mean()) if values.size else float('nan')


def _std(values: Array) -> float:
    return float(values.std()) if values.size > 1 else float('nan')


def _percentiles(values: Array, at: tuple[float, ...]) -> Array:
    return np.percentile(values, at) if values.size else np.full(len(at), np.nan)


def _slope(time: Array, values: Array) -> float:
    if values.size < 10:
        return float('nan')
    centred = time - time.mean()
    return float(centred @ values / (centred @ centred + 1e-9))


def _smooth(values: Array, width: int) -> Array:
    padded = np.pad(values, width // 2, mode='edge')
    smooth: Array = np.convolve(padded, np.full(width, 1 / width), mode='valid')
    return smooth


def _runs(mask: NDArray[np.bool_]) -> Array:
    edges = np.flatnonzero(np.diff(np.concatenate(([False], mask, [False])).astype(int)))
    return (edges[1::2] - edges[::2]).astype(np.float64)


def _decibels(ratio: Array) -> Array:
    decibels: Array = 10 * np.log10(np.clip(ratio, 1e-6, 1e6))
    return decibels


def _logit(share: Array) -> Array:
    clipped = np.clip(share, 0.02, 0.995)
    odds: Array = np.log(clipped / (1 - clipped))
    return odds


def _range(low: float, high: float) -> slice:
    return slice(int(np.searchsorted(BIN_HZ, low)), int(np.searchsorted(BIN_HZ, high)))


def _band(frames: Frames, low: float, high: float) -> Array:
    total: Array = frames.power[:, _range(low, high)].sum(axis=1) + 1e-6
    return total


def _peak(frames: Frames, low: float, high: float) -> Array:
    peak: Array = frames.power[:, _range(low, high)].max(axis=1) + 1e-7
    return peak


def _at(power: Array, hertz: Array) -> Array:
    if not len(hertz):
        return np.empty(0)
    bins = np.clip(np.rint(hertz / BIN_HZ[1]).astype(int), 1, power.shape[1] - 2)
    rows = np.arange(len(power))
    peak = np.maximum(power[rows, bins], np.maximum(power[rows, bins - 1], power[rows, bins + 1]))
    return _decibels(peak + 1e-7)
