"""What the text model learns from: features and soft labels of GoEmotions and of XED."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mer_ros.emotions import emotion_of, EMOTIONS
from mer_ros.evaluation.datasets.samples import Samples
from mer_ros.evaluation.datasets.text_sets import rows_of
from mer_ros.models.text.text_features import features, word_features
from mer_ros.models.text.text_tokens import spoken

SIX = [index for index, label in enumerate(EMOTIONS) if label != 'neutral']
"""The emotions of XED: all but neutral."""

MIN_SENTENCES = 4
"""Sentences that a feature of a whole sentence must occur in to be learned."""

MIN_WORDS = (2, 10)
"""How often words, and how often their other features, must occur to be learned."""


@dataclass(frozen=True, slots=True)
class Written:
    """Features of N sentences: hashes of each sentence, and of its words (W, PARTS)."""

    sentences: list[NDArray[np.uint32]]
    words: list[NDArray[np.uint32]]

    @classmethod
    def of(cls, texts: list[str]) -> Written:
        """Return the features of texts."""
        return cls([features(text) for text in texts], [word_features(text) for text in texts])

    def __add__(self, other: Written) -> Written:
        """Return the sentences of one after the other."""
        return Written(self.sentences + other.sentences, self.words + other.words)


@dataclass(frozen=True, slots=True)
class Split:
    """One split of one data set.

    ``texts`` (N,) are the sentences; ``plain`` and ``spoken`` hold the features of each as it was
    written, and without capitals and punctuation; ``target`` (N, 7) the share of each emotion,
    rows sum to 1, or to 0 where there is none of the seven; ``single`` (N,) is True where there is
    exactly one; ``fine`` (N, F) has a 1 for each original label, and none for sentences without a
    label, from which only the networks learn what a teacher says.
    """

    texts: list[str]
    plain: Written
    spoken: Written
    target: NDArray[np.float32]
    single: NDArray[np.bool_]
    fine: NDArray[np.float32]

    @property
    def spoken_texts(self) -> list[str]:
        """The sentences without capitals and punctuation."""
        return [spoken(text) for text in self.texts]

    @property
    def truth(self) -> NDArray[np.intp]:
        """Index of the first of the most likely emotions, (N,)."""
        return self.target.argmax(axis=1)


@dataclass(frozen=True, slots=True)
class Lessons:
    """Comments and lines of films, and what a teacher says of them.

    ``scores`` (N, S) of all sentences, those of comments first: 7 as comments, 6 as lines of
    films, then the original labels of both, before softmax or sigmoid.
    """

    comments: Split
    films: Split
    scores: NDArray[np.float32]


def read_split(name: str, root: Path, split: str, fine_labels: list[str]) -> Split:
    """Read one split; where several emotions were marked they share the target, without neutral."""
    texts, targets, single, fine = [], [], [], []
    for row in rows_of(name, root, split):
        marked = [row['ekman7']] if row['ekman7'] else [
            label for label in row['ekman7_all'].split('|') if label in EMOTIONS
            and label != 'neutral']
        texts.append(row['text'])
        targets.append([(label in marked) / max(len(marked), 1) for label in EMOTIONS])
        single.append(bool(row['ekman7']))
        original = row['labels'].split('|')
        fine.append([label in original for label in fine_labels])
    return Split(texts, Written.of(texts), Written.of([spoken(text) for text in texts]),
                 np.array(targets, np.float32), np.array(single), np.array(fine, np.float32))


def with_sentences(split: Split, samples: Samples, fine_labels: list[str]) -> Split:
    """Return a split with sentences of one emotion each appended.

    Their fine label is the one that means the same, such as joy for happiness.
    """
    if not len(samples):
        return split
    return _appended(
        split, samples.inputs,
        target=[[emotion == label for emotion in EMOTIONS] for label in samples.labels],
        fine=[[emotion_of(name) == label for name in fine_labels] for label in samples.labels],
        single=True)


def with_unlabelled(split: Split, texts: list[str]) -> Split:
    """Return a split with sentences appended that have no label."""
    count = len(texts)
    return _appended(split, texts, target=np.zeros((count, len(EMOTIONS))),
                     fine=np.zeros((count, split.fine.shape[1])), single=False)


def _appended(split: Split, texts: list[str], *, target: ArrayLike, fine: ArrayLike, single: bool
              ) -> Split:
    return Split(split.texts + texts, split.plain + Written.of(texts),
                 split.spoken + Written.of([spoken(text) for text in texts]),
                 np.concatenate([split.target, np.asarray(target, np.float32)]),
                 np.concatenate([split.single, np.full(len(texts), single)]),
                 np.concatenate([split.fine, np.asarray(fine, np.float32)]))


def fine_labels(name: str, root: Path) -> list[str]:
    """Return the original labels of a set, sorted: 28 of GoEmotions, 8 of XED."""
    rows = rows_of(name, root, 'train')
    return sorted({label for row in rows for label in row['labels'].split('|')})


def sentence_keys(splits: list[Split]) -> NDArray[np.uint32]:
    """Return the sorted hashes of the features of sentences that are learned."""
    keys, counts = np.unique(np.concatenate([f for s in splits for f in s.plain.sentences]),
                             return_counts=True)
    return np.asarray(keys[counts >= MIN_SENTENCES])


def word_keys(splits: list[Split]) -> NDArray[np.uint32]:
    """Return the sorted hashes of the features of words that are learned."""
    rows = np.concatenate([words for s in splits for words in s.plain.words])
    keys, counts = np.unique(rows[rows > 0], return_counts=True)
    # The second feature of a word is the word itself.
    least = np.where(np.isin(keys, rows[:, :2]), *MIN_WORDS)
    return np.asarray(keys[counts >= least])
