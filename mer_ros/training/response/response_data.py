"""Exchanges as the reply models read them: the same prompts as in the response node."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from mer_ros.response.generator import Prompt
from mer_ros.response.generator_transformers import fill
from mer_ros.training.response.exchanges import Said

IGNORED = -100
"""What the loss leaves out."""


class ReplyBatch(NamedTuple):
    """Tokens (B, T), which of them exist, and labels (B, T'), IGNORED where none counts."""

    input_ids: Tensor
    attention_mask: Tensor
    labels: Tensor


class ReplyDataset(Dataset[tuple[list[int], list[int]]]):
    """Prompts and replies as tokens.

    Args:
        said: the exchanges.
        tokenizer: of the model.
        prompt: the prompt of the generator, see `DialoGpt` and `T5`.
        seq2seq: whether the model is an encoder-decoder.
        length: most tokens of prompt and of reply.
        conditioned: with the emotions; without, as where none is known.

    """

    def __init__(self, said: Sequence[Said], tokenizer: Any, *, prompt: str, seq2seq: bool,
                 length: int, conditioned: bool = True) -> None:
        self._said, self._tokenizer = list(said), tokenizer
        self._prompt, self._seq2seq = prompt, seq2seq
        self._length, self._conditioned = length, conditioned

    def __len__(self) -> int:
        """Return the number of exchanges."""
        return len(self._said)

    def __getitem__(self, index: int) -> tuple[list[int], list[int]]:
        """Return the tokens of the prompt and of the reply, each with its end."""
        one = self._said[index]
        asked = Prompt(one.words, one.emotion if self._conditioned else '')
        # As the generators do: a causal model sees the bare words where no emotion is known.
        text = fill(self._prompt, asked) if asked.emotion or self._seq2seq else asked.words
        end = self._tokenizer.eos_token_id
        given, reply = (self._tokenizer(part, add_special_tokens=False)['input_ids']
                        for part in (text, one.reply))
        return [*given[-(self._length - 1):], end], [*reply[:self._length - 1], end]


def reply_batches(data: ReplyDataset, *, size: int, seq2seq: bool, pad: int, shuffle: bool = False
                  ) -> DataLoader[Any]:
    """Return batches of a data set; only the tokens of replies are labels."""
    def collate(rows: Sequence[tuple[list[int], list[int]]]) -> ReplyBatch:
        if seq2seq:
            inputs, labels = [given for given, _ in rows], [reply for _, reply in rows]
        else:
            inputs = [[*given, *reply] for given, reply in rows]
            labels = [[*[IGNORED] * len(given), *reply] for given, reply in rows]
        return ReplyBatch(_padded(inputs, pad), _padded([[1] * len(row) for row in inputs], 0),
                          _padded(labels, IGNORED))

    return DataLoader(data, batch_size=size, shuffle=shuffle, collate_fn=collate)


def _padded(rows: Sequence[list[int]], filler: int) -> Tensor:
    longest = max(map(len, rows))
    return torch.tensor([[*row, *[filler] * (longest - len(row))] for row in rows])
