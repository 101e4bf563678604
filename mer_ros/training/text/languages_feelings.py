"""What people say to a robot in other languages: what they feel or do not feel, news and commands.

Films and posts of the web hold few such sentences: without them "I am not sad" is sadness, since
the word is there, and whoever asks a robot to close a door is angry.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle, islice
import json
from pathlib import Path

from mer_ros.emotions import EMOTIONS
from mer_ros.training.text.languages_answers import as_sentence

PLEASANT = 'happiness'

DENIALS = 2
"""Ways to deny something pleasant: with all of them its words would be sad."""

OTHERS = 2
"""Of the frames of others, those that each word goes into."""


@dataclass(frozen=True, slots=True)
class Feelings:
    """Sentences of one language.

    ``words`` of each emotion go into the frames: of who ``has`` the feeling, of ``others`` who do,
    in longer sentences, and of who ``denies`` it or ``asks`` for it.  ``pairs`` of each emotion are
    sentences as they are, what is felt and its denial.  ``around`` are frames of all these
    sentences, which say why, since when or about whom.  ``shown`` are sentences that show an
    emotion without its name.  Those that are ``stated``, and ``commands``, show none.
    """

    has: list[str]
    others: list[str]
    denies: list[str]
    asks: list[str]
    around: list[str]
    words: dict[str, list[str]]
    pairs: dict[str, list[tuple[str, str]]]
    shown: dict[str, list[str]]
    stated: list[str]
    commands: list[str]


FEELINGS = {tag: Feelings(**found) for tag, found in json.loads(
    Path(__file__).with_suffix('.json').read_text(encoding='utf-8')).items()}
"""By the tag of the language."""


def feelings_of(variety: str) -> Iterator[tuple[str, str]]:
    """Yield sentences of a variety that name or show a feeling, with their emotion.

    To deny something unpleasant, and to ask for a feeling, is neutral; to deny something pleasant
    is sadness.  Every second of these sentences comes in a longer one, too.  Plain statements,
    which are neutral, stand beside them.  There are none where the language has no `FEELINGS`.
    """
    found = FEELINGS.get(variety.split('-')[0])
    if found is None:
        return
    around = cycle(found.around)
    for index, (said, emotion) in enumerate(_told(found)):
        yield (as_sentence(said) if index % 2 else said), emotion
        if index % 2:
            yield next(around).format(said), emotion
    for words in found.words.values():
        for word in words:
            yield from ((frame.format(word), 'neutral') for frame in found.asks)
    for emotion, sentences in found.shown.items():
        for said in sentences:
            yield from ((text, emotion) for text in (said, as_sentence(said), f'{said}!'))
    yield from _calm(found.stated)


def calm_of(variety: str) -> Iterator[tuple[str, str]]:
    """Yield commands and statements of a variety, with neutral; none where it has no `FEELINGS`."""
    found = FEELINGS.get(variety.split('-')[0])
    if found:
        yield from _calm(found.commands + found.stated)


def _calm(sentences: list[str]) -> Iterator[tuple[str, str]]:
    for said in sentences:
        yield from ((said, 'neutral'), (as_sentence(said), 'neutral'))


def _told(found: Feelings) -> Iterator[tuple[str, str]]:
    """Yield what tells a feeling, and what denies it, with its emotion."""
    others = cycle(found.others)
    for emotion in EMOTIONS:
        denied = 'sadness' if emotion == PLEASANT else 'neutral'
        for word in found.words.get(emotion, ()):
            for frame in (*found.has, *islice(others, OTHERS)):
                yield frame.format(word), emotion
            for frame in found.denies[:DENIALS if emotion == PLEASANT else None]:
                yield frame.format(word), denied
        for felt, not_felt in found.pairs.get(emotion, ()):
            yield from ((felt, emotion), (felt, emotion), (not_felt, denied), (not_felt, denied))
