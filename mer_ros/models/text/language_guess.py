"""Which language a text is in, and how usual its letters are for that language."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mer_ros.models.text.english_text import indices_of


class LanguageGuess:
    """Naive Bayes over the commonest n-grams of each variety of a language.

    What an n-gram says for a variety is how much more often it stands there than an n-gram that
    the variety was never seen with (Dunning 1994).

    Args:
        tables: arrays as `training.text.language_guess_fit` makes them: sorted ``keys`` (U,),
            of how many varieties each is known (``spread``), for each of these the number of
            the variety (``owners``) and its gain (``gains``, in units of ``unit``); for each
            variety its log-odds beforehand (``prior``) and the gain of an n-gram from which on
            a text is strange and familiar (``usual`` (V, 2)); ``temperature`` of the whole.
    """

    def __init__(self, tables: Mapping[str, Any]) -> None:
        self.varieties = tuple(map(str, tables['varieties']))
        self._keys: NDArray[np.uint32] = tables['keys']
        self._spread = tables['spread']
        self._starts = (np.cumsum(self._spread) - self._spread).astype(np.int32)
        self._owners, self._gains = tables['owners'], tables['gains']
        self._unit, self._temperature = float(tables['unit']), float(tables['temperature'])
        self._prior, self._usual = tables['prior'], tables['usual']

    def gains(self, found: NDArray[np.uint32]) -> NDArray[np.float64]:
        """Return what the n-grams (n,) say for each variety, (V,), >= 0."""
        known = indices_of(found, self._keys)
        spread = self._spread[known].astype(np.int64)
        ends = np.cumsum(spread)
        places = np.arange(ends[-1] if len(ends) else 0) + np.repeat(
            self._starts[known] - ends + spread, spread)
        weights = self._unit * self._gains[places].astype(np.float64)
        return np.bincount(self._owners[places], weights, len(self.varieties)).astype(np.float64)

    def probabilities(self, gains: NDArray[np.float64], count: int) -> NDArray[np.float64]:
        """Return the probability of each variety, (V,), that follows from `gains`.

        They are divided by the temperature and by the root of the ``count`` of n-grams: those of
        one word overlap, so that a text does not tell as much as if each were drawn anew.
        """
        scores = gains / (self._temperature * np.sqrt(max(count, 1))) + self._prior
        raised = np.exp(scores - scores.max())
        return np.asarray(raised / raised.sum())

    def familiarity(self, gain: float, count: int, variety: int) -> float:
        """Return how usual ``count`` n-grams with this gain in sum are for a variety, in [0, 1]."""
        strange, familiar = self._usual[variety]
        return float(np.clip((gain / max(count, 1) - strange) / (familiar - strange), 0.0, 1.0))
