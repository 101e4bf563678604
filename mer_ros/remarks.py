"""What was out of the ordinary while a recording was read: counted, with the first example."""

from collections import Counter
from collections.abc import Mapping
from typing import Any


class Remarks:
    """Counts by reason what could not be used, and keeps the first message of each reason.

    ``counts`` holds the numbers; ``notes`` are sentences that are said once, such as that a
    recording breaks off.
    """

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.notes: list[str] = []
        self._first: dict[str, str] = {}

    def clear(self) -> None:
        """Forget everything."""
        self.counts.clear()
        self.notes.clear()
        self._first.clear()

    def count(self, reason: str, message: str, by: int = 1) -> None:
        """Count what happened ``by`` times for a reason; the first message of it is kept."""
        if by:
            self.counts[reason] += by
            self._first.setdefault(reason, message)

    def note(self, sentence: str) -> None:
        """Keep a sentence, once."""
        if sentence not in self.notes:
            self.notes.append(sentence)

    def update(self, other: Mapping[str, int], meanings: Mapping[str, str]) -> None:
        """Count what somebody else counted, with what it means by reason."""
        for reason, number in sorted(other.items()):
            self.count(reason, meanings.get(reason, ''), number)

    def lines(self) -> list[str]:
        """Return a line for each note, then one for each reason."""
        return [*self.notes, *(
            f'{number} x {reason}' + (f': {first}' if (first := self._first[reason]) else '')
            for reason, number in self.counts.items())]

    def plain(self) -> dict[str, Any]:
        """Return all of it as what JSON can hold."""
        return {'notes': list(self.notes), 'counts': {
            reason: {'count': number, 'first': self._first[reason]}
            for reason, number in self.counts.items()}}
