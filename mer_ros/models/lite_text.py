"""The built-in text model: hashed n-grams, a bag and a linear model blended in one small graph."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from mer_ros.emotions import check_labels
from mer_ros.models.session import open_session, WEIGHTS
from mer_ros.models.text_features import features

BATCH = 64
"""Sentences that go through the graph together; it bounds the memory that a long list takes."""


def indices_of(found: NDArray[np.uint32], keys: NDArray[np.uint32]) -> NDArray[np.intp]:
    """Return the positions in the sorted keys of those hashes that are among them."""
    positions = np.searchsorted(keys, found)
    positions[positions == len(keys)] = 0
    known: NDArray[np.intp] = positions[keys[positions] == found]
    return known


def padded(rows: Sequence[NDArray[np.intp]], filler: int) -> NDArray[np.int64]:
    """Return rows of indices as one array (B, L), L >= 1, filled up with the filler."""
    filled = np.full((len(rows), max([1, *map(len, rows)])), filler, dtype=np.int64)
    for row, indices in zip(filled, rows, strict=True):
        row[:len(indices)] = indices
    return filled


class LiteText:
    """Classifies English sentences into the seven emotions; softmax(logits) is calibrated.

    Takes any string.  Of one longer than `text_features.MAX_CHARACTERS` the end is judged; one
    without any known feature gets the logits that the classes have on their own.

    Args:
        path: the ONNX file, as `mer_ros train text` writes it.
        threads: of onnxruntime.
    """

    name = 'lite'

    def __init__(self, *, path: Path = WEIGHTS / 'lite_text.onnx', threads: int = 1) -> None:
        self._session = open_session(path, threads=threads)
        self._keys: NDArray[np.uint32] = self._session.run(['keys'], {
            'ids': np.zeros((1, 1), dtype=np.int64)})[0]
        self.labels = check_labels(
            self._session.get_modelmeta().custom_metadata_map['labels'].split())

    def logits(self, batch: Sequence[str]) -> NDArray[np.float32]:
        """Return raw scores (B, 7), float32, of B sentences; B may be 0."""
        if isinstance(batch, str):
            raise TypeError('a list of sentences is needed; given one str: wrap it in a list')
        scores = np.empty((len(batch), len(self.labels)), dtype=np.float32)
        for start in range(0, len(batch), BATCH):
            rows = [indices_of(features(text), self._keys)
                    for text in batch[start:start + BATCH]]
            scores[start:start + len(rows)] = self._session.run(
                ['logits'], {'ids': padded(rows, len(self._keys))})[0]
        return scores
