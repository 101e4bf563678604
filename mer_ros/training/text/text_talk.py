"""Talk to a robot without a feeling, in its common spellings, beside talk that shows one.

One gate of the text model learns from it, see `text_linear`; the emotions do not.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
import random

import numpy as np
from numpy.typing import NDArray

from mer_ros.models.text.text_tokens import spoken
from mer_ros.training.text.text_data import Written
from mer_ros.training.text.text_everyday import ANSWERS, NAMED, NAMES, sampled
from mer_ros.training.text.text_talk_lines import (
    ASKED,
    COMMANDS,
    FELT,
    JOINED,
    MORE_ANSWERS,
    QUESTIONS,
    STATED,
)

READ = 5000
"""Lines of each file of robot_commands."""

FRAMES = 12
"""Ways to give each command."""

BESIDE = 16
"""Answers or commands beside each phrase that shows a feeling."""

_ASKING = ('can', 'could', 'would', 'will', 'may', 'is', 'are', 'do', 'what', 'who', 'when',
           'where', 'which', 'how')


@dataclass(frozen=True, slots=True)
class Talk:
    """N sentences: their features as written and as spoken, and which of them are ``calm``."""

    plain: Written
    spoken: Written
    calm: NDArray[np.bool_]


def read_talk(root: Path, *, seed: int, most: int | None = None) -> Talk:
    """Return calm talk and talk that shows a feeling; ``most`` keeps that many, drawn at random.

    Commands are read from the folder where it holds them; the rest is made.
    """
    draw = random.Random(seed)
    lines = [(text, True) for text in calm(seed=seed)]
    lines += [(text, True) for text, _ in sampled('robot_commands', root, draw, READ)]
    lines += [(text, False) for text in felt(seed=seed)]
    lines = lines if most is None else draw.sample(lines, min(most, len(lines)))
    texts = [text for text, _ in lines]
    return Talk(Written.of(texts), Written.of([spoken(text) for text in texts]),
                np.array([is_calm for _, is_calm in lines], np.bool_))


def calm(*, seed: int) -> Iterator[str]:
    """Yield answers, commands, questions, statements and names, in their common spellings."""
    draw = random.Random(seed)
    names = NAMES.split()
    for text in _listed(ANSWERS) + _listed(MORE_ANSWERS):
        said = text.format(n=draw.choice(names))
        yield from spellings(said)
        yield f'{said} {draw.choice(names)}'
        yield f'{_capital(said)}, {draw.choice(names)}.'
    for command in _listed(COMMANDS):
        for frame in draw.sample(_listed(ASKED), FRAMES):
            said = frame.format(c=command, n=draw.choice(names))
            yield said
            yield _capital(said) + draw.choice('?.,' if _asks(said) else '..!')
    for text in _listed(QUESTIONS):
        yield from (text, f'{text}?', _capital(text), f'{_capital(text)}?', f'Okay, {text}?',
                    f'Excuse me, {text}?', f'{text} please')
    for text in _listed(STATED):
        yield from (text, f'{text}.', _capital(text), f'{_capital(text)}.', f'{_capital(text)}!',
                    f'No, {text}.', f'Yes, {text}.', f'Okay {text}')
    for frame in NAMED:
        yield from (frame.format(name) for name in names)


def felt(*, seed: int) -> Iterator[str]:
    """Yield words that show a feeling, alone and beside answers; and answers that are shouted."""
    draw = random.Random(seed)
    names = NAMES.split()
    short = _listed(ANSWERS) + _listed(MORE_ANSWERS) + 2 * _listed(COMMANDS)
    for feeling in _listed(FELT):
        yield from (feeling, f'{_capital(feeling)}.', f'{_capital(feeling)}!', feeling.upper())
        for text in draw.sample(short, BESIDE):
            answer = text.format(n=draw.choice(names))
            yield draw.choice(_listed(JOINED)).format(
                a=answer, A=_capital(answer), f=feeling, F=_capital(feeling))
    for text in _listed(ANSWERS) + _listed(MORE_ANSWERS):
        yield _capital(text).format(n=draw.choice(names)) + draw.choice(('!!', '!!!', '?!'))


def spellings(text: str) -> list[str]:
    """Return the common ways to write a short answer that is given in lower case."""
    first = _capital(text)
    return [text, first, f'{text}.', f'{first}.', f'{text}!', f'{first}!', f'{text},', text.upper(),
            f'{first}?' if _asks(text) else f'{first}...']


def _asks(text: str) -> bool:
    return text.split()[0] in _ASKING


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]


def _listed(lines: str) -> list[str]:
    return [text for line in lines.splitlines() for text in line.split('|')]
