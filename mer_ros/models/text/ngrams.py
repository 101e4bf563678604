"""Words and character n-grams of a text in any language, hashed."""

from itertools import pairwise
import re

import numpy as np
from numpy.typing import NDArray

from mer_ros.models.text.text_features import character_grams, hashes_of
from mer_ros.models.text.text_tokens import clean

SIZES = (1, 2, 3, 4, 5)
"""Lengths of the n-grams of characters; they never cross a space."""

_MARKS = (r'!-&(-,./:-@\[-`{-~'
          r'\u00a1\u00ab\u00bb\u00bf\u2013\u2014\u201e\u2026\u060c\u061b\u061f\u0964'
          r'\u3001\u3002\u300a-\u3011\uff01\uff08\uff09\uff0c\uff1a\uff1b\uff1f')
_WORD = re.compile(rf'[^\s{_MARKS}]+|([{_MARKS}])\1*')


def ngrams(text: str) -> NDArray[np.uint32]:
    """Return the sorted hashes of the distinct words, pairs of words and n-grams of a text.

    uint32 (n,), n >= 0.  Words are what spaces and punctuation divide: many scripts write vowels
    as marks that are no letters, and some have no spaces at all.  A run of one punctuation mark
    is a word of its own, so that a text without punctuation only lacks these.
    """
    words = [match.group() for match in _WORD.finditer(clean(text).lower())]
    if not words:
        return np.empty(0, dtype=np.uint32)
    pairs = map(' '.join, pairwise(words))
    return np.unique(np.concatenate([
        hashes_of([*(f'\x04{word}' for word in words), *(f'\x05{pair}' for pair in pairs)]),
        character_grams(words, SIZES)]))
