"""The data sets that an LDDU network can be trained on, and a recipe for each."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mer_ros.research.lddu.training.lddu_brighter import Part, read_brighter
from mer_ros.research.lddu.training.lddu_data import Corpus
from mer_ros.research.lddu.training.lddu_goemotions import read_goemotions, read_texts
from mer_ros.research.lddu.training.lddu_layouts import (
    M3ED_LABELS,
    M3ED_MODELS,
    MOSEI_LABELS,
    MOSEI_MODELS,
    read_targets,
    read_unaligned,
)
from mer_ros.research.lddu.training.lddu_recipe import Recipe
from mer_ros.research.lddu.training.lddu_synthetic import make

SMALL: dict[str, Any] = {'fusion': 'concatenated', 'layers': 1, 'heads': 4}
"""What the networks for one core have in common."""

WORDS = Recipe({**SMALL, 'width': 64, 'label_width': 32, 'latent': 16}, rate=1e-3, epochs=4,
               absence=0.0, queue=2048)
"""The recipe for the words of sentences."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A corpus, and the recipe for it.

    ``texts`` are those of its splits, where there are plain baselines for them; ``noise`` (N, M)
    is that of its test samples, where it is known; ``parts`` of the test are measured singly.
    """

    corpus: Corpus
    recipe: Recipe
    texts: Mapping[str, list[str]] | None = None
    noise: NDArray[np.float64] | None = None
    parts: Mapping[str, Part] = field(default_factory=dict)


def _goemotions(data: Path, seed: int, smoke: bool) -> Opened:
    most = 300 if smoke else None
    texts = {name: read_texts(data, split, most=most) for name, split in (
        ('train', 'train'), ('valid', 'dev'), ('test', 'test'))}
    return Opened(read_goemotions(data, most=most), WORDS, texts)


def _brighter(data: Path, seed: int, smoke: bool) -> Opened:
    corpus, parts, texts = read_brighter(data, most=300 if smoke else None)
    return Opened(corpus, replace(WORDS, absence=0.1), texts, parts=parts)


def _synthetic(data: Path, seed: int, smoke: bool) -> Opened:
    few = {'train': 200, 'valid': 100, 'test': 100} if smoke else {}
    made = make(seed=seed, **few)
    shape = {**SMALL, 'width': 32, 'label_width': 32, 'latent': 16, 'dropout': 0.1}
    return Opened(made.corpus, Recipe(shape, rate=3e-3, batch=64, epochs=40, queue=1024),
                  noise=made.noise)


def _mosei(data: Path, seed: int, smoke: bool) -> Opened:
    return Opened(read_targets(data / 'cmu_mosei' / 'train_valid_test.pt', MOSEI_LABELS,
                               MOSEI_MODELS), Recipe())


def _mosei_unaligned(data: Path, seed: int, smoke: bool) -> Opened:
    folder = data / 'cmu_mosei'
    return Opened(read_unaligned(folder / 'unaligned_50.pkl', folder / 'mmsa.csv'), Recipe())


def _mosei_aligned(data: Path, seed: int, smoke: bool) -> Opened:
    folder = data / 'cmu_mosei'
    return Opened(read_unaligned(folder / 'aligned_50.pkl', folder / 'mmsa.csv', aligned=True),
                  Recipe())


def _m3ed(data: Path, seed: int, smoke: bool) -> Opened:
    return Opened(read_targets(data / 'm3ed' / 'm3ed_data_60.pt', M3ED_LABELS, M3ED_MODELS),
                  Recipe())


DATASETS: dict[str, Callable[[Path, int, bool], Opened]] = {
    'goemotions': _goemotions, 'brighter': _brighter, 'synthetic': _synthetic, 'mosei': _mosei,
    'mosei_aligned': _mosei_aligned, 'mosei_unaligned': _mosei_unaligned, 'm3ed': _m3ed}
"""How each is opened."""


def open_dataset(name: str, data: Path, *, seed: int, smoke: bool) -> Opened:
    """Open a data set of a folder; raise ValueError, listing the known ones, if it is unknown."""
    if name not in DATASETS:
        raise ValueError(f'no data set is called {name!r}; known: {list(DATASETS)}')
    return DATASETS[name](data, seed, smoke)
