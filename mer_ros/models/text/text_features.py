"""Sentences to hashed features, in plain numpy: n-grams of the whole, and parts of each word."""

from collections import Counter
from functools import lru_cache
from itertools import pairwise
import zlib

import numpy as np
from numpy.typing import NDArray

from mer_ros.models.text.text_marks import clusters_of, meanings, negated
from mer_ros.models.text.text_tokens import clean, pieces, tokens

CHARACTER_GRAMS = (2, 3, 4, 5)
"""Lengths of the character n-grams of a sentence, which never cross the border of a word."""

MAX_WORDS = 60
"""Longest sentence in words; of a longer one only the last words get features of their own."""

PARTS = 16
"""Features of one word; the longest words lose their last n-grams."""

WORD = 1
"""Which feature of a word is the word itself."""

_PART_GRAMS = (3, 4)
_BASE = np.uint64(0x9E3779B97F4A7C15)
_BORDER = np.uint64(1)


def features(text: str) -> NDArray[np.uint32]:
    """Return the sorted 32-bit hashes of the distinct features of a text, uint32 (n,), n >= 0.

    They stand for words, pairs and triples of neighbouring words, `CHARACTER_GRAMS` within words
    (Bojanowski et al. 2017, section 3.2), what the lexicon knows of the words, words in the
    scope of a negation (Pang et al. 2002, section 5), and traits of style such as capitals.
    """
    cleaned = clean(text)
    words = tokens(cleaned)
    if not words:
        return np.empty(0, dtype=np.uint32)
    bordered = ['<', *words, '>']
    pairs = map(' '.join, pairwise(bordered))
    triples = map(' '.join, zip(bordered, bordered[1:], bordered[2:], strict=False))
    hashes = hashes_of([*words, *pairs, *triples, *_marks(words), *_style(cleaned, len(words))])
    return np.unique(np.concatenate([hashes, character_grams(words)]))


def word_features(text: str) -> NDArray[np.uint32]:
    """Return hashed features of each of the last words of a text, uint32 (W, `PARTS`).

    0 <= W <= `MAX_WORDS`; a row is filled up with 0.  Its first feature is the same for all
    words; then come the word, its meaning, whether it is negated or in capitals, and n-grams.
    """
    written = _last_words(text)
    words = [word.lower() for word in written]
    rows = np.zeros((len(words), PARTS), dtype=np.uint32)
    for row, word, original, clusters, turned in zip(
            rows, words, written, meanings(words), negated(words), strict=True):
        flags = ['\x03negated'] * turned + ['\x03shout'] * (original.isupper() and len(word) > 2)
        first, *grams = _part_hashes(word)
        marks = hashes_of([f'\x02{cluster}' for cluster in clusters] + flags)
        found = [_ANY_WORD, first, *marks, *grams][:PARTS]
        row[:len(found)] = found
    return rows


def word_lengths(text: str) -> NDArray[np.int64]:
    """Return the number of letters of each of the last words, (W,); 0 for all without a letter."""
    return np.array([sum(map(str.isalpha, word)) for word in _last_words(text)], dtype=np.int64)


def has_meaning(text: str) -> NDArray[np.bool_]:
    """Return which of the last words the lexicon knows, (W,)."""
    return np.array([bool(clusters_of(word.lower())) for word in _last_words(text)], np.bool_)


def _last_words(text: str) -> list[str]:
    return pieces(clean(text))[-MAX_WORDS:]


def hashes_of(names: list[str]) -> NDArray[np.uint32]:
    """Return the 32-bit hash of each name, in order."""
    return np.array([zlib.crc32(name.encode()) for name in names], dtype=np.uint32)


_ANY_WORD = hashes_of(['\x03word'])[0]


def forget_words() -> None:
    """Drop the words that are kept to be quick: they are what people said."""
    _part_hashes.cache_clear()
    clusters_of.cache_clear()


@lru_cache(maxsize=8192)
def _part_hashes(word: str) -> NDArray[np.uint32]:
    """Return the hash of a word and, if it has letters, of n-grams of it between borders."""
    bordered = f'<{word}>'
    grams = [f'g{bordered[start:start + size]}' for size in _PART_GRAMS
             for start in range(len(bordered) - size + 1)] if word[0].isalnum() else []
    return hashes_of([f'w{word}', *grams])


def _marks(words: list[str]) -> list[str]:
    """Return the meanings of a sentence, negated or not, once or more often; negated words."""
    turned = negated(words)
    counts = Counter((cluster, sign) for clusters, sign in zip(
        meanings(words), turned, strict=True) for cluster in clusters)
    return [*(f'\x02{cluster} {sign}' for cluster, sign in counts),
            *(f'\x02{cluster} {sign} again' for (cluster, sign), n in counts.items() if n > 1),
            *(f'\x03{word}' for word, sign in zip(words, turned, strict=True) if sign)]


def _style(cleaned: str, words: int) -> list[str]:
    """Return traits that tell shouting from talking, and one kind of writing from another."""
    shouted = sum(word.isupper() and len(word) > 2 for word in cleaned.split())
    traits = {
        'small start': cleaned[0].islower(),
        'small i': ' i ' in f' {cleaned} ' or " i'" in cleaned,
        'no stop': cleaned[-1].isalnum(),
        'shout': shouted == 1,
        'shouts': shouted > 1,
        'speaker dash': cleaned[0] == '-',
        'dots': '...' in cleaned,
    }
    return [f'\x01{name}' for name, there in traits.items() if there] + [
        f'\x01length {words.bit_length()}']


def character_grams(
    words: list[str], sizes: tuple[int, ...] = CHARACTER_GRAMS
) -> NDArray[np.uint32]:
    """Return the hashes of the character n-grams of all words, each word between borders."""
    # A word is written \x01word\x01; an n-gram is inside one word unless two borders meet in it.
    codes = np.frombuffer('\x01'.join(['', *words, '']).replace('\x01', '\x01\x01')[1:-1]
                          .encode('utf-32-le'), dtype=np.uint32).astype(np.uint64)
    seams = np.flatnonzero((codes[:-1] == _BORDER) & (codes[1:] == _BORDER))
    crossing = np.zeros(len(codes) + 1, dtype=np.int64)
    crossing[seams + 1] = 1
    crossings = np.cumsum(crossing)
    grams = []
    rolling = np.zeros(len(codes), dtype=np.uint64)
    for size in range(1, max(sizes) + 1):
        count = len(codes) - size + 1
        if count <= 0:
            break
        rolling = rolling[:count] * _BASE + codes[size - 1:]
        if size in sizes:
            whole = crossings[size - 1:size - 1 + count] == crossings[:count]
            grams.append(_mixed(rolling[whole] + np.uint64(size)))
    return np.concatenate(grams) if grams else np.empty(0, dtype=np.uint32)


def _mixed(values: NDArray[np.uint64]) -> NDArray[np.uint32]:
    """Return the upper half of a multiplicative mix (the finaliser of SplitMix64)."""
    mixed = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return (mixed >> np.uint64(32)).astype(np.uint32)
