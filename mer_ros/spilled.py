"""A list that does not stay in memory."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from operator import index
import pickle
from tempfile import TemporaryFile
from typing import Any, overload, TypeVar

Item = TypeVar('Item')


class Spilled(Sequence[Item]):
    """Keeps its items in a file without a name, and makes them anew each time they are read.

    The file is readable by its owner alone, and gone with the list.  Eight bytes an item stay.
    """

    def __init__(self, items: Iterable[Item] = ()) -> None:
        # Open as long as the list is there.
        self._file: Any = TemporaryFile()  # noqa: SIM115
        self._ends = array('Q', [0])
        self.extend(items)

    def extend(self, items: Iterable[Item]) -> None:
        """Append items, which pickle must be able to keep."""
        for item in items:
            self._file.seek(self._ends[-1])
            pickle.dump(item, self._file, pickle.HIGHEST_PROTOCOL)
            self._ends.append(self._file.tell())

    def __del__(self) -> None:
        """Close the file, which ends it."""
        self._file.close()

    def __len__(self) -> int:
        """Return the number of items."""
        return len(self._ends) - 1

    def __iter__(self) -> Iterator[Item]:
        """Yield the items in order."""
        return map(self._read, range(len(self)))

    @overload
    def __getitem__(self, place: int) -> Item: ...
    @overload
    def __getitem__(self, place: slice) -> list[Item]: ...

    def __getitem__(self, place: int | slice) -> Item | list[Item]:
        """Return an item, or a list of some."""
        if isinstance(place, slice):
            return [self._read(at) for at in range(len(self))[place]]
        return self._read(range(len(self))[index(place)])

    def _read(self, at: int) -> Item:
        self._file.seek(self._ends[at])
        item: Item = pickle.load(self._file)
        return item
