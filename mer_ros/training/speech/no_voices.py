"""Sounds that are no voice, made at random, so that the model learns to know them apart."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from mer_ros.data import SAMPLE_RATE
from mer_ros.models.speech.voice_encoder import VoiceEncoder
from mer_ros.training.speech.speech_augment import draw_session, Random, Wave
from mer_ros.training.speech.speech_data import heard

Signal = NDArray[np.float64]
"""A sound (n,) of any level."""


def no_voices(count: int, *, names: Sequence[str], seed: int,
              encoder: VoiceEncoder | None = None) -> NDArray[np.float64]:
    """Return what is `heard` of noises, tones, chords, motors and knocks, (<= count, D).

    Half of them are heard in a room and line of their own; silent ones are left out.
    """
    random = np.random.default_rng([seed, count])
    rows = []
    for number in range(count):
        sound = KINDS[number % len(KINDS)](_time(random), random)
        wave: Wave = (0.3 * sound / np.maximum(np.abs(sound).max(), 1e-9)).astype(np.float32)
        if random.random() < 0.5:
            wave = draw_session(random).hear(wave, random)
        row = heard(wave, names, encoder)
        if row is not None:
            rows.append(row)
    return np.array(rows)


def _time(random: Random) -> Signal:
    return np.arange(int(random.uniform(0.6, 4.0) * SAMPLE_RATE)) / SAMPLE_RATE


def _envelope(time: Signal, random: Random) -> Signal:
    """Return nothing, a slow swelling, or regular strokes that die away."""
    kind, rate = random.integers(3), random.uniform(0.5, 8.0)
    if kind == 0:
        return np.ones_like(time)
    phase = time * rate + random.random()
    if kind == 1:
        return 1 + random.uniform(0.2, 1.0) * np.sin(2 * np.pi * phase)
    return np.asarray(np.exp(-random.uniform(1.0, 8.0) * (phase % 1.0)))


def _noise(time: Signal, random: Random) -> Signal:
    hertz = np.fft.rfftfreq(len(time), 1 / SAMPLE_RATE)
    colour = np.maximum(hertz, 50.0) ** (-random.uniform(0.0, 2.5) / 2)
    noise = np.fft.irfft(np.fft.rfft(random.standard_normal(len(time))) * colour, len(time))
    return noise * _envelope(time, random)


def _tone(time: Signal, random: Random) -> Signal:
    start, slope = random.uniform(80.0, 2000.0), random.uniform(-300.0, 600.0)
    phase = np.cumsum(np.maximum(start + slope * (random.random() < 0.5) * time, 40.0))
    harmonics = range(1, int(random.integers(1, 8)))
    tone = sum(np.sin(2 * np.pi * k * phase / SAMPLE_RATE) / k for k in (1, *harmonics))
    return tone * _envelope(time, random) + random.uniform(0, 0.02) * _noise(time, random)


def _chords(time: Signal, random: Random) -> Signal:
    """Return a few bars of chords or of a melody, with strokes at equal distances."""
    length, sound = random.uniform(0.15, 0.8), np.zeros_like(time)
    for start in np.arange(0.0, time[-1], length):
        inside = (time >= start) & (time < start + length)
        for _ in range(int(random.integers(1, 5))):
            hertz = 110.0 * 2 ** (random.integers(0, 36) / 12)
            for k in range(1, 5):
                sound[inside] += np.sin(2 * np.pi * k * hertz * time[inside]) / k ** 1.5
        sound[inside] *= np.exp(-random.uniform(0.0, 6.0) * (time[inside] - start))
    return sound + random.uniform(0, 0.05) * _noise(time, random)


def _motor(time: Signal, random: Random) -> Signal:
    hertz = random.uniform(25.0, 250.0)
    pulses = np.sign(np.sin(2 * np.pi * hertz * time) - random.uniform(-0.8, 0.8))
    return pulses * _envelope(time, random) + random.uniform(0.05, 1.0) * _noise(time, random)


def _knocks(time: Signal, random: Random) -> Signal:
    strokes = (random.random(len(time)) < random.uniform(1.0, 12.0) / SAMPLE_RATE).astype(float)
    ring = time[:SAMPLE_RATE // 5]
    decay = np.exp(-ring * random.uniform(20.0, 300.0))
    body = decay * np.sin(2 * np.pi * random.uniform(100.0, 3000.0) * ring + 1.0)
    strokes[0] = 1.0
    count = len(time) + len(ring)
    sound = np.fft.irfft(np.fft.rfft(strokes, count) * np.fft.rfft(body, count), count)
    return sound[:len(time)] + random.uniform(0, 0.02) * random.standard_normal(len(time))


KINDS: tuple[Callable[[Signal, Random], Signal], ...] = (_noise, _tone, _chords, _motor, _knocks)
"""What makes each kind of sound."""
