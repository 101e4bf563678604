"""English of the built-in text model: word networks and linear classifiers in one small graph."""

from collections.abc import Sequence
import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from mer_ros.data import Circumplex
from mer_ros.emotions import check_labels
from mer_ros.models.session import open_session, WEIGHTS
from mer_ros.models.text.text_features import (
    features,
    forget_words,
    has_meaning,
    PARTS,
    WORD,
    word_features,
    word_lengths,
)

BATCH = 64
"""Sentences that go through the graph together; it bounds the memory that a long list takes."""

CIRCUMPLEX = 'circumplex'
"""Name of the output with valence and arousal, and of its further numbers in the metadata."""

_MOST_MARKS = 3


def traits(text: str) -> list[float]:
    """Return what the length and the marks of a text tell of its arousal, three numbers."""
    return [float(np.log1p(len(text.split()))), float(min(text.count('!'), _MOST_MARKS)),
            float(min(text.count('?'), _MOST_MARKS))]


def places_of(found: NDArray[np.uint32], keys: NDArray[np.uint32]) -> NDArray[np.int32]:
    """Return the position in the sorted keys of each hash, or their number where it is not there.

    The result has the shape of ``found``.
    """
    positions = np.searchsorted(keys, found)
    positions[positions == len(keys)] = 0
    return np.where(keys[positions] == found, positions, len(keys)).astype(np.int32)


def indices_of(found: NDArray[np.uint32], keys: NDArray[np.uint32]) -> NDArray[np.int32]:
    """Return the positions in the sorted keys of those hashes that are among them."""
    places = places_of(found, keys)
    return places[places < len(keys)]


def padded(rows: Sequence[NDArray[np.int32]], filler: int) -> NDArray[np.int64]:
    """Return rows of indices as one array (B, L), L >= 1, filled up with the filler."""
    filled = np.full((len(rows), max([1, *map(len, rows)])), filler, dtype=np.int64)
    for row, indices in zip(filled, rows, strict=True):
        row[:len(indices)] = indices
    return filled


def stacked(sentences: Sequence[NDArray[np.int32]], filler: int) -> NDArray[np.int64]:
    """Return places of words (W, PARTS) of sentences as one array (B, W, PARTS), W >= 1."""
    longest = max([1, *map(len, sentences)])
    filled = np.full((len(sentences), longest, PARTS), filler, dtype=np.int64)
    for rows, places in zip(filled, sentences, strict=True):
        rows[:len(places)] = places
    return filled


class EnglishText:
    """Classifies English sentences into the seven emotions; softmax(logits) is calibrated.

    Takes any string.  Of one longer than `text_tokens.MAX_CHARACTERS` the end is judged; one
    without any known feature gets the logits that the classes have on their own.

    Args:
        path: the ONNX file, as `mer_ros train text` writes it.
        threads: of onnxruntime.
    """

    name = 'lite-english'

    def __init__(self, *, path: Path = WEIGHTS / 'lite_text.onnx', threads: int = 1) -> None:
        self._session = open_session(path, threads=threads)
        self._keys: NDArray[np.uint32]
        self._word_keys: NDArray[np.uint32]
        self._keys, self._word_keys = self._session.run(['keys', 'word_keys'], {
            'ids': np.zeros((1, 1), np.int64), 'places': np.zeros((1, 1, PARTS), np.int64)})
        told = self._session.get_modelmeta().custom_metadata_map
        self.labels = check_labels(told['labels'].split())
        self._circumplex = json.loads(told[CIRCUMPLEX]) if CIRCUMPLEX in told else None

    def logits(self, batch: Sequence[str]) -> NDArray[np.float32]:
        """Return raw scores (B, 7), float32, of B sentences; B may be 0."""
        if isinstance(batch, str):
            raise TypeError('a list of sentences is needed; given one str: wrap it in a list')
        scores = np.empty((len(batch), len(self.labels)), dtype=np.float32)
        for start in range(0, len(batch), BATCH):
            texts = batch[start:start + BATCH]
            scores[start:start + len(texts)] = self._run(texts, 'logits')[0]
        return scores

    def judge(self, text: str) -> tuple[NDArray[np.float32], Circumplex | None]:
        """Return raw scores (7,) of a sentence, and its valence and arousal.

        These are what readers would rate it with (EmoBank, Buechel and Hahn 2017), with the
        deviation of the error on sentences like theirs; None where the file has no such output.
        """
        if self._circumplex is None:
            return self.logits([text])[0], None
        scores, point = self._run([text], 'logits', CIRCUMPLEX)
        valence, arousal = np.clip(
            point[0] + np.array(traits(text)) @ np.array(self._circumplex['traits']), -1.0, 1.0)
        return scores[0], Circumplex(float(valence), float(arousal),
                                     *self._circumplex['deviations'])

    def known_share(self, text: str) -> float:
        """Return the share of the letters of a text that stand in words it learned from, in [0, 1].

        It is about 1 for English, below 0.6 for nine in ten sentences of other languages, and 0
        for random letters; 1 where there are no words.  Words of the lexicon are known, too.
        """
        places, lengths = self._places(text), word_lengths(text)
        known = (places[:, WORD] < len(self._word_keys)) | has_meaning(text)
        return float(lengths[known].sum() / lengths.sum()) if lengths.sum() else 1.0

    def _run(self, texts: Sequence[str], *outputs: str) -> list[NDArray[np.float32]]:
        """Return these outputs of the graph for some sentences, at least one."""
        found: list[NDArray[np.float32]] = self._session.run(outputs, {
            'ids': padded([indices_of(features(text), self._keys) for text in texts],
                          len(self._keys)),
            'places': stacked([self._places(text) for text in texts], len(self._word_keys))})
        return found

    def _places(self, text: str) -> NDArray[np.int32]:
        return places_of(word_features(text), self._word_keys)

    def forget(self) -> None:
        """Drop the words that are kept to be quick; every model of this process shares them."""
        forget_words()

    def features(self, text: str) -> NDArray[np.float32]:
        """Return what the networks see in each of the last words, float32 (T, 288).

        A row is the word in its surroundings, 96 values a network, as it is before the rows of
        all words are pooled; 0 <= T <= `text_features.MAX_WORDS`, and punctuation counts.
        """
        words = self._places(text)
        rows = self._session.run(['features'], {
            'ids': padded([np.empty(0, np.int32)], len(self._keys)),
            'places': stacked([words], len(self._word_keys))})[0][0]
        return np.asarray(rows[:len(words)], dtype=np.float32)
