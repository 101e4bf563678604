"""Crops that show no face, so that a network learns when it has nothing to say."""

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from mer_ros.models.face.lite_face import SIDE

Pixels = NDArray[np.uint8]
Random = np.random.Generator


def nothing(count: int, faces: Pixels, random: Random) -> Pixels:
    """Return ``count`` crops (N, 48, 48), uint8, of even, shaded, cloudy, striped and edged walls.

    A third of them are made of crops of faces (M, 48, 48): a patch of skin or hair much enlarged,
    or the picture in pieces; without any, all are walls.
    """
    made = []
    for index in range(count):
        if len(faces) and index % 3 == 0:
            made.append(_remains(faces[random.integers(len(faces))], random))
        else:
            kind: Callable[[Random], NDArray[np.float64]] = WALLS[random.integers(len(WALLS))]
            wall = kind(random)
            wall = random.uniform(0, 200) + random.uniform(2, 150) * wall
            wall = wall + random.uniform(0, 6) * random.standard_normal(wall.shape)
            made.append(np.clip(wall, 0, 255).astype(np.uint8))
    return np.stack(made) if made else np.zeros((0, SIDE, SIDE), dtype=np.uint8)


def _grid() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    ticks = np.linspace(-1.0, 1.0, SIDE)
    across, down = np.meshgrid(ticks, ticks)
    return across, down


def _even(random: Random) -> NDArray[np.float64]:
    return np.zeros((SIDE, SIDE))


def _ramp(random: Random) -> NDArray[np.float64]:
    across, down = _grid()
    angle = random.uniform(0, 2 * np.pi)
    return np.asarray(0.5 + (np.cos(angle) * across + np.sin(angle) * down) / 2.8)


def _spot(random: Random) -> NDArray[np.float64]:
    across, down = _grid()
    x, y = random.uniform(-1, 1, 2)
    width, height = random.uniform(0.2, 1.0, 2)
    return np.asarray(np.exp(-((across - x) / width) ** 2 - ((down - y) / height) ** 2))


def _clouds(random: Random) -> NDArray[np.float64]:
    made = np.zeros((SIDE, SIDE))
    for cells in (3, 6, 12, 24, 48):
        coarse = random.standard_normal((cells, cells))
        made += cv2.resize(coarse, (SIDE, SIDE), interpolation=cv2.INTER_CUBIC) / cells ** 0.7
    return np.asarray((made - made.min()) / np.ptp(made))


def _stripes(random: Random) -> NDArray[np.float64]:
    across, down = _grid()
    angle, waves = random.uniform(0, np.pi), random.uniform(1, 12)
    made = np.sin(waves * np.pi * (np.cos(angle) * across + np.sin(angle) * down)
                  + random.uniform(0, 6))
    return np.asarray(0.5 + (np.sign(made) if random.random() < 0.5 else made) / 2)


def _edges(random: Random) -> NDArray[np.float64]:
    made = np.full((SIDE, SIDE), random.random())
    for _ in range(random.integers(1, 7)):
        corners = random.integers(-10, SIDE + 10, (random.integers(3, 6), 2)).astype(np.int32)
        cv2.fillPoly(made, [corners], random.random())
    return np.asarray(cv2.GaussianBlur(made, (0, 0), random.uniform(0.3, 2.5)))


WALLS = (_even, _ramp, _spot, _clouds, _stripes, _edges)
"""What is drawn, each alike often."""


def _remains(face: Pixels, random: Random) -> Pixels:
    if random.random() < 0.5:
        side = int(random.integers(8, 15))
        top, left = random.integers(0, SIDE - side, 2)
        return np.asarray(cv2.resize(face[top:top + side, left:left + side], (SIDE, SIDE),
                                     interpolation=cv2.INTER_LINEAR), dtype=np.uint8)
    pieces = face.reshape(4, SIDE // 4, 4, SIDE // 4).swapaxes(1, 2).reshape(16, 12, 12)
    mixed = pieces[random.permutation(16)].reshape(4, 4, 12, 12).swapaxes(1, 2)
    return np.ascontiguousarray(mixed.reshape(SIDE, SIDE))
