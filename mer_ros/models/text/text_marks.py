"""Which emotions the words of a sentence express, and which words are negated."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from mer_ros.models.text.text_lexicon import BREAKS, CLUSTERS, NEGATORS
from mer_ros.models.text.text_tokens import tokens

NEGATION_SCOPE = 5
"""Words after a negation that it reaches."""

_NEGATORS, _BREAKS = frozenset(NEGATORS.split()), frozenset(BREAKS.split())
_WORDS: dict[str, set[str]] = {}
_STEMS: dict[str, set[str]] = {}
_PHRASES: dict[str, list[tuple[tuple[str, ...], str]]] = {}
"""First word to whole phrases and their clusters."""


def _read_lexicon() -> None:
    for cluster, entries in CLUSTERS.items():
        for entry in map(str.strip, entries.split(',')):
            words = tuple(tokens(entry.rstrip('*')))
            if entry.endswith('*'):
                _STEMS.setdefault(words[0], set()).add(cluster)
            elif len(words) == 1:
                _WORDS.setdefault(words[0], set()).add(cluster)
            else:
                _PHRASES.setdefault(words[0], []).append((words, cluster))


_read_lexicon()
_STEM_LENGTHS = sorted({len(stem) for stem in _STEMS})


def meanings(words: Sequence[str]) -> list[list[str]]:
    """Return, sorted, the clusters of the lexicon that each word belongs to.

    It belongs to one by itself, by its beginning or as part of a phrase.
    """
    found = [set(_clusters(word)) for word in words]
    for start, word in enumerate(words):
        for phrase, cluster in _PHRASES.get(word, ()):
            if tuple(words[start:start + len(phrase)]) == phrase:
                for member in found[start:start + len(phrase)]:
                    member.add(cluster)
    return [sorted(clusters) for clusters in found]


def negated(words: Sequence[str]) -> list[bool]:
    """Return which words stand within `NEGATION_SCOPE` after a negation, in the same clause."""
    flags, left = [], 0
    for word in words:
        if word in _BREAKS:
            left = 0
        flags.append(left > 0)
        left = max(left - 1, 0)
        if word in _NEGATORS or word.endswith("n't"):
            left = NEGATION_SCOPE
    return flags


@lru_cache(maxsize=8192)
def _clusters(word: str) -> frozenset[str]:
    # A run of one emoji means what one of it means.
    single = word if word[0].isalnum() else word[0]
    found = _WORDS.get(word, set()) | _WORDS.get(single, set())
    return frozenset(found.union(*(
        _STEMS.get(word[:length], set()) for length in _STEM_LENGTHS if length <= len(word))))
