"""Loaders of the text data sets: tab separated files without quoting, one header line."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from mer_ros.evaluation.datasets.samples import Samples

SPLITS = ('train', 'dev', 'test')


@dataclass(frozen=True, slots=True)
class TextSet:
    """Where a set lies below the data folder, and how it is read.

    ``files`` is one pattern of files a split, with {split} for its name; where files hold several
    splits, their column ``split`` decides.  ``group`` is the column of what belongs together.
    """

    files: str
    group: str = 'id'
    splits: tuple[str, ...] = SPLITS
    renamed: str = ''
    """What the column ``split`` holds instead of the name of the split."""
    also: tuple[tuple[str, str], ...] = ()
    """Further patterns of files, each of one split."""


SETS = {
    'goemotions': TextSet('goemotions/{split}.tsv'),
    'xed': TextSet('xed/en_{split}.tsv'),
    'meld': TextSet('evalonly_meld/{split}.tsv', group='dialogue'),
    'dailydialog': TextSet('evalonly_dailydialog/eval.tsv', group='dialogue', splits=('test',),
                           renamed='eval'),
    'topical_chat': TextSet('topical_chat/{split}.tsv', group='dialogue'),
    'brighter': TextSet('brighter/*_{split}.tsv'),
    'xed_multi': TextSet('xed_multi/*.tsv', splits=('train', 'test'),
                         also=(('test', 'xed/??_eval.tsv'),)),
    'kote': TextSet('kote/{split}.tsv'),
    'robot_commands': TextSet('robot_commands/*.tsv'),
}
"""The text sets by name.  A part of a set is asked for as ``brighter:deu``: a language, or for
robot_commands a file such as scout."""


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


def paths_of(name: str, root: Path, split: str) -> list[Path]:
    """Return the files that hold a split of a set, or of a part of it, sorted.

    Raises:
        ValueError: there is no such set or split; the known ones are listed.
        FileNotFoundError: no file of it is in the folder.
    """
    whole = name.partition(':')[0]
    if whole not in SETS:
        raise ValueError(f'no text data set is called {whole!r}; known: {sorted(SETS)}')
    if split not in SETS[whole].splits:
        raise ValueError(f'{whole} has no split {split!r}; known: {list(SETS[whole].splits)}')
    patterns = [SETS[whole].files, *(files for only, files in SETS[whole].also if only == split)]
    paths = sorted(path for files in patterns for path in root.glob(files.format(split=split)))
    if not paths:
        raise FileNotFoundError(f'{root / patterns[0].format(split=split)} does not exist; give '
                                f'the folder that holds the data sets')
    return paths


def rows_of(name: str, root: Path, split: str) -> Iterator[dict[str, str]]:
    """Yield the rows of a split of a set, or of a part of it, with their ``language``.

    Raises:
        ValueError: what `paths_of` does, or the set has no such part.
        FileNotFoundError: no file of it is in the folder.
    """
    whole, _, part = name.partition(':')
    named = SETS[whole].renamed or split if whole in SETS else split
    parts = set()
    for path in paths_of(name, root, split):
        stem = path.stem.partition('_')[0] if whole in ('brighter', 'xed_multi') else path.stem
        for row in read_rows(path):
            row.setdefault('language', stem if whole == 'xed_multi' else 'en')
            parts |= {stem, row['language']}
            if row.get('split', named) == named and part in ('', stem, row['language']):
                yield row
    if part and part not in parts:
        raise ValueError(f'{whole} has no part {part!r}; known: {sorted(parts)}')


def load(name: str, root: Path, split: str) -> Samples:
    """Load the sentences of one split that have exactly one of the seven emotions.

    ``name`` is one of `SETS`, or a part of one, such as brighter:deu; ``root`` is the folder that
    holds the sets.  Groups are dialogues where there are some and single sentences elsewhere.
    Raises what `rows_of` does.
    """
    rows = [row for row in rows_of(name, root, split) if row['ekman7']]
    group = SETS[name.partition(':')[0]].group
    return Samples([row['text'] for row in rows], [row['ekman7'] for row in rows],
                   [row[group] for row in rows], 'text')
