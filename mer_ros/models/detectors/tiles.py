"""Cutting a large picture into tiles, so that small faces are large enough to be found."""

from collections.abc import Sequence

Tile = tuple[slice, slice]

SHARED = 0.25
"""Part of a tile that its neighbour shows too, so that a face is whole in one of them."""


def tiles_of(shape: Sequence[int], side: int) -> list[Tile]:
    """Return rows and columns of the whole picture (H, W, ...), then of tiles of at most ``side``.

    There are no tiles where the picture is no larger.  Tiles cover the picture, have the same
    size, and overlap by a quarter or more.
    """
    height, width = shape[:2]
    whole = [(slice(0, height), slice(0, width))]
    if max(height, width) <= side:
        return whole
    return whole + [(slice(top, min(top + side, height)), slice(left, min(left + side, width)))
                    for top in _starts(height, side) for left in _starts(width, side)]


def _starts(length: int, side: int) -> list[int]:
    if length <= side:
        return [0]
    count = -(-(length - side) // max(1, round(side * (1 - SHARED)))) + 1
    return [round(index * (length - side) / (count - 1)) for index in range(count)]
