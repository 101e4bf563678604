"""What no generated reply may be: a net of small lists, not a guarantee.

It catches what is empty, too long or an echo, and some phrases that a robot must not say.  It does
not understand what a sentence means: a harmful one in harmless words passes.  Who needs a guarantee
leaves the parameter ``generator`` empty; then only the sentences of the files are said.
"""

from difflib import SequenceMatcher

from mer_ros.response.phrases import plain
from mer_ros.response.templates import Language

ECHO = 0.8
"""Similarity of two texts, 0 to 1, from which on one repeats the other."""


def problem_of(
    reply: str, *, words: str, last: str, language: Language, max_characters: int
) -> str:
    """Return why a generated reply must not be said, '' if nothing speaks against it.

    Args:
        reply: what was generated.
        words: what the person said.
        last: what the robot said to the person before; '' when nothing.
        language: of the reply, whose lists are searched.
        max_characters: longest reply that is allowed.

    Returns:
        ``empty`` (no letter), ``too_long``, ``echo`` (of the words, or of the last reply), or a
        category of `mer_ros.response.templates.CATEGORIES`, or ``crisis`` where it holds words
        that only a person in need would say.
    """
    if not any(character.isalpha() for character in reply):
        return 'empty'
    if len(reply) > max_characters:
        return 'too_long'
    if repeats(reply, words) or repeats(reply, last):
        return 'echo'
    for category, phrases in language.never_say.items():
        if phrases.occur_in(reply):
            return category
    return 'crisis' if language.crisis_phrases.occur_in(reply) else ''


def repeats(one: str, other: str) -> bool:
    """Tell whether two texts say nearly the same; nothing repeats an empty one."""
    matcher = SequenceMatcher(None, plain(one), plain(other), autojunk=False)
    # The bound is cheap, the ratio is not: the other text may be a long one.
    return bool(other) and matcher.real_quick_ratio() >= ECHO and matcher.ratio() >= ECHO
