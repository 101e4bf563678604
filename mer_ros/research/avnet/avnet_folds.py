"""Who is learned from and who is tested: folds of people, never of films."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
import random

FOLDS = 5
"""How often the paper divides the people (section V.A)."""

DEV_SHARE = 8
"""One of so many people to learn from is kept for choosing the epoch, at least one."""


@dataclass(frozen=True, slots=True)
class Fold:
    """The people of one fold; nobody is in two parts, unless dev is test as in the paper."""

    train: frozenset[str]
    dev: frozenset[str]
    test: frozenset[str]


def make_folds(persons: Iterable[str], *, folds: int = FOLDS, seed: int = 0,
               as_printed: bool = False) -> list[Fold]:
    """Return folds in which everybody is tested once; equal names and seeds give equal folds.

    The paper chooses the epoch by the test people; here, people out of those to learn from are
    kept for that, so that figures of the test people are not chosen.  With ``as_printed`` dev is
    test, and everybody else is learned from.

    Raises:
        ValueError: there are fewer people than folds, or fewer than 3, or fewer than 2 folds.
    """
    names = sorted(set(persons))
    if not 2 <= folds <= len(names) or len(names) < 3:
        raise ValueError(f'{len(names)} people cannot be divided into {folds} folds; needed are '
                         f'at least 2 folds, a person for each, and 3 people')
    random.Random(seed).shuffle(names)
    found = []
    for index in range(folds):
        learned = [name for place, name in enumerate(names) if place % folds != index]
        test = frozenset(names[index::folds])
        dev = test if as_printed else frozenset(learned[::DEV_SHARE])
        found.append(Fold(frozenset(learned) - dev, dev, test))
    return found


def numbers_of(fold: str, folds: int) -> Sequence[int]:
    """Return the numbers that a user means by 'all' or by one; raise ValueError for another."""
    if fold == 'all':
        return range(1, folds + 1)
    if not fold.isdigit() or not 1 <= int(fold) <= folds:
        raise ValueError(f'there is no fold {fold!r}; known: 1 to {folds}, and all')
    return [int(fold)]
