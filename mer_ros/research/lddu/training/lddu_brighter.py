"""BRIGHTER beside GoEmotions: comments in 29 varieties, each with every emotion that was perceived.

S. H. Muhammad et al., BRIGHTER: BRIdging the Gap in Human-Annotated Textual Emotion Recognition
Datasets for 28 Languages, arXiv 2502.11926 (CC BY 4.0).
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from mer_ros.emotions import EMOTIONS
from mer_ros.evaluation.datasets.text_sets import rows_of
from mer_ros.models.text.lite_text import LiteText
from mer_ros.models.text.ngrams import ngrams
from mer_ros.research.lddu.training.lddu_data import Corpus, Sequences
from mer_ros.research.lddu.training.lddu_goemotions import split_of
from mer_ros.research.lddu.training.lddu_ngrams import scores_of_ngrams, Texts

SETS = ('goemotions', 'brighter')
"""What is learned from, and tested one by one."""

SPLITS = {'train': 'train', 'valid': 'dev', 'test': 'test'}
"""The splits, and what the files call them."""

NEVER_ASKED = {'eng': 'disgust', 'afr': 'surprise'}
"""Emotions that raters of a part of BRIGHTER could not mark: they are neither there nor absent."""


@dataclass(frozen=True, slots=True)
class Part:
    """Which test samples (N,) belong to a part, and which of the labels (q,) it was asked about."""

    samples: NDArray[np.bool_]
    labels: NDArray[np.bool_]


def read_brighter(root: Path, *, model: LiteText | None = None, most: int | None = None
                  ) -> tuple[Corpus, dict[str, Part], dict[str, list[str]]]:
    """Read the splits of both sets, the parts of the test, and the texts of train, valid and test.

    The parts are goemotions and each language.

    Parts of BRIGHTER whose raters were not asked about every emotion are tested about the others,
    and neither learned from nor chosen by.  The modality ``text`` is what the model sees in each
    word, ``ngrams`` what `scores_of_ngrams` says; it is missing in parts without training texts.

    Args:
        root: the folder of the data sets.
        model: makes the features of the words; None = the built-in one.
        most: rows of each set and split; None = all.
    """
    text = model or LiteText()
    found = {name: [one for source in SETS for one in _rows(root, source, split, most)]
             for name, split in SPLITS.items()}
    splits = {name: split_of([row for _, row in rows], text) for name, rows in found.items()}
    texts = {name: [row['text'] for _, row in rows] for name, rows in found.items()}
    parts = {name: np.array([part for part, _ in rows]) for name, rows in found.items()}
    known = {name: Texts([ngrams(one) for one in texts[name]], parts[name], splits[name].truth)
             for name in SPLITS}
    frames = scores_of_ngrams(known.pop('train'), known)
    both = [replace(split, sequences={
        **split.sequences, 'ngrams': Sequences(frames[name], len(EMOTIONS))})
        for name, split in splits.items()]
    asked = {name: np.array([label != NEVER_ASKED.get(name) for label in EMOTIONS])
             for name in dict.fromkeys(parts['test'].tolist())}
    return (Corpus(EMOTIONS, {'text': text.name, 'ngrams': 'ngrams'}, *both),
            {name: Part(parts['test'] == name, labels) for name, labels in asked.items()}, texts)


def _rows(root: Path, name: str, split: str, most: int | None
          ) -> Iterator[tuple[str, dict[str, str]]]:
    count = 0
    for row in rows_of(name, root, split):
        part = row['language'] if name == 'brighter' else name
        if part in NEVER_ASKED and split != 'test':
            continue
        if most is not None and count >= most:
            return
        count += 1
        yield part, row
