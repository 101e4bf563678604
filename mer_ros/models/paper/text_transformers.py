"""The text model of the first paper, DistilRoBERTa, and any other emotion classifier like it."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from mer_ros.models.foreign_labels import translate
from mer_ros.models.input_checks import check_sentences, groups
from mer_ros.models.paper.text_runtimes import read_config, read_tokenizer, TorchRuntime
from mer_ros.models.weights.weights_cache import locate

BATCH_TOKENS = 2048
"""Tokens, with padding, that go through the network together."""


class TransformersText:
    """Classifies sentences with a fine-tuned transformer: one pass, raw scores, no softmax.

    The classes and their names come from the model's own ``id2label``.  Of a text longer than
    ``max_length`` tokens the end is judged, the newest words.  Sentences of similar length go
    through the network together, so that hardly anything is computed on padding.

    Args:
        path: a folder as `save_pretrained` of transformers writes it; None looks for the
            downloaded ``weights``.
        weights: the name of downloaded weights.
        device: auto, cpu or cuda.
        dtype: auto (fp16 on a GPU, as in the paper, else fp32), fp32, fp16 (on a GPU), bf16 or
            int8 (matrices, on a CPU).
        max_length: most tokens of a text, with the marks of its beginning and end.
        threads: cores that torch uses in this process; None leaves that as it is.

    Raises:
        FileNotFoundError: weights are missing; the message says how to get them.
        ValueError: weights or class names do not fit, or an option is not allowed.

    """

    def __init__(self, *, path: Path | str | None = None, weights: str = 'distilroberta',
                 device: str = 'auto', dtype: str = 'auto', max_length: int = 512,
                 threads: int | None = None) -> None:
        if max_length < 8:
            raise ValueError(f'max_length is {max_length}; it must be at least 8 tokens')
        folder = locate(weights) if path is None else Path(path)
        self.name = weights if path is None else folder.resolve().name
        config = read_config(folder)
        self.labels, self._columns = translate(
            [config.id2label[column] for column in range(config.num_labels)])
        self._tokenizer, longest = read_tokenizer(folder, config)
        self._max_length = min(max_length, longest)
        self._runtime = TorchRuntime(folder, device=device, dtype=dtype, threads=threads)

    def logits(self, batch: Sequence[str]) -> NDArray[np.float32]:
        """Return raw scores (B, len(labels)) of B sentences; B may be 0."""
        sentences = check_sentences(batch)
        scores = np.zeros((len(sentences), len(self.labels)), dtype=np.float32)
        if not sentences:
            return scores
        rows: list[list[int]] = self._tokenizer(
            sentences, truncation=True, max_length=self._max_length,
            return_attention_mask=False, return_token_type_ids=False)['input_ids']
        for group in groups([len(row) for row in rows], BATCH_TOKENS):
            longest = max(len(rows[position]) for position in group)
            ids = np.full((len(group), longest), self._tokenizer.pad_token_id, dtype=np.int64)
            mask = np.zeros_like(ids)
            for place, position in enumerate(group):
                ids[place, :len(rows[position])] = rows[position]
                mask[place, :len(rows[position])] = 1
            scores[group] = self._runtime.run(ids, mask)[:, self._columns]
        return scores
