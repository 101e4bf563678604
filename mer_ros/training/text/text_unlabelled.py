"""English sentences without a label of the seven, which a teacher labels."""

from collections.abc import Iterable
from pathlib import Path

from mer_ros.evaluation.datasets.text_sets import paths_of, rows_of

SETS = ('topical_chat', 'robot_commands:en', 'brighter:eng')
"""Whose train splits are read, where the folder holds them; none asks to share alike what is made
of it, as EmoBank does."""


def unlabelled(root: Path, *, known: Iterable[str], measured: Iterable[str]) -> list[str]:
    """Return the sentences of the train splits of `SETS`, sorted.

    Left out are the ``known`` ones, and what stands in the test split of a ``measured`` set.
    """
    return sorted(_texts(root, SETS, 'train') - set(known) - _texts(root, measured, 'test'))


def _texts(root: Path, names: Iterable[str], split: str) -> set[str]:
    """Return the sentences of a split of those of the sets that the folder holds."""
    texts: set[str] = set()
    for name in names:
        try:
            paths_of(name, root, split)
        except FileNotFoundError:
            continue
        texts |= {row['text'] for row in rows_of(name, root, split)}
    return texts
