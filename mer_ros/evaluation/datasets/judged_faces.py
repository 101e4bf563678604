"""Labelled faces that are only judged, beside the sets of `face_sets` that are learned from."""

from collections.abc import Callable
from pathlib import Path

from mer_ros.evaluation.datasets.face_sets import best_face, read_image, read_table
from mer_ros.evaluation.datasets.fer_votes import load_ferplus
from mer_ros.evaluation.datasets.samples import Samples


def load_yale(folder: Path, split: str) -> Samples:
    """Load posed faces of 15 people, faces cut out; a group is one person."""
    rows = [row for row in read_table(folder / 'labels.csv') if row['split'] == split]
    return Samples([best_face(read_image(folder / row['path'])) for row in rows],
                   [row['ekman7'] for row in rows], [row['person'] for row in rows], 'face')


JUDGED: dict[str, tuple[str, tuple[str, ...], Callable[[Path, str], Samples]]] = {
    'ferplus': ('fer2013', ('train', 'dev', 'test'), load_ferplus),
    'yale': ('evalonly_yale', ('eval',), load_yale),
}
"""Folder, splits and loader of each set."""


def load(name: str, root: Path, split: str) -> Samples:
    """Load one split of one of `JUDGED`.

    Raises:
        ValueError: the name or the split is unknown, or a picture cannot be decoded.
        FileNotFoundError: the data set is not in the folder.

    """
    if name not in JUDGED:
        raise ValueError(f'no set of judged faces is called {name!r}; known: {sorted(JUDGED)}')
    folder, splits, loader = JUDGED[name]
    if split not in splits:
        raise ValueError(f'{name} has no split {split!r}; known: {list(splits)}')
    return loader(Path(root) / folder, split)
