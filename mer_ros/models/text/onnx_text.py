"""Text models exported to ONNX: a transformer encoder without torch."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from mer_ros.emotions import check_labels
from mer_ros.models.input_checks import check_sentences, groups
from mer_ros.models.onnx_file import open_exported

TOKENS = 2048
"""Tokens, with padding, that go through the graph together; it bounds the memory."""


class OnnxText:
    """Classifies sentences with a file that `mer_ros models export` wrote for a text model.

    The file holds its tokenizer (``tokenizer``, as the tokenizers library writes it), the token
    that pads (``pad``) and the most tokens it takes (``length``).  Of a longer text the end is
    judged, the newest words.

    Args:
        path: the ONNX file.
        device: auto, cpu or cuda.
        threads: cores to use.

    """

    def __init__(self, *, path: Path | str, device: str = 'cpu', threads: int = 1) -> None:
        try:
            from tokenizers import Tokenizer
        except ImportError as error:
            raise ImportError(
                f'{error}; exported text models need it: pip install tokenizers') from error
        self._session, about = open_exported(path, 'text', device=device, threads=threads)
        self.name = str(about['name'])
        self.labels = check_labels(about['labels'])
        self._pad = int(about['pad'])
        self._tokenizer = Tokenizer.from_str(about['tokenizer'])
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(int(about['length']), direction='left')

    def logits(self, batch: Sequence[str]) -> NDArray[np.float32]:
        """Return raw scores (B, len(labels)), float32, of B sentences; B may be 0."""
        sentences = check_sentences(batch)
        scores = np.empty((len(sentences), len(self.labels)), dtype=np.float32)
        tokens = [found.ids for found in self._tokenizer.encode_batch(sentences)]
        for group in groups([len(row) for row in tokens], TOKENS):
            width = max(1, len(tokens[group[0]]))
            ids = np.full((len(group), width), self._pad, dtype=np.int64)
            mask = np.zeros((len(group), width), dtype=np.int64)
            for row, index in enumerate(group):
                ids[row, :len(tokens[index])] = tokens[index]
                mask[row, :len(tokens[index])] = 1
            scores[group] = self._session.run(
                ['logits'], {'input_ids': ids, 'attention_mask': mask})[0]
        return scores
