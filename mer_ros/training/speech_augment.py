"""Random rooms, microphones, codecs, noises and voices for training on clean studio speech."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
import soxr

SAMPLE_RATE = 16000
Wave = NDArray[np.float32]


def augment(waveform: Wave, random: np.random.Generator) -> Wave:
    """Return a copy of a 16 kHz waveform as another voice, room and microphone would give it."""
    wave = waveform
    if random.random() < 0.7:
        wave = speed(wave, float(np.exp(random.uniform(-0.15, 0.15))))
    if random.random() < 0.5:
        wave = reverberate(wave, random.uniform(0.1, 0.7), random.uniform(0.0, 12.0), random)
    if random.random() < 0.8:
        wave = equalise(wave, random)
    if random.random() < 0.4:
        wave = compress(wave, random.uniform(0.6, 1.0))
    if random.random() < 0.7:
        wave = add_noise(wave, random.uniform(8.0, 40.0), random.uniform(0.0, 2.0), random)
    if random.random() < 0.1:
        wave = clip(wave, random.uniform(0.2, 0.8))
    silence = np.zeros(int(random.uniform(0.0, 0.5) * SAMPLE_RATE), dtype=np.float32)
    return np.concatenate([silence, wave]) * np.float32(10 ** random.uniform(-1.0, 0.0))


def speed(wave: Wave, factor: float) -> Wave:
    """Play faster (factor > 1) or slower: shifts the pitch, the formants and the tempo."""
    return np.asarray(soxr.resample(wave, SAMPLE_RATE * factor, SAMPLE_RATE, quality='LQ'),
                      dtype=np.float32)


def reverberate(wave: Wave, decay_s: float, direct_db: float, random: np.random.Generator) -> Wave:
    """Add the tail of a room: noise that decays by 60 dB within ``decay_s``."""
    time = np.arange(int(decay_s * SAMPLE_RATE)) / SAMPLE_RATE
    tail = random.standard_normal(len(time)) * 10 ** (-3 * time / decay_s)
    tail *= 10 ** (-direct_db / 20) / np.sqrt(np.sum(tail ** 2))
    count = len(wave) + len(tail)
    echo = np.fft.irfft(np.fft.rfft(wave, count) * np.fft.rfft(tail, count), count)[:len(wave)]
    return (wave + echo).astype(np.float32)


def equalise(wave: Wave, random: np.random.Generator) -> Wave:
    """Filter with a random smooth frequency response and random band limits."""
    hertz = np.fft.rfftfreq(len(wave), 1 / SAMPLE_RATE)
    knots = np.log2([40, 125, 250, 500, 1000, 2000, 4000, 8000])
    steps = np.cumsum(random.normal(0.0, 2.5, len(knots)))
    gain_db = np.interp(np.log2(np.maximum(hertz, 1.0)), knots, steps - steps.mean())
    low, high = random.uniform(20, 250), random.uniform(3400, 9500)
    gain_db -= 24 * np.maximum(0, np.log2(low / np.maximum(hertz, 1.0)))
    gain_db -= 48 * np.maximum(0, np.log2(np.maximum(hertz, 1.0) / high)) * 2
    response = 10 ** (np.maximum(gain_db, -80) / 20)
    return np.fft.irfft(np.fft.rfft(wave) * response, len(wave)).astype(np.float32)


def compress(wave: Wave, power: float) -> Wave:
    """Compress the dynamics as an automatic gain control does (exponent of a 100 ms envelope)."""
    width = SAMPLE_RATE // 10
    total = np.concatenate(([0.0], np.cumsum(np.pad(wave.astype(np.float64) ** 2, width // 2))))
    envelope = np.sqrt((total[width:] - total[:-width])[:len(wave)] / width)
    loudest = envelope.max() + 1e-9
    gain = (envelope / loudest + 1e-2) ** (power - 1.0)
    return (wave * gain / gain.min() * 0.5).astype(np.float32)


def add_noise(wave: Wave, snr_db: float, slope: float, random: np.random.Generator) -> Wave:
    """Add steady noise whose power falls as 1 / f ** slope."""
    hertz = np.fft.rfftfreq(len(wave), 1 / SAMPLE_RATE)
    colour = np.maximum(hertz, 50.0) ** (-slope / 2)
    noise = np.fft.irfft(np.fft.rfft(random.standard_normal(len(wave))) * colour, len(wave))
    wanted = np.sqrt(np.mean(wave.astype(np.float64) ** 2) / np.mean(noise ** 2))
    return (wave + noise * wanted * 10 ** (-snr_db / 20)).astype(np.float32)


def clip(wave: Wave, share: float) -> Wave:
    """Overdrive the converter: cut everything above a share of the peak."""
    limit = share * float(np.abs(wave).max())
    return np.clip(wave, -limit, limit)
