"""The audio-visual corpora of the multimodal paper, in the layouts in which they are published."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from mer_ros.evaluation.datasets import speech_sets as datasets_speech
from mer_ros.evaluation.datasets import text_sets as datasets_text
from mer_ros.research.corpora import crema_d as corpora_crema_d
from mer_ros.research.corpora import enterface as corpora_enterface
from mer_ros.research.corpora import mead as corpora_mead
from mer_ros.research.corpora import meld as corpora_meld
from mer_ros.research.corpora import ravdess as corpora_ravdess
from mer_ros.research.corpora.clip import Clip, Skipped

SPLITS = ('train', 'dev', 'test', 'all')
"""The parts of every corpus; `all` takes every clip."""


@dataclass(frozen=True, slots=True)
class Corpus:
    """How a corpus lies on disk, what reads it, and what its figures must be taken with."""

    layout: str
    read: Callable[[Path], Iterator[Clip | Skipped]]
    caution: str = ''


CORPORA: dict[str, Corpus] = {
    'enterface': Corpus(corpora_enterface.LAYOUT, corpora_enterface.read,
                        'eNTERFACE\'05 has no neutral clips.'),
    'mead': Corpus(corpora_mead.LAYOUT, corpora_mead.read),
    'meld': Corpus(corpora_meld.LAYOUT, corpora_meld.read,
                   'The films of MELD show several people; the largest face is judged, whoever '
                   'speaks.  The text model of the profile paper was trained on MELD.'),
    'ravdess': Corpus(corpora_ravdess.LAYOUT, corpora_ravdess.read,
                      'The words are one of two sentences without emotion, the same in every '
                      'class.'),
    'crema_d': Corpus(corpora_crema_d.LAYOUT, corpora_crema_d.read,
                      'The words are one of twelve sentences without emotion.  The truth is the '
                      'emotion that the actor was asked for.'),
}
"""The corpora by name."""


def is_corpus(name: str, root: Path) -> bool:
    """Return whether a name means one of `CORPORA` in this folder.

    ravdess and meld are also data sets of one modality, of sound and of words (see
    `datasets.LOADERS`); these are meant where they are in the folder.
    """
    prepared = {
        'ravdess': [datasets_speech.table_of('ravdess', root)],
        'meld': [root / datasets_text.SETS['meld'].files.format(split=split)
                 for split in datasets_text.SPLITS]}
    return name in CORPORA and not any(file.is_file() for file in prepared.get(name, []))


def read_corpus(name: str, root: Path, split: str, *, limit: int | None = None, seed: int = 0
                ) -> tuple[list[Clip], list[Skipped]]:
    """Return the clips of one split in the order of their names, and what cannot be used.

    MELD has splits of its own; those of the others follow from the person, see `split_of`.

    Args:
        name: one of `CORPORA`.
        root: the folder of the corpus, or the one above it.
        split: one of `SPLITS`.
        limit: at most so many clips, drawn at random.
        seed: of the drawing.

    Raises:
        ValueError: no split is called so, it is empty, or the limit is below 1.
        FileNotFoundError: the corpus is not in the folder; says what is expected and what is there.
    """
    if split not in SPLITS:
        raise ValueError(f'{name} has no split {split!r}; known: {list(SPLITS)}')
    if limit is not None and limit < 1:
        raise ValueError(f'a limit of {limit} clips cannot be used; it must be at least 1')
    corpus = CORPORA[name]
    found = list(corpus.read(root))
    every = [one for one in found if isinstance(one, Clip)]
    skipped = [one for one in found if isinstance(one, Skipped)]
    if not every:
        there = sorted(path.name for path in root.iterdir()) if root.is_dir() else []
        raise FileNotFoundError(
            f'{root} holds no recording of {name}; expected is {corpus.layout}, in it or in a '
            f'folder of it; it has {there[:8]}' + (' and more' if len(there) > 8 else '')
            + (f'; {skipped[0].id}: {skipped[0].reason}' if skipped else ''))
    clips = [clip for clip in every if split in ('all', clip.split)]
    if not clips:
        raise ValueError(f'no clip of {name} in {root} is in the split {split!r}; there are '
                         f'{dict(Counter(clip.split for clip in every))}; all takes every clip')
    if limit is not None and limit < len(clips):
        drawn = np.random.default_rng(seed).choice(len(clips), limit, replace=False)
        clips = [clips[index] for index in sorted(drawn)]
    return clips, skipped
