"""Emotions of texts in many languages: two linear classifiers for each variety of a language."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mer_ros.models.text.english_text import places_of


class ManyLanguages:
    """Classifies n-grams into K classes.

    Args:
        tables: arrays as `training.text.train_languages` makes them.  Variety v owns the rows
            ``ends[v - 1]`` to ``ends[v]`` of ``keys`` (N,), sorted in each variety, of
            ``weights`` int8 (N, K) and of ``squares`` float16 (N,), the squared inverse document
            frequencies; and ``scale``, ``bias`` (V, K).
    """

    def __init__(self, tables: Mapping[str, Any]) -> None:
        ends = tables['ends'].astype(np.int64)
        self.varieties = tuple(map(str, tables['varieties']))
        starts = np.concatenate([[0], ends])[:-1]
        rows = [slice(start, end) for start, end in zip(starts, ends, strict=True)]
        self._keys = [tables['keys'][part] for part in rows]
        self._weights = [tables['weights'][part] for part in rows]
        self._squares = [tables['squares'][part] for part in rows]
        self._scale, self._bias = tables['scale'], tables['bias']

    def logits(self, found: NDArray[np.uint32], variety: str) -> NDArray[np.float32]:
        """Return the log-probabilities (K,) of a text with these n-grams, in a variety."""
        index = self.varieties.index(variety)
        places = places_of(found, self._keys[index])
        places = places[places < len(self._keys[index])]
        length = np.sqrt(max(self._squares[index][places].sum(dtype=np.float64), 1.0))
        scores = (self._weights[index][places].sum(axis=0) * self._scale[index] / length
                  + self._bias[index])
        return np.asarray(scores - np.logaddexp.reduce(scores), dtype=np.float32)


def with_named(logits: NDArray[np.floating[Any]], named: NDArray[np.floating[Any]]
               ) -> NDArray[np.float32]:
    """Return the log-probabilities (..., 7) of two experts together (Jacobs et al. 1991, eq. 1).

    ``logits`` (..., 7) of the expert for all that people write; ``named`` (..., 8) of the one for
    feelings that are named, whose last class is that none is: its share is left to the other.
    """
    both = np.logaddexp(named[..., :-1], named[..., -1:] + logits)
    return np.asarray(both, dtype=np.float32)
