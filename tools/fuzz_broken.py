"""Values that nobody would send on purpose, and messages that hold them."""

from __future__ import annotations

import math
import random
from typing import Any

import numpy as np

NUMBERS = (math.nan, math.inf, -math.inf, -1.0, 0.0, 1.0, 1e300, -1e300, 1e-300, 7.0, 2.0**63)
WHOLE = (0, 1, -1, 2**31 - 1, 2**31, -2**31, 2**32 - 1, 2**63 - 1, 999_999_999, 4_000_000_000)
TEXTS = ('', 'a', '\x1b[2J', '\x1b]52;c;x\x07', 'a\rb', '\ud83d', '\u202e', '\0', 'x' * 100_000,
         '../secret', '😀' * 99, '4111 1111 1111 1111', 'unknown', 'anger', 'Not a good day!')


def broken_text(chance: random.Random, text: str) -> str:
    """Return a text with one character replaced, half of the time."""
    if chance.random() < 0.5:
        return text
    place = chance.randrange(len(text))
    return text[:place] + chance.choice(('', '\0', '[', '"', '\x1b')) + text[place + 1:]


def leaves(message: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the paths to all numbers, strings and arrays of a message."""
    inner = (list(enumerate(message)) if isinstance(message, list)
             else [(key, value) for key, value in vars(message).items() if key[0] != '_'])
    found: list[tuple[Any, ...]] = []
    for key, value in inner:
        nested = isinstance(value, list) or (
            hasattr(value, '__dict__') and not isinstance(value, np.ndarray))
        found += leaves(value, (*path, key)) if nested else [(*path, key)]
    return found


def broken(chance: random.Random, value: Any) -> Any:
    """Return a value of the same type that nobody would send on purpose."""
    if isinstance(value, str):
        return chance.choice(TEXTS)
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return chance.choice(WHOLE)
    if isinstance(value, float):
        return chance.choice(NUMBERS)
    if isinstance(value, np.ndarray):
        changed = value.copy()
        if len(changed) and value.dtype.kind == 'f':
            changed[chance.randrange(len(changed))] = chance.choice(NUMBERS)
        elif len(changed):
            changed[chance.randrange(len(changed))] = chance.randrange(256)
        return changed[:chance.randrange(len(changed) + 1)] if chance.random() < 0.3 else changed
    return value


def break_message(chance: random.Random, message: Any) -> None:
    """Break up to three values of a message."""
    paths = leaves(message)
    for path in chance.sample(paths, min(len(paths), chance.randrange(4))):
        holder = message
        for key in path[:-1]:
            holder = holder[key] if isinstance(key, int) else getattr(holder, key)
        if isinstance(path[-1], int):
            holder[path[-1]] = broken(chance, holder[path[-1]])
        else:
            setattr(holder, path[-1], broken(chance, getattr(holder, path[-1])))
