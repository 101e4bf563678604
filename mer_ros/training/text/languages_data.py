"""What the models of many languages learn from: texts by the variety of their language."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
import random

import numpy as np
from numpy.typing import NDArray

from mer_ros.emotions import EMOTIONS
from mer_ros.evaluation.datasets.text_sets import paths_of, rows_of, SETS
from mer_ros.models.text.language_tags import tag_of
from mer_ros.models.text.ngrams import ngrams

HELD_OUT = 10
"""One in so many lines of xed_multi, which has no dev split, is kept for dev."""

MISSING = {('brighter', 'eng'): 'disgust', ('brighter', 'afr'): 'surprise'}
"""Emotions that nobody could mark: their texts are no example of their absence."""

ONLY_NAMED = ('ind', 'jav', 'xho', 'zul')
"""Languages of BRIGHTER without a train split: their dev texts serve to recognise them."""

DIALECTS = {'arq': 'arq', 'ary': 'ary', 'ptbr': 'pt-BR', 'ptmz': 'pt-MZ'}
"""Varieties that are told apart; all others are called by the tag of their language."""

DIALECTS_OF_COMMANDS = ('de-ba', 'de-muc', 'de-st', 'gsw', 'nap')
"""Dialects of German and Italian in which there are commands alone, by the thousand."""

TO_TELL_APART = (*ONLY_NAMED, *DIALECTS_OF_COMMANDS)
"""Codes whose texts serve to recognise the language alone; their source is ''."""

ANSWERS = 'answers'
"""Source of the short answers and commands that are written by hand."""

SOURCES = ('brighter', 'xed_multi', 'kote', 'robot_commands', 'goemotions', 'xed')


@dataclass(slots=True)
class Variety:
    """Texts of one variety: n-grams; emotions (n, 7), NaN if nobody could mark them; sources.

    The source is '' of texts that serve to recognise the language alone.
    """

    found: list[NDArray[np.uint32]] = field(default_factory=list)
    marked: list[NDArray[np.float32]] = field(default_factory=list)
    sources: list[str] = field(default_factory=list)

    def limited(self, source: str, most: int, *, seed: int) -> Variety:
        """Return the texts with at most so many of one source, drawn at random."""
        rows = [row for row, name in enumerate(self.sources) if name == source]
        left = set(random.Random(seed).sample(rows, max(len(rows) - most, 0)))
        kept = [row for row in range(len(self.sources)) if row not in left]
        return Variety(*([values[row] for row in kept]
                         for values in (self.found, self.marked, self.sources)))

    def with_answers(self, sentences: Iterable[tuple[str, str]]) -> Variety:
        """Return these texts and sentences written by hand with their emotion."""
        texts, labels = [*zip(*sentences, strict=True)] or ((), ())
        marked = [np.array([label == name for name in EMOTIONS], np.float32) for label in labels]
        return Variety(self.found + [ngrams(text) for text in texts], self.marked + marked,
                       self.sources + [ANSWERS] * len(texts))

    @property
    def truth(self) -> NDArray[np.intp]:
        """Index of the emotion of each text that has exactly one, -1 elsewhere, (n,)."""
        marked = np.nan_to_num(np.array(self.marked, np.float32).reshape(-1, len(EMOTIONS)))
        return np.where(marked.sum(axis=1) == 1, marked.argmax(axis=1), -1)


def read_varieties(root: Path, split: str, *, seed: int, most: int | None = None
                   ) -> dict[str, Variety]:
    """Return the texts of train or dev by variety, English among them.

    Args:
        root: the folder of the data sets; sets that it lacks are left out.
        split: train or dev.
        seed: of the texts that are drawn.
        most: texts of a variety at most; None = all.
    """
    found: dict[str, Variety] = defaultdict(Variety)
    for source in SOURCES:
        for name, rows in sorted(_by_variety(source, root, split).items()):
            draw = random.Random(f'{seed} {source} {name}')
            chosen = rows if most is None or len(rows) <= most else draw.sample(rows, most)
            variety = found[name]
            variety.found += [ngrams(row['text']) for row in chosen]
            variety.marked += [_marked(source, row) for row in chosen]
            variety.sources += ['' if row['language'] in TO_TELL_APART else source
                                for row in chosen]
    return dict(sorted(found.items()))


def _by_variety(source: str, root: Path, split: str) -> dict[str, list[dict[str, str]]]:
    lines = defaultdict(list)
    for row in _rows(source, root, split):
        lines[DIALECTS.get(row['language']) or _variety(row['language'])].append(row)
    return lines


def _variety(code: str) -> str:
    return DIALECTS['ptbr'] if tag_of(code) == 'pt' else tag_of(code)


def _rows(source: str, root: Path, split: str) -> Iterator[dict[str, str]]:
    without_dev = split not in SETS[source].splits
    try:
        paths_of(source, root, 'train' if without_dev else split)
    except FileNotFoundError:
        return
    if source == 'brighter':
        for part in ('train', 'dev'):
            yield from (row for row in rows_of(source, root, part) if (
                split == 'train' if row['language'] in ONLY_NAMED else split == part))
        return
    if source != 'xed_multi':
        yield from rows_of(source, root, split)
        return
    for index, row in enumerate(rows_of(source, root, 'train')):
        if (index % HELD_OUT == 0) == (split == 'dev'):
            yield row


def _marked(source: str, row: dict[str, str]) -> NDArray[np.float32]:
    names = row.get('ekman7_all', row['ekman7']).split('|')
    marked = np.array([name in names for name in EMOTIONS], np.float32)
    missing = MISSING.get((source, row['language']))
    if missing:
        marked[EMOTIONS.index(missing)] = np.nan
    return marked
