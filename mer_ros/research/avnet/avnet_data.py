"""Films as the audio-visual network learns from them: a frame and its sound for each segment."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from mer_ros.research.avnet.av_segments import OFFSET_S, segment_centres, sound_around
from mer_ros.research.avnet.avnet_cache import Film

Batch = tuple[Tensor, Tensor, Tensor]
"""Faces uint8 (B, N, 98, 80), sound int16 (B, N, samples) and classes int64 (B,)."""


class FilmDataset(Dataset[Batch]):
    """Films and the positions of their labels.

    With ``random``, a frame of each segment is drawn, and its sound is centred up to `OFFSET_S`
    off it, anew each time; otherwise it is the frame in the middle of each segment.

    Args:
        films: what `avnet_cache.prepare` made ready.
        labels: the classes.
        segments: N.
        sample_rate: of the films' sound, in Hz.
        random: draw, for learning.
        frames: evenly spaced frames of each segment whose scores are averaged, where not drawn.

    """

    def __init__(self, films: Sequence[Film], labels: Sequence[str], *, segments: int,
                 sample_rate: int, random: bool = False, frames: int = 1) -> None:
        self.films = list(films)
        self._classes = [labels.index(film.label) for film in self.films]
        self._segments, self._rate = segments, sample_rate
        self._random, self._frames = random, 1 if random else frames

    def __len__(self) -> int:
        """Return the number of films."""
        return len(self.films)

    def __getitem__(self, index: int) -> Batch:
        """Return a film's faces (N, 98, 80), sound (N, samples) and class ()."""
        faces, times, sound = self.films[index].open()
        duration = self.films[index].seconds
        middles = np.array(segment_centres(duration, self._segments * self._frames))
        if self._random:
            drawn, offsets = torch.rand(2, len(middles), dtype=torch.float64).numpy()
            wanted = middles + (drawn - 0.5) * duration / self._segments
        else:
            wanted, offsets = middles, np.full(len(middles), 0.5)
        # A frame is seen until the next one comes.
        chosen = np.maximum(np.searchsorted(times, wanted, side='right') - 1, 0)
        heard = times[chosen] + (2 * offsets - 1) * OFFSET_S
        return (torch.from_numpy(np.ascontiguousarray(faces[chosen])),
                torch.from_numpy(np.stack([
                    sound_around(sound, self._rate, second) for second in heard])),
                torch.tensor(self._classes[index]))


def batches(data: Dataset[Batch], *, size: int, shuffle: bool = False, workers: int = 0,
            to_gpu: bool = False) -> DataLoader[Batch]:
    """Return batches of films; ``workers`` processes read ahead."""
    return DataLoader(data, batch_size=size, shuffle=shuffle, num_workers=workers,
                      persistent_workers=workers > 0, pin_memory=to_gpu)
