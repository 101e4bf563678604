"""The last seconds of sound, and which parts of them are missing or must not be judged."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mer_ros.data import NANOSECONDS, nanoseconds
from mer_ros.research.avnet.av_segments import sound_around
from mer_ros.research.avnet.avnet_sizes import AUDIO_S

HALF = nanoseconds(AUDIO_S) // 2
"""How long before and after its image a segment's sound reaches, in nanoseconds."""

KEPT = 5 * NANOSECONDS
"""How much sound is remembered, in nanoseconds."""


@dataclass(frozen=True, slots=True)
class Heard:
    """The sound around a moment: ``waveform`` float32 (n,), zeros where nothing was heard.

    ``share`` in [0, 1] of it was heard, between ``start`` and ``end`` in nanoseconds; ``muted``
    tells whether some of it must not be judged.
    """

    waveform: NDArray[np.float32]
    start: int
    end: int
    share: float
    muted: bool


class SoundMemory:
    """Remembers the last KEPT nanoseconds of one stream of mono sound of ``sample_rate`` Hz.

    Samples follow each other without a seam, however the stamps of their blocks tremble; what
    was lost or muted is zeros.  ``end`` is the time up to which the stream is known, 0 before.
    """

    def __init__(self, sample_rate: int) -> None:
        self._rate = sample_rate
        self.reset()

    def reset(self) -> None:
        """Forget the stream."""
        self.end = 0
        self._samples = np.empty(0, dtype=np.float32)
        self._lost: list[tuple[int, int]] = []
        self._muted: list[tuple[int, int]] = []

    def add(self, stamp: int, samples: NDArray[np.float32]) -> None:
        """Take the next samples (n,), whose first was heard at this time."""
        end = stamp + len(samples) * NANOSECONDS // self._rate
        self._append(samples, max(self.end, end))

    def skip(self, until: int) -> None:
        """Take in that the sound up to this time is lost."""
        lost = until - self.end
        if self.end == 0 or lost > KEPT:
            self.reset()
            self.end = until
        elif lost > 0:
            self._lost.append((self.end, until))
            self._append(np.zeros(lost * self._rate // NANOSECONDS, dtype=np.float32), until)

    def mute(self, start: int, end: int) -> None:
        """Take in that the sound of this time, which begins where the stream ends, is not used."""
        self.skip(start)
        self.skip(end)
        self._muted.append((start, end))

    def around(self, stamp: int) -> Heard | None:
        """Return the AUDIO_S seconds around a time, or None where none of them is known."""
        start, end = stamp - HALF, stamp + HALF
        begin = self._begin
        known = max(start, begin), min(end, self.end)
        heard = known[1] - known[0] - sum(_overlap(known, lost) for lost in self._lost)
        muted = any(_overlap((start, end), one) > 0 for one in self._muted)
        if heard <= 0 and not muted:
            return None
        waveform = sound_around(self._samples, self._rate, (stamp - begin) / NANOSECONDS)
        return Heard(waveform, *known, max(0, heard) / (end - start), muted)

    @property
    def _begin(self) -> int:
        return self.end - len(self._samples) * NANOSECONDS // self._rate

    def _append(self, samples: NDArray[np.float32], end: int) -> None:
        kept = KEPT * self._rate // NANOSECONDS
        self._samples = np.concatenate([self._samples, samples])[-kept:]
        self.end = end
        for spans in (self._lost, self._muted):
            spans[:] = [span for span in spans if span[1] > end - KEPT]


def _overlap(one: tuple[int, int], other: tuple[int, int]) -> int:
    return max(0, min(one[1], other[1]) - max(one[0], other[0]))
