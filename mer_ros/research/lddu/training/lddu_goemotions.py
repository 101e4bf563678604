"""GoEmotions as sequences of words: what the built-in text model sees in each of them."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from mer_ros.emotions import EMOTIONS
from mer_ros.evaluation.datasets.text_sets import rows_of
from mer_ros.models.text.lite_text import LiteText
from mer_ros.research.lddu.training.lddu_data import Corpus, Sequences, Split


def read_goemotions(root: Path, *, model: LiteText | None = None,
                    most: int | None = None) -> Corpus:
    """Read the three splits; a comment has every emotion that a rater's choice maps to.

    Args:
        root: the folder of the data sets.
        model: makes the features of the words; None = the built-in one.  It was trained on the
            same train split, so that words of it are known better than others.
        most: rows of each split; None = all.
    """
    text = model or LiteText()
    return Corpus(EMOTIONS, {'text': text.name}, *(
        _read(root, split, text, most) for split in ('train', 'dev', 'test')))


def _read(root: Path, split: str, model: LiteText, most: int | None) -> Split:
    return split_of(list(rows_of('goemotions', root, split))[:most], model)


def split_of(rows: Sequence[Mapping[str, str]], model: LiteText) -> Split:
    """Return rows of a table of texts, with the features of their words and all their labels."""
    words = [model.features(row['text']).astype(np.float16) for row in rows]
    truth = np.array([[label in row['ekman7_all'].split('|') for label in EMOTIONS]
                      for row in rows], np.float32)
    dim = max((found.shape[1] for found in words), default=0)
    return Split({'text': Sequences(words, dim)}, truth, tuple(row['id'] for row in rows))


def read_texts(root: Path, split: str, *, most: int | None = None) -> list[str]:
    """Return the comments of a split, in the order of `read_goemotions`."""
    return [row['text'] for row in rows_of('goemotions', root, split)][:most]
