"""Emotion-conditioned dialogue: what a person said and felt, and what was answered.

Two layouts of a CSV file, or a TSV file by its ending:

* ``words``, ``reply`` and ``emotion`` ('' or no emotion where it is not known), one exchange a row;
* ``dialogue``, ``turn``, ``text`` and ``ekman7``, one turn a row: each turn and the next one of the
  dialogue are an exchange, with the emotion of the first.

``split`` (train, dev, test) may be there; else a tenth of the dialogues is for dev and a tenth for
test, by their names.  In the first layout ``dialogue`` may say which rows belong together.
"""

from collections.abc import Iterator, Sequence
import csv
from dataclasses import dataclass
from hashlib import sha256
from itertools import pairwise
from pathlib import Path

from mer_ros.emotions import emotion_of

EXCHANGE = ('words', 'reply', 'emotion')
"""Columns of the first layout."""

TURN = ('dialogue', 'turn', 'text', 'ekman7')
"""Columns of the second layout."""

SPLITS = ('train', 'dev', 'test')


@dataclass(frozen=True, slots=True)
class Said:
    """One exchange; ``emotion`` is one of EMOTIONS, '' where it is not known."""

    words: str
    reply: str
    emotion: str
    split: str


def read_exchanges(path: Path) -> dict[str, list[Said]]:
    """Return the exchanges of a file by split.

    Raises:
        FileNotFoundError: the file is missing.
        ValueError: it has neither layout, a row is wrong (with its line), or a split is empty.
    """
    delimiter = '\t' if path.suffix == '.tsv' else ','
    quoting = csv.QUOTE_NONE if path.suffix == '.tsv' else csv.QUOTE_MINIMAL
    with path.open(newline='', encoding='utf-8') as file:
        table = csv.DictReader(file, delimiter=delimiter, quoting=quoting)
        columns = table.fieldnames or ()
        rows = [(table.line_num, row) for row in table]
    if set(TURN) <= set(columns):
        found = list(_of_turns(rows, path))
    elif set(EXCHANGE) <= set(columns):
        found = [_exchange(row['words'], row['reply'], row['emotion'], row,
                           row.get('dialogue') or row['words'], f'{path}, line {line}')
                 for line, row in rows]
    else:
        raise ValueError(f'{path} has the columns {list(columns)}; needed are {list(EXCHANGE)} or '
                         f'{list(TURN)}')
    by_split = {split: [one for one in found if one.split == split] for split in SPLITS}
    empty = [split for split, part in by_split.items() if not part]
    if empty:
        raise ValueError(f'{path} has no exchange in {empty}; it has {len(found)} in all')
    return by_split


def _of_turns(rows: Sequence[tuple[int, dict[str, str]]], path: Path) -> Iterator[Said]:
    for (line, row), (_, following) in pairwise(rows):
        if row['dialogue'] == following['dialogue']:
            yield _exchange(row['text'], following['text'], row['ekman7'], row, row['dialogue'],
                            f'{path}, line {line}')


def _exchange(words: str, reply: str, emotion: str, row: dict[str, str], dialogue: str,
              where: str) -> Said:
    words, reply, named = (text.strip() for text in (words or '', reply or '', emotion or ''))
    known = emotion_of(named) if named else ''
    split = (row.get('split') or '').strip() or _split(dialogue)
    if not words or not reply or known is None or split not in SPLITS:
        raise ValueError(f'{where}: words {words[:20]!r}, reply {reply[:20]!r}, emotion {named!r} '
                         f'and split {split!r} were given; needed are words, a reply, an emotion '
                         f'or nothing, and one of {list(SPLITS)} or nothing')
    return Said(words, reply, known, split)


def _split(dialogue: str) -> str:
    place = int(sha256(dialogue.encode()).hexdigest()[:8], 16) % 10
    return 'dev' if place == 0 else 'test' if place == 1 else 'train'
