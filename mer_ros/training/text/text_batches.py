"""Batches of sentences for the networks that read them."""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
import torch
from torch import Tensor

from mer_ros.training.text.text_data import Split

POOL = 50
"""Batches' worth of sentences that are sorted by length together, so that little is padding."""

Stack = Callable[[Sequence[NDArray[np.int32]]], NDArray[np.int64]]
"""Makes one array of rows of different lengths."""


class Batch(NamedTuple):
    """What a network reads, (B, ...), what Split says of the sentences, and what a teacher says.

    ``taught`` (B, scores) are scores of a teacher, without columns where there is none.
    """

    inputs: Tensor
    film: Tensor
    target: Tensor
    single: Tensor
    comment_fine: Tensor
    film_fine: Tensor
    taught: Tensor


class Batches:
    """Sentences of comments and of films, shuffled anew each time, or in order.

    Args:
        comments: one split of GoEmotions.
        films: the same split of XED.
        plain: of each sentence, what the network reads of it, (W, ...).
        heard: the same, of the sentence without capitals and punctuation.
        stack: makes one array (B, W, ...) of B of these.
        size: sentences a batch.
        taught: scores of a teacher, (N, S), of all sentences.
        spoken: chance that a sentence comes without capitals and punctuation.
        shuffle: draw the order from the generator of torch.
    """

    def __init__(self, comments: Split, films: Split, plain: list[NDArray[np.int32]],
                 heard: list[NDArray[np.int32]], stack: Stack, *, size: int,
                 spoken: float = 0.0, shuffle: bool = False,
                 taught: NDArray[np.float32] | None = None) -> None:
        both = (comments, films)
        self._plain, self._heard, self._stack = plain, heard, stack
        self._size, self._spoken, self._shuffle = size, spoken, shuffle
        count = len(comments.target)
        self._film = torch.arange(len(self._plain)) >= count
        self._target, self._single, fine = (
            [torch.from_numpy(getattr(part, name)) for part in both]
            for name in ('target', 'single', 'fine'))
        self._labels = (self._film, torch.cat(self._target), torch.cat(self._single),
                        torch.cat([fine[0], torch.zeros(len(fine[1]), fine[0].shape[1])]),
                        torch.cat([torch.zeros(count, fine[1].shape[1]), fine[1]]),
                        torch.zeros(len(plain), 0) if taught is None else torch.from_numpy(taught))

    def __len__(self) -> int:
        """Return the number of batches."""
        return -(-len(self._plain) // self._size)

    def __iter__(self) -> Iterator[Batch]:
        """Yield each sentence once, in batches of sentences of about the same length."""
        count = len(self._plain)
        order = torch.randperm(count) if self._shuffle else torch.arange(count)
        heard = (torch.rand(count) < self._spoken).tolist()
        batches = [rows for pool in order.split(POOL * self._size)
                   for rows in torch.tensor(sorted(
                       pool.tolist(), key=lambda i: len(self._plain[i]))).split(self._size)]
        for index in torch.randperm(len(batches)) if self._shuffle else range(len(batches)):
            rows = batches[index]
            chosen = [(self._heard if heard[i] else self._plain)[i] for i in rows.tolist()]
            yield Batch(torch.from_numpy(self._stack(chosen)),
                        *(values[rows] for values in self._labels))
