"""Random voices, rooms, microphones, lines and noises for training on clean studio speech."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
import soxr

from mer_ros.data import SAMPLE_RATE

Wave = NDArray[np.float32]
Random = np.random.Generator
Step = Callable[[Wave, Random], Wave]
"""One stage on the way from the mouth to the classifier."""

KINDS = ('voice', 'room', 'response', 'line', 'dynamics', 'noise', 'excerpt')
"""What an augmented copy may differ in, in the order in which it happens."""


HARD = ('line', 'excerpt')
"""Kinds after which little of the voice is left."""

KNOTS_HZ = (40, 125, 250, 500, 1000, 2000, 4000, 8000)
"""Where the gains of `equalise` are given."""


@dataclass(frozen=True, slots=True)
class Session:
    """One voice, room, microphone and line, in which any number of clips may be spoken.

    ``steps`` holds what happens to a clip, by kind; what a session shares in life (the tail of
    the room, the frequency response, the level and colour of the noise) is the same in each.
    """

    steps: Mapping[str, Step]
    gain: float

    @property
    def hard(self) -> bool:
        """Whether its clips are narrow-band or short, and need a model of their own."""
        return not self.steps.keys().isdisjoint(HARD)

    def hear(self, wave: Wave, random: Random) -> Wave:
        """Return a 16 kHz waveform as this session would give it."""
        for kind in KINDS:
            if kind in self.steps:
                wave = self.steps[kind](wave, random)
        silence = np.zeros(int(random.uniform(0.0, 0.5) * SAMPLE_RATE), dtype=np.float32)
        return np.concatenate([silence, wave]) * np.float32(self.gain)


def draw_session(random: Random) -> Session:
    """Draw a session; each kind of `KINDS` is part of some of them."""
    steps: dict[str, Step] = {}
    if random.random() < 0.7:
        factor = float(np.exp(random.uniform(-0.15, 0.15)))
        steps['voice'] = lambda wave, _: speed(wave, factor)
    if random.random() < 0.5:
        tail = room(random.uniform(0.1, 0.7), random.uniform(0.0, 12.0), random)
        steps['room'] = lambda wave, _: reverberate(wave, tail)
    if random.random() < 0.8:
        gains_db = np.cumsum(random.normal(0.0, 2.5, len(KNOTS_HZ)))
        limits = random.uniform(20, 250), random.uniform(3400, 9500)
        steps['response'] = lambda wave, _: band_limit(
            equalise(wave, gains_db - gains_db.mean()), *limits)
    if random.random() < 0.25:
        low, high = random.uniform(150, 400), random.uniform(2800, 4000)
        bits = int(random.integers(7, 10))
        steps['line'] = lambda wave, _: quantise(band_limit(wave, low, high), bits)
    if random.random() < 0.45:
        power, share = random.uniform(0.6, 1.0), random.uniform(0.2, 1.0)
        steps['dynamics'] = lambda wave, _: clip(compress(wave, power), share)
    if random.random() < 0.7:
        snr_db, slope = random.uniform(5.0, 40.0), random.uniform(0.0, 2.0)
        steps['noise'] = lambda wave, random: add_noise(wave, snr_db, slope, random)
    if random.random() < 0.3:
        steps['excerpt'] = lambda wave, random: excerpt(
            wave, float(np.exp(random.uniform(np.log(0.4), np.log(1.6)))), random)
    return Session(steps, 10 ** random.uniform(-1.0, 0.0))


def speed(wave: Wave, factor: float) -> Wave:
    """Play faster (factor > 1) or slower: shifts the pitch, the formants and the tempo."""
    return np.asarray(soxr.resample(wave, SAMPLE_RATE * factor, SAMPLE_RATE, quality='LQ'),
                      dtype=np.float32)


def room(decay_s: float, direct_db: float, random: Random) -> NDArray[np.float64]:
    """Return the tail of a room: noise that decays by 60 dB within ``decay_s``."""
    time = np.arange(int(decay_s * SAMPLE_RATE)) / SAMPLE_RATE
    tail = random.standard_normal(len(time)) * 10 ** (-3 * time / decay_s)
    scaled: NDArray[np.float64] = tail * 10 ** (-direct_db / 20) / np.sqrt(np.sum(tail ** 2))
    return scaled


def reverberate(wave: Wave, tail: NDArray[np.float64]) -> Wave:
    """Add the tail of a room to the direct sound."""
    count = len(wave) + len(tail)
    echo = np.fft.irfft(np.fft.rfft(wave, count) * np.fft.rfft(tail, count), count)[:len(wave)]
    return (wave + echo).astype(np.float32)


def equalise(wave: Wave, gains_db: NDArray[np.float64]) -> Wave:
    """Filter with the frequency response whose gains at `KNOTS_HZ` are given."""
    hertz = np.fft.rfftfreq(len(wave), 1 / SAMPLE_RATE)
    octaves = np.log2(np.maximum(hertz, 1.0))
    response = 10 ** (np.interp(octaves, np.log2(KNOTS_HZ), gains_db) / 20)
    return np.fft.irfft(np.fft.rfft(wave) * response, len(wave)).astype(np.float32)


def band_limit(wave: Wave, low_hz: float, high_hz: float) -> Wave:
    """Take away 24 dB an octave below a frequency and 96 dB an octave above another."""
    hertz = np.maximum(np.fft.rfftfreq(len(wave), 1 / SAMPLE_RATE), 1.0)
    loss_db = (24 * np.maximum(0, np.log2(low_hz / hertz))
               + 96 * np.maximum(0, np.log2(hertz / high_hz)))
    response = 10 ** (-np.minimum(loss_db, 80) / 20)
    return np.fft.irfft(np.fft.rfft(wave) * response, len(wave)).astype(np.float32)


def quantise(wave: Wave, bits: int) -> Wave:
    """Code with logarithmic steps (mu-law, ITU-T G.711; 8 bits are a telephone)."""
    peak = float(np.abs(wave).max()) + 1e-9
    squeezed = np.sign(wave) * np.log1p(255 * np.abs(wave) / peak) / np.log(256)
    levels = 2 ** (bits - 1)
    coded = np.round(squeezed * levels) / levels
    return (np.sign(coded) * (256 ** np.abs(coded) - 1) / 255 * peak).astype(np.float32)


def compress(wave: Wave, power: float) -> Wave:
    """Compress the dynamics as an automatic gain control does (exponent of a 100 ms envelope)."""
    width = SAMPLE_RATE // 10
    total = np.concatenate(([0.0], np.cumsum(np.pad(wave.astype(np.float64) ** 2, width // 2))))
    envelope = np.sqrt((total[width:] - total[:-width])[:len(wave)] / width)
    loudest = envelope.max() + 1e-9
    gain = (envelope / loudest + 1e-2) ** (power - 1.0)
    return (wave * gain / gain.min() * 0.5).astype(np.float32)


def clip(wave: Wave, share: float) -> Wave:
    """Overdrive the converter: cut everything above a share of the peak."""
    limit = share * float(np.abs(wave).max())
    return np.clip(wave, -limit, limit)


def add_noise(wave: Wave, snr_db: float, slope: float, random: Random) -> Wave:
    """Add steady noise whose power falls as 1 / f ** slope."""
    hertz = np.fft.rfftfreq(len(wave), 1 / SAMPLE_RATE)
    colour = np.maximum(hertz, 50.0) ** (-slope / 2)
    noise = np.fft.irfft(np.fft.rfft(random.standard_normal(len(wave))) * colour, len(wave))
    wanted = np.sqrt(np.mean(wave.astype(np.float64) ** 2) / np.mean(noise ** 2))
    return (wave + noise * wanted * 10 ** (-snr_db / 20)).astype(np.float32)


def excerpt(wave: Wave, seconds: float, random: Random) -> Wave:
    """Cut out a stretch anywhere; what is shorter is left whole."""
    length = round(seconds * SAMPLE_RATE)
    start = int(random.integers(max(len(wave) - length, 0) + 1))
    return wave[start:start + length]
