"""Sentences to sets of hashed word and character n-grams, in plain numpy."""

from __future__ import annotations

import re
import zlib

import numpy as np
from numpy.typing import NDArray

MAX_CHARACTERS = 1000
"""Of a longer text the end is looked at: the newest words of someone who is speaking."""

CHARACTER_GRAMS = (2, 3, 4, 5)
"""Lengths of the character n-grams, which never cross the border of a word."""

_TOKEN = re.compile(r"\w+(?:'\w+)*|([^\w\s])\1*")
_MASK = re.compile(r'\[[A-Za-z ]{2,20}\]')
_SPACE_BEFORE_STOP = re.compile(r'\s+([.,!?;:])')
_CONTROL = re.compile(r'[\x00-\x1f\x7f]')
_SPACED_HYPHEN = re.compile(r'\s+-\s+')
_QUOTES = str.maketrans({'\u2019': "'", '\u2018': "'", '`': "'", '\u201c': '"', '\u201d': '"'})

_BASE = np.uint64(0x9E3779B97F4A7C15)
_BORDER = np.uint64(1)


def clean(text: str) -> str:
    """Return the end of a text in Unicode that can be encoded, case kept.

    Any string will do: half surrogates become question marks, control characters spaces.  Masked
    names such as [NAME] all read the same, and spaces before punctuation go, so that the data
    sets do not differ by how they were prepared.
    """
    whole = text[-MAX_CHARACTERS:].encode('utf-8', 'replace').decode('utf-8')
    whole = _CONTROL.sub(' ', whole).translate(_QUOTES)
    whole = _MASK.sub('Xname', whole)
    return _SPACED_HYPHEN.sub('-', _SPACE_BEFORE_STOP.sub(r'\1', whole)).strip()


def tokens(cleaned: str) -> list[str]:
    """Return the lower-case words and runs of one punctuation mark of a clean text."""
    return [match.group() for match in _TOKEN.finditer(cleaned.lower())]


def features(text: str) -> NDArray[np.uint32]:
    """Return the sorted 32-bit hashes of the distinct features of a text, uint32 (n,), n >= 0.

    They stand for words, pairs of neighbouring words, `CHARACTER_GRAMS` within words (Bojanowski
    et al. 2017, section 3.2) and traits of style such as capitals and length.
    """
    cleaned = clean(text)
    words = tokens(cleaned)
    if not words:
        return np.empty(0, dtype=np.uint32)
    pairs = map(' '.join, zip(['<', *words], [*words, '>'], strict=True))
    grams = (*words, *pairs, *_style(cleaned, len(words)))
    hashes = np.array([zlib.crc32(gram.encode()) for gram in grams], dtype=np.uint32)
    return np.unique(np.concatenate([hashes, _character_grams(words)]))


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


def _character_grams(words: list[str]) -> NDArray[np.uint32]:
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
    for size in range(1, max(CHARACTER_GRAMS) + 1):
        count = len(codes) - size + 1
        if count <= 0:
            break
        rolling = rolling[:count] * _BASE + codes[size - 1:]
        if size in CHARACTER_GRAMS:
            whole = crossings[size - 1:size - 1 + count] == crossings[:count]
            grams.append(_mixed(rolling[whole] + np.uint64(size)))
    return np.concatenate(grams) if grams else np.empty(0, dtype=np.uint32)


def _mixed(values: NDArray[np.uint64]) -> NDArray[np.uint32]:
    """Return the upper half of a multiplicative mix (the finaliser of SplitMix64)."""
    mixed = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return (mixed >> np.uint64(32)).astype(np.uint32)
