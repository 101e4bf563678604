"""How the bands, cepstra, pitch and loudness of an utterance lie and move together."""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from mer_ros.models.speech.speech_frames import BANDS, Frames

Array = NDArray[np.float64]
"""An array of numbers."""

CEPSTRA = 12
"""Cepstra whose covariance is measured; the level is left out."""

LAGS = (3, 8, 20)
"""Steps of 20 ms after which each track is compared with itself."""

TURN = 3
"""Steps after which the tracks are compared with each other, forwards against backwards."""

FEW = 6
"""With less speech than this many steps, pauses count as speech."""

_COSINES = np.cos(np.pi / BANDS * np.outer(np.arange(BANDS) + 0.5, np.arange(1, CEPSTRA + 1)))
_TRACKS = (*(f'cepstrum{index + 1}' for index in range(CEPSTRA)), 'pitch', 'periodicity', 'level')
_PAIRS = np.triu_indices(len(_TRACKS), 1)


def shape(frames: Frames) -> dict[str, float]:
    """Return covariances of the tracks, and level, spread and speed of the mel bands.

    The tracks are twelve cepstra, pitch, periodicity and level in steps of 20 ms (Tuzel et al.
    2006 describe regions of pictures by such covariances).
    """
    bands = np.maximum(_halved(frames.bands), -60.0)
    voiced, speech = _halved(frames.voiced) > 0.99, _halved(frames.speech) > 0.5
    pitch = _halved(np.where(frames.voiced, frames.pitch, 0.0))
    if speech.sum() < FEW:
        speech = np.ones_like(speech)
    middle = np.median(pitch[voiced]) if voiced.any() else 0.0
    tracks = np.column_stack([
        bands @ _COSINES / BANDS, np.where(voiced, np.clip(pitch - middle, -9.0, 9.0), 0.0),
        5 * _halved(frames.periodicity), np.maximum(_halved(frames.level), -40.0) / 3])
    moved = np.clip((tracks - tracks[speech].mean(axis=0)) / 3, -4.0, 4.0) * speech[:, None]
    both = speech[1:] & speech[:-1]
    speed = np.abs(np.diff(bands, axis=0))[both]
    heard = bands[speech]
    sung = bands[voiced] if voiced.sum() > 3 else heard
    values = np.concatenate([
        *_covariances(moved, int(speech.sum())), heard.mean(axis=0), heard.std(axis=0),
        np.percentile(heard, 10, axis=0)[::2], np.percentile(heard, 90, axis=0)[::2],
        speed.mean(axis=0)[::2] if len(speed) else np.zeros(BANDS // 2), sung.mean(axis=0)])
    return dict(zip(names(), values.tolist(), strict=True))


@cache
def names() -> tuple[str, ...]:
    """Return the names of the statistics of `shape`, in order."""
    pairs = [f'{_TRACKS[one]}_{_TRACKS[other]}' for one, other in zip(*_PAIRS, strict=True)]
    found = [f'with_{pair}' for pair in pairs]
    for lag in LAGS:
        found += [f'again{lag}_{track}' for track in _TRACKS]
        found += [f'turn_{pair}' for pair in pairs] if lag == TURN else []
    for name, step in (('mean', 1), ('std', 1), ('p10', 2), ('p90', 2), ('speed', 2),
                       ('voiced', 1)):
        found += [f'mel{band}_{name}' for band in range(0, BANDS, step)]
    return tuple(found)


def _covariances(moved: Array, count: int) -> list[Array]:
    """Return covariances of tracks (N, T), of which ``count`` rows are speech."""
    found = [(moved.T @ moved / count)[_PAIRS]]
    for lag in LAGS:
        later = np.zeros((moved.shape[1],) * 2)
        if len(moved) > lag + 2:
            later = moved[:-lag].T @ moved[lag:] / max(count - lag, 3)
        found.append(np.diag(later))
        if lag == TURN:
            found.append((later - later.T)[_PAIRS])
    return found


def _halved(track: NDArray[np.generic]) -> Array:
    """Return the mean of every two frames (N // 2, ...); a single frame stays."""
    values = np.asarray(track, dtype=np.float64)
    if len(values) < 2:
        return values
    whole = len(values) // 2 * 2
    return np.asarray(values[:whole].reshape(-1, 2, *values.shape[1:]).mean(axis=1))
