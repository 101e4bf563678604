"""Face crops to train a frame selector on, from any folder of labelled faces."""

from collections import Counter
from pathlib import Path
import random

import numpy as np
from numpy.typing import NDArray
import torch
from torch import Tensor
from torch.utils.data import Dataset

from mer_ros.emotions import emotion_of, EMOTIONS
from mer_ros.evaluation.datasets.face_sets import (
    FACE_SETS,
    load,
    load_crops,
    load_raf_db,
    read_image,
)
from mer_ros.evaluation.datasets.raf_db import is_raf_db
from mer_ros.evaluation.datasets.samples import Samples
from mer_ros.models.face.pictures import to_planes
from mer_ros.models.paper.frame_selector import SIDE

PICTURES = ('.bmp', '.jpeg', '.jpg', '.png', '.webp')
"""Endings of files that are read."""

DEV_NAMES = ('dev', 'val', 'valid', 'validation')
"""Names of the folder of the faces to choose the epoch by."""

DEV_SHARE = 10
"""One of so many pictures of each class is kept for dev, where the folder names no parts."""


def load_faces(folder: Path, *, seed: int = 0) -> tuple[Samples, Samples]:
    """Return the faces to learn from and those to choose the epoch by.

    The folder is one of: RAF-DB in either of its layouts; a data set of `FACE_SETS`, by its
    name; a folder with a labels.csv of the columns path, label, subject, split; a folder per
    class; or folders
    ``train`` and ``dev`` (or another of DEV_NAMES) with a folder per class each.  Without a part
    for dev, a tenth of each class is kept for it by chance; ``test`` is never touched.  Folders
    of classes are named as in `emotions.ALIASES`.

    Raises:
        FileNotFoundError: the folder is missing or none of these.
        ValueError: a class is unknown, a picture is damaged, or a part is empty.
    """
    if is_raf_db(folder):
        parts = tuple(load_raf_db(folder, split) for split in ('train', 'dev'))
    elif folder.name in FACE_SETS:
        parts = tuple(load(folder.name, folder.parent, split) for split in ('train', 'dev'))
    elif (folder / 'labels.csv').is_file():
        parts = tuple(load_crops(folder, split) for split in ('train', 'dev'))
    else:
        parts = _by_folders(folder, seed)
    for name, part in zip(('train', 'dev'), parts, strict=True):
        if not len(part):
            raise ValueError(f'the part {name} of {folder} is empty')
    return parts[0], parts[1]


def _by_folders(folder: Path, seed: int) -> tuple[Samples, ...]:
    parts = {name: folder / name for name in ('train', *DEV_NAMES) if (folder / name).is_dir()}
    files = _pictures(parts.pop('train', folder))
    if parts:
        return _samples(files), _samples(_pictures(next(iter(parts.values()))))
    random.Random(seed).shuffle(files)
    seen: Counter[str] = Counter()
    train: list[tuple[Path, str]] = []
    dev: list[tuple[Path, str]] = []
    for file, label in files:
        (train if seen[label] % DEV_SHARE else dev).append((file, label))
        seen[label] += 1
    return _samples(train), _samples(dev)


def _pictures(folder: Path) -> list[tuple[Path, str]]:
    classes = sorted(path for path in folder.glob('*') if path.is_dir())
    unknown = [path.name for path in classes if emotion_of(path.name) is None]
    if not classes or unknown:
        problem = f'are no emotions: {unknown}' if unknown else 'are missing'
        raise (ValueError if unknown else FileNotFoundError)(
            f'folders of classes in {folder} {problem}; needed is a folder for each of '
            f'{list(EMOTIONS)}, or a labels.csv')
    return [(file, str(emotion_of(path.name))) for path in classes
            for file in sorted(path.rglob('*')) if file.suffix.lower() in PICTURES]


def _samples(files: list[tuple[Path, str]]) -> Samples:
    return Samples([read_image(file) for file, _ in files], [label for _, label in files],
                   [str(file) for file, _ in files], 'face')


class FaceDataset(Dataset[tuple[Tensor, int]]):
    """Faces as the network takes them, with the positions of their labels in EMOTIONS.

    With ``mirrored``, every other face on average is shown as in a mirror.
    """

    def __init__(self, samples: Samples, *, mirrored: bool) -> None:
        self._samples = samples
        self._mirrored = mirrored

    def __len__(self) -> int:
        """Return the number of faces."""
        return len(self._samples)

    def __getitem__(self, index: int) -> tuple[Tensor, int]:
        """Return a face (3, 224, 224) and its class."""
        crop: NDArray[np.uint8] = self._samples.inputs[index]
        if self._mirrored and torch.rand(()) < 0.5:
            crop = crop[:, ::-1]
        return (torch.from_numpy(to_planes([crop], side=SIDE)[0]),
                EMOTIONS.index(self._samples.labels[index]))
