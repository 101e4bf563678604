"""One file with all that models said about a corpus, to be evaluated again without them.

A CSV with a row for each clip and modality::

    # {"dataset": "crema_d", "split": "test", "profile": "lite"}
    id,person,label,perceived,modality,model,predicted,anger,disgust,...,surprise
    1001_DFA_ANG_XX,1001,ang,anger,face,lite,,3.1,-0.2,...,0.4

The first line may be missing.  ``label`` is the corpus' own, ``perceived`` what raters saw, ''
where nobody asked.  Scores are logits; a class that a model never learned is empty in all its
rows.  Other systems come in by the same door under a name of their own in ``modality``, with
scores, or with none and the answer in ``predicted``.
"""

from collections.abc import Iterable, Mapping, Sequence
import csv
from io import StringIO
import json
from pathlib import Path
from typing import Any

import numpy as np

from mer_ros.atomic_write import write_atomically
from mer_ros.data import Logits
from mer_ros.emotions import emotion_of, EMOTIONS
from mer_ros.research.corpora.clip import Clip, Skipped
from mer_ros.research.corpora.recorded_corpus import RecordedCorpus

COLUMNS = ('id', 'person', 'label', 'perceived', 'modality', 'model', 'predicted', *EMOTIONS)
"""The columns; person, perceived, model and predicted may be left out."""

NEEDED = ('id', 'label', 'modality')
"""The columns that must be there, beside scores or ``predicted``."""


def write_logits(path: Path, recorded: RecordedCorpus) -> None:
    """Write what was said, exactly: floats as Python writes them."""
    stream = StringIO()
    about = {'dataset': recorded.dataset, 'split': recorded.split, 'profile': recorded.profile,
             'skipped': [[one.id, one.reason] for one in recorded.skipped]}
    stream.write(f'# {json.dumps(about)}\n')
    table = csv.writer(stream, lineterminator='\n')
    table.writerow(COLUMNS)
    for clip, said in zip(recorded.clips, recorded.said, strict=True):
        for modality, one in said.items():
            scores = dict(zip(one.labels, one.logits.tolist(), strict=True))
            hard = modality in recorded.hard
            table.writerow([
                clip.id, clip.person, clip.label, clip.perceived, modality, one.model,
                max(scores, key=lambda name: scores[name]) if hard else '',
                *('' if hard else scores.get(name, '') for name in EMOTIONS)])
    write_atomically(path, stream.getvalue())


def read_logits(paths: Sequence[Path]) -> RecordedCorpus:
    """Read one or several files about the same corpus as one.

    Raises:
        FileNotFoundError: a file is missing.
        ValueError: a column is missing, a row is wrong (with its line), two files disagree about
            a clip, or none has a row.
    """
    clips: dict[str, Clip] = {}
    said: dict[str, dict[str, Logits]] = {}
    hard: set[str] = set()
    about: dict[str, Any] = {}
    for path in paths:
        given, rows = _rows(path)
        about = {**given, **about}
        for line, row in rows:
            where = f'{path}, line {line}'
            clip, one, is_hard = _entry(row, where, str(given.get('dataset', path.stem)))
            if clips.setdefault(clip.id, clip).label != clip.label:
                raise ValueError(f'{where}: {clip.id} has the label {clip.label!r}, and '
                                 f'{clips[clip.id].label!r} elsewhere')
            if one.modality in said.setdefault(clip.id, {}):
                raise ValueError(f'{where}: {one.modality} of {clip.id} is given twice')
            said[clip.id][one.modality] = one
            if is_hard:
                hard.add(one.modality)
    if not clips:
        raise ValueError(f'no row is in {[str(path) for path in paths]}')
    _check_labels(said.values())
    return RecordedCorpus(
        str(about.get('dataset', paths[0].stem)), str(about.get('split', 'all')),
        str(about.get('profile', 'given')), list(clips.values()), [said[name] for name in clips],
        [Skipped(*one) for one in about.get('skipped', [])], frozenset(hard))


def _rows(path: Path) -> tuple[dict[str, Any], list[tuple[int, dict[str, str]]]]:
    lines = path.read_text(encoding='utf-8').splitlines(keepends=True)
    about: dict[str, Any] = {}
    first = 0
    if lines and lines[0].startswith('#'):
        first = 1
        try:
            about = dict(json.loads(lines[0][1:]))
        except ValueError as error:
            raise ValueError(f'{path}, line 1: what stands after # is no JSON ({error})') from error
    table = csv.DictReader(lines[first:])
    missing = [name for name in NEEDED if name not in (table.fieldnames or ())]
    if missing:
        raise ValueError(f'{path} lacks the columns {missing}; it may have {list(COLUMNS)}')
    return about, [(table.line_num + first, row) for row in table]


def _entry(row: Mapping[str, Any], where: str, dataset: str) -> tuple[Clip, Logits, bool]:
    """Return the clip, what was said about it, and whether that is a label alone."""
    texts = {name: str(row.get(name) or '').strip() for name in COLUMNS}
    empty = [name for name in NEEDED if not texts[name]]
    if empty:
        raise ValueError(f'{where}: {empty} must not be empty')
    clip = Clip(id=texts['id'], person=texts['person'], label=texts['label'].lower(), split='',
                perceived=texts['perceived'].lower())
    labels = tuple(name for name in EMOTIONS if texts[name])
    try:
        scores = np.array([float(texts[name]) for name in labels])
    except ValueError as error:
        raise ValueError(f'{where}: {error}; give a logit or nothing') from error
    if not np.isfinite(scores).all():
        raise ValueError(f'{where}: the logits are {scores.tolist()}; give finite ones')
    answer = emotion_of(texts['predicted']) if texts['predicted'] else None
    is_hard = not labels
    if is_hard:
        if answer is None:
            raise ValueError(f'{where}: there are no scores, and predicted is '
                             f'{texts["predicted"]!r}; give one of {list(EMOTIONS)}')
        labels, scores = EMOTIONS, np.eye(len(EMOTIONS))[EMOTIONS.index(answer)]
    return clip, Logits(1, texts['modality'], labels, scores, model=texts['model'] or dataset), \
        is_hard


def _check_labels(said: Iterable[Mapping[str, Logits]]) -> None:
    known: dict[str, tuple[str, ...]] = {}
    for one in said:
        for modality, logits in one.items():
            if known.setdefault(modality, logits.labels) != logits.labels:
                raise ValueError(
                    f'the classes of {modality} differ between rows: {list(known[modality])} and '
                    f'{list(logits.labels)}; leave the same ones empty everywhere')
