"""Labelled face crops of the data sets, as the face engine would cut them out."""

from collections.abc import Callable
import csv
from functools import cache
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from mer_ros.evaluation.datasets.raf_db import raf_db_files
from mer_ros.evaluation.datasets.samples import Samples
from mer_ros.models import load_detector
from mer_ros.models.face.lite_face import CROP_MARGIN
from mer_ros.models.protocols import FaceDetector
from mer_ros.perception.face_crops import level_crop

SPLITS = ('train', 'dev', 'test')
"""The parts of every data set."""

COLUMNS = ('path', 'label', 'subject', 'split')
"""Columns of a table of pictures."""

FER_TILE = 48
"""Side of a tile on the contact sheets of fer2013, in pixels."""


def load(name: str, root: Path, split: str) -> Samples:
    """Load one split of a face data set.

    Args:
        name: one of `FACE_SETS`.
        root: the folder that holds the data sets, one folder each.
        split: train, dev or test.

    Raises:
        ValueError: the name or the split is unknown, or a picture cannot be decoded.
        FileNotFoundError: the data set is not in the folder.

    """
    if name not in FACE_SETS:
        raise ValueError(f'no face data set is called {name!r}; known: {sorted(FACE_SETS)}')
    if split not in SPLITS:
        raise ValueError(f'no split is called {split!r}; allowed: {list(SPLITS)}')
    return FACE_SETS[name](Path(root) / name, split)


def load_fer2013(folder: Path, split: str) -> Samples:
    """Cut the 48x48 crops out of the contact sheets; a group is one picture (people unknown)."""
    rows = read_table(folder / f'{split}.csv')
    return Samples(cut_tiles(folder, rows), [row['label'] for row in rows],
                   [row['source_id'] for row in rows], 'face')


def cut_tiles(folder: Path, rows: list[dict[str, str]]) -> list[NDArray[np.uint8]]:
    """Return the crops (48, 48, 3) that rows with the columns sheet, row and col name."""
    sheets = {name: read_image(folder / 'sheets' / name) for name in {r['sheet'] for r in rows}}
    crops = []
    for row in rows:
        top, left = FER_TILE * int(row['row']), FER_TILE * int(row['col'])
        crops.append(sheets[row['sheet']][top:top + FER_TILE, left:left + FER_TILE])
    return crops


def load_crops(folder: Path, split: str) -> Samples:
    """Load pictures that are face crops already; a group is one person."""
    return _load_pictures(folder, split, lambda image: image)


def load_portraits(folder: Path, split: str) -> Samples:
    """Load pictures and cut out the best face; one without a found face is taken whole."""
    return _load_pictures(folder, split, best_face)


def load_talking(folder: Path, split: str) -> Samples:
    """Load frames of people who talk without emotion, faces cut out; a group is one person."""
    rows = [row for row in read_table(folder / 'frames.csv') if row['split'] == split]
    return Samples([best_face(read_image(folder / row['path'])) for row in rows],
                   [row['label'] for row in rows], [row['person'] for row in rows], 'face')


def load_raf_db(folder: Path, split: str) -> Samples:
    """Load the aligned faces of RAF-DB; a group is one picture (people unknown)."""
    files = raf_db_files(folder, split)
    return Samples([read_image(path) for path, _ in files], [label for _, label in files],
                   [path.stem for path, _ in files], 'face')


FACE_SETS: dict[str, Callable[[Path, str], Samples]] = {
    'fer2013': load_fer2013,
    'muxspace_faces': load_crops,
    'london_faces': load_portraits,
    'raf_db': load_raf_db,
    'grid_talking': load_talking,
    'own_faces': load_portraits,
}
"""Loaders by name.  `own_faces` is a user's own set: ``labels.csv`` with the columns path (of a
picture, relative to the file), label, subject (the person) and split (train, dev or test)."""


def read_table(path: Path) -> list[dict[str, str]]:
    """Read a CSV file with a header; raise FileNotFoundError that names the missing data set."""
    if not path.is_file():
        raise FileNotFoundError(f'{path} is missing; the data set {path.parent.name!r} is not here')
    with path.open(newline='', encoding='utf-8') as file:
        return list(csv.DictReader(file))


def read_image(path: Path) -> NDArray[np.uint8]:
    """Read a picture as uint8 RGB (H, W, 3); raise ValueError if it cannot be decoded."""
    image = cv2.imread(str(path), cv2.IMREAD_COLOR)
    if image is None:
        raise ValueError(f'{path} is missing or no picture')
    return np.asarray(image[..., ::-1], dtype=np.uint8)


def _load_pictures(
    folder: Path, split: str, cut: Callable[[NDArray[np.uint8]], NDArray[np.uint8]]
) -> Samples:
    table = read_table(folder / 'labels.csv')
    missing = [name for name in COLUMNS if table and name not in table[0]]
    if missing:
        raise ValueError(f'{folder / "labels.csv"} lacks the columns {missing}; '
                         f'needed are {list(COLUMNS)}')
    rows = [row for row in table if row['split'] == split]
    return Samples([cut(read_image(folder / row['path'])) for row in rows],
                   [row['label'] for row in rows], [row['subject'] for row in rows], 'face')


@cache
def _detector() -> FaceDetector:
    detector: FaceDetector = load_detector('auto')
    return detector


def best_face(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return the face that the default detector is surest of, level; all where it finds none."""
    faces = _detector().detect(np.ascontiguousarray(image))
    if not len(faces.boxes):
        return image
    return level_crop(image, faces.boxes[0], faces.landmarks[0], margin=CROP_MARGIN)
