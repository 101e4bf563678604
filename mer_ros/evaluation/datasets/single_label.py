"""From the several labels of a text to the one class that a classifier learns.

GoEmotions (Demszky et al., ACL 2020) gives a text one or several of 28 labels.  Its authors group
them to Ekman's emotions; how several become one is not told by those who train single-label models.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from mer_ros.emotions import EMOTIONS

EKMAN: dict[str, tuple[str, ...]] = {
    'anger': ('anger', 'annoyance', 'disapproval'),
    'disgust': ('disgust',),
    'fear': ('fear', 'nervousness'),
    'happiness': ('joy', 'amusement', 'approval', 'excitement', 'gratitude', 'love', 'optimism',
                  'relief', 'pride', 'admiration', 'desire', 'caring'),
    'neutral': ('neutral',),
    'sadness': ('sadness', 'disappointment', 'embarrassment', 'grief', 'remorse'),
    'surprise': ('surprise', 'realization', 'confusion', 'curiosity'),
}
"""The labels of GoEmotions by class; the authors' grouping, with joy called happiness."""

RULES = ('alone', 'first', 'rarest')
"""alone: the only class once neutral is set aside, texts with two or more are left out; first:
the class of the first label; rarest: of the classes without neutral that of the fewest texts."""

_CLASS = {label: emotion for emotion, labels in EKMAN.items() for label in labels}


def classes_of(labels: Iterable[str]) -> tuple[str, ...]:
    """Return the classes of labels of GoEmotions, each once, in the order of the labels.

    Raises ValueError, listing the known ones, for another label.
    """
    names = list(labels)
    unknown = sorted({name for name in names if name not in _CLASS})
    if unknown:
        raise ValueError(f'{unknown} are no labels of GoEmotions; known: {sorted(_CLASS)}')
    return tuple(dict.fromkeys(_CLASS[name] for name in names))


def single_label(labels: Iterable[str], rule: str = 'alone',
                 counts: Mapping[str, int] | None = None) -> str:
    """Return the one class of a text, one of EMOTIONS, or '' where it is left out.

    Args:
        labels: those of GoEmotions that the text has.
        rule: one of RULES.
        counts: how many training texts have each class, for the rule ``rarest``.

    Raises:
        ValueError: the rule or a label is unknown, or the counts are missing.
    """
    if rule not in RULES or (rule == 'rarest' and counts is None):
        raise ValueError(f'the rule {rule!r} was given; known: {list(RULES)}; rarest needs counts')
    found = classes_of(labels)
    if rule == 'first':
        return found[0] if found else ''
    felt = [name for name in found if name != 'neutral'] or list(found)
    if rule == 'rarest' and felt:
        assert counts is not None
        return min(felt, key=lambda name: (counts.get(name, 0), EMOTIONS.index(name)))
    return felt[0] if len(felt) == 1 else ''


def class_counts(texts: Iterable[Sequence[str]]) -> Counter[str]:
    """Return how many texts have each class, given the labels of each."""
    return Counter(name for labels in texts for name in classes_of(labels))
