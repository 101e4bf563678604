"""How a case of the corpus is written: a function that makes an input, and what is said of it."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

Make = Callable[[Path], Path]
"""Makes the input in an empty folder and returns its path."""


@dataclass(frozen=True, slots=True)
class Case:
    """An odd input: how it is made, and what must be told of it, as a pattern."""

    name: str
    make: Make
    says: str
    options: tuple[str, ...] = ()


def case(cases: list[Case], says: str, *options: str) -> Callable[[Make], Make]:
    """Add the function that follows to the cases, under its own name."""
    def add(make: Make) -> Make:
        cases.append(Case(make.__name__, make, says, options))
        return make
    return add
