"""MELD: test_sent_emo.csv with the utterances of output_repeated_splits_test/dia0_utt0.mp4.

S. Poria et al., MELD: A Multimodal Multi-Party Dataset for Emotion Recognition in Conversations,
ACL 2019.
"""

from collections.abc import Iterator
import csv
from io import StringIO
from pathlib import Path

from mer_ros.research.corpora.clip import by_stem, Clip, find, Skipped

FOLDERS = {'train': 'train_splits', 'dev': 'dev_splits_complete',
           'test': 'output_repeated_splits_test'}
"""The folder of the films of each split; it may lie in a folder named like the split."""

LAYOUT = ', '.join(f'{split}_sent_emo.csv beside {folder}/dia0_utt0.mp4'
                   for split, folder in FOLDERS.items()) + ' (one split is enough)'

COLUMNS = ('Utterance', 'Speaker', 'Emotion', 'Dialogue_ID', 'Utterance_ID')
"""The columns of a table that are used."""

# The quotes and dashes of Windows-1252 were once read as Latin-1: control characters now.
_QUOTES = {code: bytes([code]).decode('cp1252', 'replace') for code in range(0x80, 0xa0)}


def read(root: Path) -> Iterator[Clip | Skipped]:
    """Yield the utterances of the splits whose table and films are there.

    The splits are those of the corpus, by dialogue; the main speakers occur in all of them.

    Raises:
        ValueError: a table lacks columns.
    """
    for split, folder in FOLDERS.items():
        films = by_stem(find(root, f'{folder}/dia*_utt*.mp4'))
        tables = find(root, f'{split}_sent_emo.csv')
        if not films or not tables:
            continue
        for line, row in _rows(tables[0]):
            if None in [row[name] for name in COLUMNS]:
                yield Skipped(f'{split}, line {line}', f'the row of {tables[0].name} is cut short')
                continue
            stem = f'dia{row["Dialogue_ID"]}_utt{row["Utterance_ID"]}'
            name = f'{split}/{stem}'
            if stem not in films:
                yield Skipped(name, f'{tables[0].name} names it, but {folder} has no {stem}.mp4')
                continue
            yield Clip(id=name, person=row['Speaker'].strip(), label=row['Emotion'].lower(),
                       split=split, film=films[stem],
                       transcript=row['Utterance'].translate(_QUOTES))


def _rows(table: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield the number of the line on which each row ends, and its cells by column."""
    reader = csv.DictReader(StringIO(table.read_text('utf-8-sig'), newline=''))
    missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
    if missing:
        raise ValueError(f'{table} lacks the columns {missing}; needed are {list(COLUMNS)}, it has '
                         f'{reader.fieldnames}')
    for row in reader:
        yield reader.line_num, row
