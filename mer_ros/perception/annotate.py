"""Drawing what was perceived into a camera image."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

_FONT = cv2.FONT_HERSHEY_SIMPLEX
_INK, _PAPER = (30, 30, 30), (245, 245, 245)


@dataclass(frozen=True, slots=True)
class Note:
    """What to write at a face: box (4,) in pixels, a title, and one bar a class.

    ``shares`` are in [0, 1]; ``colours`` RGB, one a class; ``doubt`` in [0, 1] is drawn as a grey
    bar below the others.
    """

    box: NDArray[np.float64]
    title: str
    names: Sequence[str]
    shares: Sequence[float]
    colours: Sequence[tuple[int, int, int]]
    doubt: float


def annotate(pixels: NDArray[np.uint8], notes: Sequence[Note]) -> NDArray[np.uint8]:
    """Return a copy of an RGB image (H, W, 3) with a box and bars for each note."""
    image = np.ascontiguousarray(pixels).copy()
    size = max(0.35, image.shape[0] / 900)
    for note in notes:
        _draw(image, note, size)
    return image


def _draw(image: NDArray[np.uint8], note: Note, size: float) -> None:
    left, top, right, bottom = (round(float(edge)) for edge in note.box)
    best = note.colours[int(np.argmax(note.shares))]
    cv2.rectangle(image, (left, top), (right, bottom), best, max(2, round(3 * size)), cv2.LINE_AA)
    line, width, pad = round(30 * size), round(250 * size), round(8 * size)
    rows = [*zip(note.names, note.shares, note.colours, strict=True),
            ('uncertain', note.doubt, (140, 140, 140))]
    height = line * (len(rows) + 1) + 2 * pad
    # Beside the face where there is room, else over it.
    x = right + pad if right + pad + width <= image.shape[1] else max(0, left - pad - width)
    y = min(max(0, top), max(0, image.shape[0] - height))
    _panel(image, x, y, width, height)
    _write(image, note.title, x + pad, y + pad + round(0.7 * line), 0.7 * size, width - 2 * pad)
    start = x + round(100 * size)
    full = x + width - pad - start
    for row, (name, share, colour) in enumerate(rows, start=1):
        base = y + pad + row * line
        _write(image, name, x + pad, base + round(0.7 * line), 0.55 * size, start - x - pad)
        cv2.rectangle(image, (start, base + round(0.2 * line)),
                      (start + round(full * float(share)), base + round(0.8 * line)), colour, -1)


def _panel(image: NDArray[np.uint8], x: int, y: int, width: int, height: int) -> None:
    part = image[y:y + height, x:x + width]
    part[:] = (0.15 * part + 0.85 * np.array(_PAPER)).astype(np.uint8)


def _write(image: NDArray[np.uint8], text: str, x: int, y: int, size: float, room: int) -> None:
    weight = max(1, round(1.5 * size))
    (width, _), _ = cv2.getTextSize(text, _FONT, size, weight)
    cv2.putText(image, text, (x, y), _FONT, size * min(1.0, room / width), _INK, weight,
                cv2.LINE_AA)
