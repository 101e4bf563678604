"""Fitting which n-grams are common in each variety of a language."""

from collections.abc import Collection
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mer_ros.models.text.language_guess import LanguageGuess
from mer_ros.models.text.language_tags import ENGLISH, tag_of
from mer_ros.training.text.languages_data import Variety

MOST = 5000
"""N-grams that are kept of a variety, the commonest; of English four times as many."""

FEWEST = 15
"""Texts of a variety that are needed to learn it."""

SOURCE_MOST = 2500
"""Texts of one source at most, so that no kind of text is all of a language."""

UNSEEN = np.log(0.3 / 100_000)
"""Log-probability of an n-gram that a variety was never seen with."""

UNIT = 1 / 25
"""Step of the gains, which are kept as whole numbers."""

QUANTILES = (0.01, 0.1)
"""Shares of the dev texts of a variety that are strange, and that are not yet familiar."""

TEMPERATURES = np.geomspace(0.1, 2.0, 24)
ENGLISH_PRIORS = (0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 4.0)
"""Log-odds of English beforehand that are tried, for a robot whose people speak it mostly."""

STRANGER = -0.5
"""Log-odds beforehand of a language whose emotions were not learned: it is there to be told
apart, and whoever talks to a robot rather speaks a language that it knows."""

BELOW = 0.01
"""Share of English dev texts that may be taken for another language."""


def fit_guess(train: dict[str, Variety], dev: dict[str, Variety], *, learned: Collection[str],
              seed: int) -> dict[str, Any]:
    """Return the tables of `LanguageGuess`; ``learned`` are the varieties with emotions.

    The prior of English is the smallest that keeps `BELOW`; the temperature is chosen by the
    log-loss of the language on dev (Guo et al. 2017).
    """
    names = [name for name, texts in train.items() if len(texts.found) >= FEWEST]
    rng = np.random.default_rng(seed)
    commonest = [_commonest(train[name], MOST * (4 if name == ENGLISH else 1), rng)
                 for name in names]
    keys = np.unique(np.concatenate([grams for grams, _ in commonest]))
    places = np.concatenate([np.searchsorted(keys, grams) for grams, _ in commonest])
    owners = np.repeat(np.arange(len(names)), [len(grams) for grams, _ in commonest])
    gains = np.concatenate([gains for _, gains in commonest])
    order = np.lexsort((owners, places))
    tables: dict[str, Any] = {
        'varieties': np.array(names), 'keys': keys,
        'spread': np.bincount(places, minlength=len(keys)).astype(np.uint8),
        'owners': owners[order].astype(np.uint8),
        'gains': np.clip(np.round(gains[order] / UNIT), 1, 255).astype(np.uint8),
        'unit': np.float32(UNIT), 'temperature': np.float32(1.0),
        'prior': np.zeros(len(names), np.float32),
        'usual': np.tile(np.float32([0.0, 1.0]), (len(names), 1))}
    guess = LanguageGuess(tables)
    of_tag = np.array([tag_of(name) for name in names])
    rows = [(of_tag == tag_of(name), guess.gains(grams), max(len(grams), 1), index)
            for index, name in enumerate(names) if name in dev for grams in dev[name].found]
    right = np.array([row[0] for row in rows]).reshape(len(rows), len(names))
    scores = np.array([gained / np.sqrt(count) for _, gained, count, _ in rows]).reshape(
        len(rows), len(names))
    tables['temperature'] = np.float32(min(TEMPERATURES, key=lambda t: _loss(scores / t, right)))
    english = right[:, names.index(ENGLISH)] if ENGLISH in names else np.zeros(len(rows), bool)
    stranger = np.where(np.isin(names, [ENGLISH, *learned]), 0.0, STRANGER)
    for extra in ENGLISH_PRIORS:
        tables['prior'] = (stranger + extra * (of_tag == ENGLISH)).astype(np.float32)
        best = (scores / tables['temperature'] + tables['prior']).argmax(axis=1)
        if english.any() and (of_tag[best[english]] != ENGLISH).mean() <= BELOW:
            break
    for index in range(len(names)):
        usual = [gained[index] / count for _, gained, count, owner in rows if owner == index]
        if len(usual) >= FEWEST:
            low, high = np.quantile(usual, QUANTILES)
            tables['usual'][index] = low, max(high, low + 0.05)
    return tables


def _commonest(texts: Variety, most: int, rng: np.random.Generator
               ) -> tuple[NDArray[np.uint32], NDArray[np.float64]]:
    """Return the commonest n-grams of a variety, sorted, and their gains over unseen ones."""
    chosen: list[int] = []
    for source in sorted(set(texts.sources)):
        rows = np.flatnonzero(np.array(texts.sources) == source)
        chosen += rng.permutation(rows)[:SOURCE_MOST].tolist()
    keys, counts = np.unique(np.concatenate([texts.found[row] for row in chosen]),
                             return_counts=True)
    gains = np.log(counts / counts.sum()) - UNSEEN
    kept = np.sort(np.argsort(-counts, kind='stable')[:most])
    kept = kept[(counts[kept] >= 2) & (gains[kept] > UNIT)]
    return keys[kept], gains[kept]


def _loss(scores: NDArray[np.float64], right: NDArray[np.bool_]) -> float:
    total = np.logaddexp.reduce(scores, axis=1)
    return float(np.mean(total - np.logaddexp.reduce(np.where(right, scores, -1e9), axis=1)))
