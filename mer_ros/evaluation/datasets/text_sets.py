"""Loaders of the text data sets: tab separated files without quoting, one header line."""

from collections.abc import Iterator
from pathlib import Path

from mer_ros.evaluation.datasets.samples import Samples

FILES = {
    'goemotions': 'goemotions/{split}.tsv',
    'xed': 'xed/en_{split}.tsv',
    'meld': 'evalonly_meld/{split}.tsv',
}
"""Where each set lies below the data folder."""

SPLITS = ('train', 'dev', 'test')


def read_rows(path: Path) -> Iterator[dict[str, str]]:
    """Yield the rows of a tab separated file by column; raise if it is missing or a row is torn."""
    if not path.is_file():
        raise FileNotFoundError(f'{path} does not exist; give the folder that holds the data sets')
    with path.open(encoding='utf-8', newline='\n') as stream:
        columns = stream.readline().rstrip('\n').split('\t')
        for line, text in enumerate(stream, start=2):
            cells = text.rstrip('\n').split('\t')
            if len(cells) != len(columns):
                raise ValueError(f'{path} line {line} has {len(cells)} cells; '
                                 f'the header has {len(columns)}')
            yield dict(zip(columns, cells, strict=True))


def path_of(name: str, root: Path, split: str) -> Path:
    """Return the file of one split; raise ValueError, listing the known ones, if there is none."""
    if name not in FILES:
        raise ValueError(f'no text data set is called {name!r}; known: {sorted(FILES)}')
    if split not in SPLITS:
        raise ValueError(f'{name} has no split {split!r}; known: {list(SPLITS)}')
    return root / FILES[name].format(split=split)


def load(name: str, root: Path, split: str) -> Samples:
    """Load the sentences of one split that have exactly one of the seven emotions.

    ``name`` is goemotions, xed (English, no neutral) or meld; ``root`` is the folder that holds
    the sets.  Groups are dialogues for meld and single sentences elsewhere.
    """
    rows = [row for row in read_rows(path_of(name, root, split)) if row['ekman7']]
    group = 'dialogue' if name == 'meld' else 'id'
    return Samples([row['text'] for row in rows], [row['ekman7'] for row in rows],
                   [row[group] for row in rows], 'text')
