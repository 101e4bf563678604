"""What is no face, no voice and no language: made from a seed, so that it is always the same."""

from collections.abc import Callable, Mapping

import cv2
import numpy as np
from numpy.typing import NDArray

from mer_ros.data import SAMPLE_RATE

LETTERS = np.array(list('abcdefghijklmnopqrstuvwxyz'))
SECONDS = 3
SIDE = 96


def gibberish(draw: np.random.Generator) -> str:
    """Return some words of random letters."""
    return ' '.join(''.join(draw.choice(LETTERS, size=draw.integers(2, 9)))
                    for _ in range(draw.integers(3, 9)))


def _noise(draw: np.random.Generator, power: float) -> NDArray[np.float32]:
    """Return noise whose power falls with the frequency to this power."""
    size = SECONDS * SAMPLE_RATE
    spectrum = np.fft.rfft(draw.normal(size=size))
    spectrum /= np.maximum(np.arange(len(spectrum)), 1.0) ** (power / 2)
    sound = np.fft.irfft(spectrum, size)
    return np.asarray(0.2 * sound / np.abs(sound).max(), dtype=np.float32)


def _tones(draw: np.random.Generator) -> NDArray[np.float32]:
    time = np.arange(SECONDS * SAMPLE_RATE) / SAMPLE_RATE
    pitches = 110.0 * 2 ** (draw.integers(0, 36, size=3) / 12)
    sound = sum(np.sin(2 * np.pi * pitch * time + draw.uniform(0, 6)) for pitch in pitches)
    return (0.1 * np.asarray(sound)).astype(np.float32)


def _knocks(draw: np.random.Generator) -> NDArray[np.float32]:
    sound = np.zeros(SECONDS * SAMPLE_RATE)
    for start in draw.integers(0, len(sound) - 800, size=6):
        sound[start:start + 800] += draw.normal(size=800) * np.exp(-np.arange(800) / 120)
    return np.asarray(0.3 * sound / np.abs(sound).max(), dtype=np.float32)


SOUNDS: Mapping[str, Callable[[np.random.Generator], NDArray[np.float32]]] = {
    'white noise': lambda draw: _noise(draw, 0.0), 'pink noise': lambda draw: _noise(draw, 1.0),
    'tones': _tones, 'knocks': _knocks}
"""Sounds, float32 mono at 16 kHz, by what they are."""


def _grey(draw: np.random.Generator) -> NDArray[np.uint8]:
    return np.full((SIDE, SIDE, 3), draw.integers(256), dtype=np.uint8)


def _gradient(draw: np.random.Generator) -> NDArray[np.uint8]:
    angle = draw.uniform(0, 2 * np.pi)
    y, x = np.mgrid[:SIDE, :SIDE] / SIDE - 0.5
    shade = 127 + 170 * (np.cos(angle) * x + np.sin(angle) * y)
    return np.repeat(shade.clip(0, 255).astype(np.uint8)[..., np.newaxis], 3, axis=2)


def _pixels(draw: np.random.Generator) -> NDArray[np.uint8]:
    return draw.integers(256, size=(SIDE, SIDE, 3), dtype=np.uint8)


def _blobs(draw: np.random.Generator) -> NDArray[np.uint8]:
    coarse = draw.integers(256, size=(6, 6, 3), dtype=np.uint8)
    return np.asarray(cv2.resize(coarse, (SIDE, SIDE), interpolation=cv2.INTER_CUBIC))


PATCHES: Mapping[str, Callable[[np.random.Generator], NDArray[np.uint8]]] = {
    'plain': _grey, 'gradients': _gradient, 'random pixels': _pixels, 'blobs': _blobs}
"""Pictures, uint8 RGB, by what they are."""
