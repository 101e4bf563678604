"""What a robot collected because it was unsure, once people have labelled it.

See `mer_ros.engines.segment_folder` for the folder.  Features are what the robot's model saw, media
(16 kHz sound, a face crop, or the words) are there only if the robot was asked to keep them.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mer_ros.emotions import emotion_of, EMOTIONS
from mer_ros.engines.segment_folder import Collection, INDEX, Item
from mer_ros.evaluation.datasets.face_sets import read_image
from mer_ros.evaluation.datasets.samples import Samples
from mer_ros.evaluation.datasets.speech_sets import read_speech

SOURCE = 'collected'
"""What collected items are called where their data set or their person is named."""

READERS: dict[str, tuple[str, Callable[[Path], Any]]] = {
    'face': ('.jpg', read_image), 'speech': ('.wav', read_speech),
    'text': ('.txt', lambda path: path.read_text(encoding='utf-8').strip())}
"""The media of each modality: the end of their name, and how they become an input."""


@dataclass(frozen=True, slots=True)
class Collected:
    """A labelled item; ``features`` and ``media`` are files, or None where there are none.

    ``model`` names the model whose features they are; ``label`` is one of `EMOTIONS`.
    """

    id: str
    person_id: str
    model: str
    label: str
    features: Path | None
    media: Path | None

    @property
    def group(self) -> str:
        """The person, apart from those of every data set; all who are not known are one."""
        return f'{SOURCE} {self.person_id}'.strip()


def read_collected(folder: Path, modality: str) -> list[Collected]:
    """Return the labelled items of a modality, in the order of the index.

    Raises:
        FileNotFoundError: a file that the index names is not there; its line is named.
        ValueError: the modality or a label is unknown, or the folder is no collection.
    """
    if modality not in READERS:
        raise ValueError(f'nothing of the modality {modality!r} is collected for training; '
                         f'allowed: {sorted(READERS)}')
    return [_checked(item, folder, line)
            for line, item in enumerate(Collection(folder).items(), start=2)
            if item.modality == modality and item.label]


def _checked(item: Item, folder: Path, line: int) -> Collected:
    where = f'{folder / INDEX} line {line}'
    label = emotion_of(item.label)
    if label is None:
        raise ValueError(f'{where}: the label {item.label!r} is unknown; allowed: '
                         f'{list(EMOTIONS)} or nothing')
    for name in item.files:
        path = folder / name
        if path.is_symlink() or not path.is_file():
            raise FileNotFoundError(f'{where}: the file {name} does not exist in {folder}')
    media = [folder / name for name in item.media.split()
             if Path(name).suffix == READERS[item.modality][0]]
    return Collected(item.id, item.person_id, item.model, label,
                     folder / item.features if item.features else None,
                     media[0] if media else None)


def samples_of(items: Sequence[Collected], modality: str) -> Samples:
    """Return the items that have media, as inputs of the models of the modality.

    Raises ValueError for a file that cannot be read.
    """
    kept = [item for item in items if item.media]
    return Samples([READERS[modality][1](item.media) for item in kept if item.media],
                   [item.label for item in kept], [item.group for item in kept], modality)


def read_features(item: Collected) -> NDArray[np.float64]:
    """Return the features (T, D) or (D,) of an item that has some.

    Raises ValueError, naming the file, where there are none or they are not finite numbers.
    """
    if item.features is None:
        raise ValueError(f'the item {item.id} has no features; collect them, or its media')
    with np.load(item.features, allow_pickle=False) as stored:
        if 'features' not in stored:
            raise ValueError(f'{item.features} holds {sorted(stored)}, and no features')
        features = np.asarray(stored['features'], dtype=np.float64)
    if features.ndim not in (1, 2) or not np.isfinite(features).all():
        raise ValueError(f'{item.features}: features must be finite and (T, D) or (D,); '
                         f'given {features.shape}')
    return features
