"""What an LDDU network learns from: sequences of several modalities, and batches of them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset, Sampler


class Sequences:
    """N sequences of frames (T_i, D), T_i >= 0, in one block; half precision saves memory."""

    def __init__(self, rows: Sequence[NDArray[np.floating]], dim: int) -> None:
        wrong = next((row.shape for row in rows if row.ndim != 2 or row.shape[1] != dim), None)
        if wrong is not None:
            raise ValueError(f'every sequence must be (T, {dim}); one is {wrong}')
        self.dim = dim
        self._starts = np.cumsum([0, *map(len, rows)])
        self._frames = np.empty((self._starts[-1], dim), np.float16)
        for start, row in zip(self._starts, rows, strict=False):
            self._frames[start:start + len(row)] = row
        if not np.isfinite(self._frames).all():
            raise ValueError('frames hold numbers that are not finite, or larger than 65504')

    def __len__(self) -> int:
        """Return N."""
        return len(self._starts) - 1

    def __getitem__(self, index: int) -> NDArray[np.float32]:
        """Return one sequence (T, D)."""
        return self._frames[self._starts[index]:self._starts[index + 1]].astype(np.float32)

    def statistics(self) -> tuple[Tensor, Tensor]:
        """Return mean and deviation (D,) of all frames."""
        parts = np.array_split(self._frames, -(-len(self._frames) // 4096) or 1)
        sums = sum(part.sum(0, dtype=np.float64) for part in parts)
        squares = sum((part.astype(np.float64) ** 2).sum(0) for part in parts)
        mean = sums / max(1, len(self._frames))
        variance = squares / max(1, len(self._frames)) - mean ** 2
        return (torch.from_numpy(mean).float(),
                torch.from_numpy(np.sqrt(np.maximum(variance, 0))).float())

    def padded(self, indices: Sequence[int]) -> tuple[Tensor, Tensor]:
        """Return some sequences (B, T, D), T >= 1, and which frames exist (B, T), as 1 or 0."""
        lengths = self._starts[np.asarray(indices) + 1] - self._starts[indices]
        frames = np.zeros((len(indices), max(1, lengths.max()), self.dim), np.float32)
        there = np.zeros(frames.shape[:2], np.float32)
        for row, (index, length) in enumerate(zip(indices, lengths, strict=True)):
            start = self._starts[index]
            frames[row, :length] = self._frames[start:start + length]
            there[row, :length] = 1
        return torch.from_numpy(frames), torch.from_numpy(there)


@dataclass(frozen=True, slots=True)
class Split:
    """One split: for each modality N sequences, the labels (N, q) as 0 or 1, and N ids."""

    sequences: Mapping[str, Sequences]
    truth: NDArray[np.float32]
    ids: tuple[str, ...]

    def __post_init__(self) -> None:
        """Raise ValueError unless all speak of the same N >= 1 samples."""
        counts = {name: len(rows) for name, rows in self.sequences.items()}
        if not self.ids or {len(self.truth), len(self.ids)} != {*counts.values()}:
            raise ValueError(f'features of {counts} samples came with labels of {len(self.truth)} '
                             f'and {len(self.ids)} ids; the files do not belong together')
        if len(set(self.ids)) < len(self.ids):
            raise ValueError('ids of samples are repeated; the files are damaged or mixed up')


@dataclass(frozen=True, slots=True)
class Corpus:
    """A data set: its labels, the model that made each modality's features, and three splits."""

    labels: tuple[str, ...]
    models: Mapping[str, str]
    train: Split
    valid: Split
    test: Split

    def __post_init__(self) -> None:
        """Raise ValueError if a sample is in two splits."""
        splits = (self.train, self.valid, self.test)
        shared = sum(len(split.ids) for split in splits) - len(
            {name for split in splits for name in split.ids})
        if shared:
            raise ValueError(f'{shared} samples are in two splits; figures would be flattering')

    @property
    def dims(self) -> dict[str, int]:
        """Length of a feature vector of each modality."""
        return {name: rows.dim for name, rows in self.train.sequences.items()}


class Batch(NamedTuple):
    """B samples: for each modality frames (B, T, D) and which exist (B, T); labels; numbers."""

    features: list[Tensor]
    there: list[Tensor]
    truth: Tensor
    samples: Tensor


class _Samples(Dataset[Batch]):
    def __init__(self, split: Split) -> None:
        self._split = split

    def __getitem__(self, indices: list[int]) -> Batch:
        pairs = [rows.padded(indices) for rows in self._split.sequences.values()]
        return Batch([frames for frames, _ in pairs], [there for _, there in pairs],
                     torch.from_numpy(self._split.truth[indices]), torch.tensor(indices))


class _Order(Sampler[list[int]]):
    """Every index once an epoch, in batches; an epoch's order depends on its number alone."""

    def __init__(self, count: int, *, batch: int, seed: int | None) -> None:
        self._count, self._batch, self._seed, self._epoch = count, batch, seed, 0

    def set_epoch(self, epoch: int) -> None:
        """Take the number of the coming epoch; Lightning calls this."""
        self._epoch = epoch

    def __iter__(self) -> Iterator[list[int]]:
        order = torch.arange(self._count) if self._seed is None else torch.randperm(
            self._count, generator=torch.Generator().manual_seed(1000 * self._seed + self._epoch))
        return iter([rows.tolist() for rows in order.split(self._batch)])

    def __len__(self) -> int:
        return -(-self._count // self._batch)


def batches(split: Split, *, batch: int, seed: int | None = None) -> DataLoader[Batch]:
    """Return batches of a split, shuffled anew each epoch if there is a seed."""
    order = _Order(len(split.ids), batch=batch, seed=seed)
    return DataLoader(_Samples(split), sampler=order, batch_size=None)
