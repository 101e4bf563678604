"""Sentences that name a feeling without having it: negations, wishes, the past, questions.

They are made of the lexicon's plainest words.  To deny something unpleasant is neutral; to deny
something pleasant is sad.  The same words asserted, and asserted by a negation ("never been
happier"), stand beside them, so that the frame of the sentence alone decides nothing.
"""

from collections.abc import Iterator
import random

UNPLEASANT = {
    'anger': 'angry mad furious annoyed irritated frustrated outraged jealous hostile offended',
    'disgust': 'disgusted revolted nauseous grossed-out sickened',
    'fear': 'afraid scared worried nervous anxious frightened terrified tense stressed uneasy',
    'sadness': 'sad unhappy depressed lonely miserable upset hurt heartbroken hopeless ashamed '
               'embarrassed disappointed guilty bored tired',
    'surprise': 'surprised shocked amazed astonished stunned confused puzzled',
}
PLEASANT = ('happy glad pleased delighted excited proud cheerful thrilled satisfied content amused '
            'relaxed grateful comfortable')

HELD_OUT = ('enraged', 'appalled', 'petrified', 'gloomy', 'startled', 'joyful', 'ecstatic')
"""Words of the lexicon that are in no sentence here: what is learned must reach them."""

BE = (('I am', "I'm"), ('he is', "he's"), ('she is', "she's"), ('we are', "we're"),
      ('they are', "they're"), ('you are', "you're"))

DENIED = (
    '{be} not {x}.', '{be} not {x}', '{short} not {x}.', '{short} not {x}', '{isnt} {x}.',
    '{short} not {x} at all.', '{be} not at all {x}', '{short} not really {x}',
    '{short} not very {x}.', '{short} not that {x}', '{short} not so {x}.', '{be} never {x}.',
    '{be} no longer {x}.', '{short} not {x} anymore', '{short} not {x} about it.',
    '{short} not {x} with this', "{I} don't feel {x}.", "{I} didn't feel {x}", '{was} not {x}.',
    '{was} never {x}', '{wasnt} {x}.', '{be} anything but {x}.', '{be} far from {x}',
    '{be} by no means {x}', '{be} neither {x} nor {y}.', "I don't think {be} {x}.",
    "{I} didn't say {be} {x}", 'not {x}', 'not {x} at all', 'No, {short} not {x}.',
    'well {short} not {x} today', '{short} not {x} right now', "{I} won't be {x}",
    "{I} can't say {be} {x}.", '{short} not even {x}')
"""What denies the feeling {x}."""

PAST = ('{I} used to be {x}.', '{I} used to feel {x}', 'once {was} {x}, not now',
        'there was a time when {was} {x}')
WISHED = ('I wish {were} {x}.', 'I wish {I} could be {x}', 'if only {were} {x}',
          'I would like to be {x} again', 'I want to be {x}')
ASKED = ('{are} {x}?', 'why {are} {x}?', '{are} {x} today', 'how {x} {are}?', '{do} feel {x}?',
         'what makes {them} {x}?', 'do you know someone who is {x}?', 'is anybody {x}?',
         'when {are} you {x}?', 'who is {x}?')
ASSERTED = (
    '{be} {x}.', '{short} {x}', '{short} so {x}.', '{short} very {x}', '{short} really {x}!',
    '{feel} {x}.', '{feel} so {x}', '{was} {x}.', '{was} so {x}', '{be} {x} about it.',
    '{short} too {x}', '{short} {x} today', 'so {x}', 'it makes me {x}',
    '{I} have never been so {x}.', '{I} never felt so {x}', "{I} couldn't be more {x}.",
    '{I} have never been more {x}', "I can't believe how {x} {be}", 'not only {x}, {x}!')

NEVER = """I have no fear.|no fear at all|I don't hate you.|I don't hate it
there is no hate in me|I don't worry.|nothing to worry about|no worries|I never cry.|I didn't cry
no need to cry|no anger at all|without anger|there is nothing to be afraid of|nothing to fear
that doesn't scare me|it does not bother me|I don't mind.|it wasn't scary|it is not disgusting
it isn't gross|that doesn't surprise me|no surprise there|it does not hurt|it didn't hurt at all
it's not sad|it was not awful|not bad|it's not terrible|not a problem"""
"""What denies something unpleasant in other words: neutral."""


def sentences(*, each: int, seed: int) -> Iterator[tuple[str, str]]:
    """Yield sentences with their emotion.

    Args:
        each: denials, and assertions, of each word; of the other kinds a third of it.
        seed: of the choice of frames and persons.
    """
    draw = random.Random(seed)
    words = [(word.replace('-', ' '), emotion) for emotion, listed in UNPLEASANT.items()
             for word in listed.split()]
    words += [(word, 'happiness') for word in PLEASANT.split()]
    for word, emotion in words:
        others = [other for other, its in words if its == emotion and other != word]
        turned = 'sadness' if emotion == 'happiness' else 'neutral'
        for frames, label, count in ((DENIED, turned, each), (PAST, turned, each // 4),
                                     (WISHED, turned, each // 4), (ASKED, 'neutral', each // 3),
                                     (ASSERTED, emotion, each)):
            for _ in range(count):
                frame = draw.choice(frames)
                yield _filled(frame, word, draw.choice(others), draw), label
        if emotion == 'happiness':
            continue
        yield f'I am not {word}, I am {draw.choice(PLEASANT.split())}.', 'happiness'
    for text in (text for line in NEVER.splitlines() for text in line.split('|')):
        for _ in range(4):
            yield text, 'neutral'


def _filled(frame: str, word: str, other: str, draw: random.Random) -> str:
    # Most sentences are about the speaker.
    be, short = BE[0] if draw.random() < 0.6 else draw.choice(BE)
    person, verb = be.split()
    past = 'were' if verb == 'are' else 'was'
    text = frame.format(
        x=word, y=other, I=person, be=be, short=short, were=f'{person} were',
        isnt=f'{person} am not' if verb == 'am' else f"{person} {verb}n't",
        feel=f"{person} feel{'s' if verb == 'is' else ''}",
        was=f'{person} {past}', wasnt=f"{person} {past}n't",
        are='am I' if verb == 'am' and draw.random() < 0.2 else
        'are you' if verb == 'am' else f'{verb} {person}',
        do='does he' if verb == 'is' else 'do you', them='you' if verb == 'am' else 'them')
    return text[0].upper() + text[1:] if draw.random() < 0.5 else text
