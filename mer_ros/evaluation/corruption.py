"""Worse and worse input: noise on the voice, blurred and hidden faces, misheard words.

What chance decides (the noise, where the patch lies, which words are hit) is drawn once an input
and only grows with the level, so that levels differ by their severity alone.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Apply = Callable[[Any, float, np.random.Generator, Sequence[Any]], Any]
"""Takes an input, a level, its own generator and all inputs; returns the input made worse."""


@dataclass(frozen=True, slots=True)
class Corruption:
    """One way in which input gets worse; ``levels`` in ``unit``, mildest first."""

    name: str
    modality: str
    unit: str
    levels: tuple[float, ...]
    apply: Apply

    def worsen(self, inputs: Sequence[Any], level: float, *, seed: int = 0) -> list[Any]:
        """Return the inputs at a level; one that is None stays so."""
        pool = [item for item in inputs if item is not None]
        return [item if item is None else
                self.apply(item, level, np.random.default_rng([seed, index]), pool)
                for index, item in enumerate(inputs)]


def add_noise(waveform: NDArray[np.float32], snr: float, rng: np.random.Generator,
              _: Sequence[Any] = ()) -> NDArray[np.float32]:
    """Add white Gaussian noise at a ratio of mean powers of ``snr`` dB, clipped to [-1, 1]."""
    power = float(np.mean(np.square(waveform, dtype=np.float64)))
    noise = rng.standard_normal(waveform.shape) * np.sqrt(power / 10 ** (snr / 10))
    noisy: NDArray[np.float32] = (waveform + noise).clip(-1.0, 1.0).astype(np.float32)
    return noisy


def blur(crop: NDArray[np.uint8], percent: float, rng: np.random.Generator | None = None,
         _: Sequence[Any] = ()) -> NDArray[np.uint8]:
    """Blur a crop (H, W, 3) with a Gaussian whose sigma is a percentage of its shorter side."""
    sigma = percent / 100 * min(crop.shape[:2])
    return np.asarray(cv2.GaussianBlur(crop, (0, 0), sigma), dtype=np.uint8)


def occlude(crop: NDArray[np.uint8], percent: float, rng: np.random.Generator,
            _: Sequence[Any] = ()) -> NDArray[np.uint8]:
    """Cover a percentage of the area of a crop (H, W, 3) with a patch of its mean colour."""
    corner = rng.random(2)
    sides = np.array(crop.shape[:2])
    patch = np.round(sides * np.sqrt(percent / 100)).astype(int)
    top, left = np.round(corner * (sides - patch)).astype(int)
    hidden = crop.copy()
    hidden[top:top + patch[0], left:left + patch[1]] = crop.mean(axis=(0, 1)).round()
    return hidden


def drop_words(text: str, percent: float, rng: np.random.Generator,
               _: Sequence[Any] = ()) -> str:
    """Leave out a percentage of the words at random; the one least likely to go stays."""
    words = text.split()
    luck = rng.random(len(words))
    kept = (luck >= percent / 100) | (luck == luck.max(initial=0.0))
    return ' '.join(word for word, keep in zip(words, kept, strict=True) if keep)


def swap_words(text: str, percent: float, rng: np.random.Generator, pool: Sequence[str]) -> str:
    """Replace a percentage of the words at random by words of the texts of a pool."""
    words = text.split()
    luck = rng.random(len(words))
    donors = [pool[index].split() for index in rng.integers(len(pool), size=len(words))]
    places = rng.random(len(words))
    hits = luck < percent / 100
    return ' '.join(
        donor[int(place * len(donor))] if hit and donor else word
        for word, donor, place, hit in zip(words, donors, places, hits, strict=True))


CORRUPTIONS = (
    Corruption('noise', 'speech', 'dB SNR', (20, 15, 10, 5, 0), add_noise),
    Corruption('blur', 'face', '% of side', (2, 4, 8, 16), blur),
    Corruption('occlusion', 'face', '% of area', (10, 20, 35, 50), occlude),
    Corruption('words left out', 'text', '%', (10, 20, 40, 60), drop_words),
    Corruption('words replaced', 'text', '%', (10, 20, 40, 60), swap_words),
)
"""The grid of an evaluation."""
