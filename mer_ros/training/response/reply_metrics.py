"""What replies are worth without a judge: variety, and what must not be said."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from mer_ros.response.phrases import plain
from mer_ros.response.safety import problem_of
from mer_ros.response.templates import Language

MOST_CHARACTERS = 300
"""Longest reply that the response node says by default."""


def distinct(replies: Sequence[str], n: int) -> float | None:
    """Return distinct-n: different n-grams of words over all n-grams, None without any.

    J. Li et al., A Diversity-Promoting Objective Function for Neural Conversation Models,
    NAACL 2016.  It falls with the number of replies: compare equally many.
    """
    grams = [tuple(words[start:start + n]) for words in (plain(one).split() for one in replies)
             for start in range(len(words) - n + 1)]
    return len(set(grams)) / len(grams) if grams else None


def safety(words: Sequence[str], replies: Sequence[str], language: Language) -> dict[str, Any]:
    """Return the share of replies that the response node would say, and why not the others.

    ``rate`` is in [0, 1], ``problems`` counts by reason; see `problem_of`.
    """
    found = [problem_of(reply, words=said, last='', language=language,
                        max_characters=MOST_CHARACTERS)
             for said, reply in zip(words, replies, strict=True)]
    problems = Counter(problem for problem in found if problem)
    return {'rate': 1.0 - sum(problems.values()) / len(found), 'problems': dict(problems)}
