"""Which emotions the words of a sentence express, and which words are negated."""

from collections import defaultdict
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
import json

from mer_ros.models.session import WEIGHTS
from mer_ros.models.shipped import read_shipped
from mer_ros.models.text.text_tokens import tokens

LEXICON = WEIGHTS / 'text_lexicon.json'
"""Words, phrases and emoji that express emotions, in clusters; written for this package.

An entry is a word, several words, or the beginning of a word and a star.  A cluster gives rare
words ("petrified") what a common one of the same meaning ("scared") has taught.  What it says
about the seven emotions is learned: the names are for the reader.  ``negators`` turn what
follows, beside those that end in n't; ``breaks`` end the scope of a negation.
"""

NEGATION_SCOPE = 5
"""Words after a negation that it reaches."""

_SURPASSING, _COMPARISONS = ("couldn't", 'never'), ('more', 'better', 'worse', 'less')
"""After the first, and "could not", the second and what ends in -ier compare."""

_lexicon = json.loads(read_shipped(LEXICON))
_NEGATORS, _BREAKS = frozenset(_lexicon['negators']), frozenset(_lexicon['breaks'])
_WORDS: dict[str, set[str]] = defaultdict(set)
_STEMS: dict[str, set[str]] = defaultdict(set)
_PHRASES: dict[str, list[tuple[tuple[str, ...], str]]] = defaultdict(list)
"""First word to whole phrases and their clusters."""

for _cluster, _entries in _lexicon['clusters'].items():
    for _entry in _entries:
        _first, *_others = tokens(_entry.rstrip('*'))
        if _others and not _entry.endswith('*'):
            _PHRASES[_first].append(((_first, *_others), _cluster))
        else:
            (_STEMS if _entry.endswith('*') else _WORDS)[_first].add(_cluster)

_STEM_LENGTHS = sorted({len(stem) for stem in _STEMS})


def meanings(words: Sequence[str]) -> list[list[str]]:
    """Return, sorted, the clusters of the lexicon that each word belongs to.

    It belongs to one by itself, by its beginning or as part of a phrase.
    """
    found = [set(clusters_of(word)) for word in words]
    for start, word in enumerate(words):
        for phrase, cluster in _PHRASES.get(word, ()):
            if tuple(words[start:start + len(phrase)]) == phrase:
                for member in found[start:start + len(phrase)]:
                    member.add(cluster)
    return [sorted(clusters) for clusters in found]


def negated(words: Sequence[str]) -> list[bool]:
    """Return which words stand within `NEGATION_SCOPE` after a negation, in the same clause.

    A comparison after "could not" or "never" makes more of what is said, and turns nothing:
    "I couldn't be happier".
    """
    flags: list[bool] = []
    left = 0
    start: int | None = None
    for index, (before, word) in enumerate(pairwise(['', *words])):
        if word in _BREAKS:
            left = 0
        if left and start is not None and (word in _COMPARISONS or word.endswith('ier')):
            flags[start:] = [False] * (index - start)
            left = 0
        flags.append(left > 0)
        left = max(left - 1, 0)
        if word in _NEGATORS or word.endswith("n't"):
            left = NEGATION_SCOPE
            surpasses = word in _SURPASSING or (before, word) == ('could', 'not')
            start = index + 1 if surpasses else None
    return flags


@lru_cache(maxsize=8192)
def clusters_of(word: str) -> frozenset[str]:
    """Return the meanings of one word."""
    # A run of one emoji means what one of it means.
    single = word if word[0].isalnum() else word[0]
    found = _WORDS.get(word, set()) | _WORDS.get(single, set())
    return frozenset(found.union(*(
        _STEMS.get(word[:length], set()) for length in _STEM_LENGTHS if length <= len(word))))
