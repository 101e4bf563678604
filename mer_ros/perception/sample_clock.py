"""The event time of a stream of samples whose blocks carry inexact stamps."""

from dataclasses import dataclass

from mer_ros.data import AudioBlock, NANOSECONDS
from mer_ros.perception.stamp_offset import LeastOffset, MeanOffset, StampOffset

LONGEST_FILL = NANOSECONDS * 3 // 10
"""More lost sound than this ends the stream; less is replaced by silence, in nanoseconds."""

_EXACT = 1000
"""Stamps this close to the sample count are exact: they differ by the rounding of either."""


@dataclass(frozen=True, slots=True)
class Step:
    """How a block continues the stream.

    ``kind`` is ``next``, ``lost`` (``missing`` samples were lost before the block), ``gap`` (the
    same, but too many to go on) or ``backward`` (time was set back).
    """

    kind: str
    missing: int = 0


class SampleClock:
    """Counts samples, and says when each was heard.

    The samples of a stream follow each other without a seam, however the stamps of their blocks
    tremble.  So time is the sample count plus an offset, which `MeanOffset` learns from the
    stamps of drivers and `LeastOffset` from times of arrival.  ``position`` is the duration of
    the stream so far, lost sound included, in nanoseconds.
    """

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget the stream; the next block starts another."""
        self._offset: StampOffset | None = None
        self._begin = 0
        self._arrived = False
        self._rate = 0
        self._counted = 0
        self._base = 0

    @property
    def position(self) -> int:
        """The duration of the stream so far, in nanoseconds."""
        return self._base + (self._counted * NANOSECONDS // self._rate if self._rate else 0)

    def step(self, block: AudioBlock) -> Step:
        """Tell how a block continues the stream; this changes nothing."""
        if self._offset is None:
            return Step('next')
        if block.arrived != self._arrived:
            return Step('gap')
        lag = self._lag(block)
        if lag < self._offset.value - self._offset.backward:
            return Step('backward')
        missing = self._offset.missing(lag)
        kind = 'gap' if missing > LONGEST_FILL else 'lost' if missing else 'next'
        return Step(kind, round(missing * block.sample_rate / NANOSECONDS))

    def take(self, block: AudioBlock, missing: int = 0) -> int:
        """Take the next block; return the position of the first of its samples.

        ``missing`` samples were lost before it.
        """
        if self._offset is None:
            self._begin, self._arrived = block.stamp, block.arrived
            self._offset = LeastOffset(0.0) if block.arrived else MeanOffset(0.0)
        if block.sample_rate != self._rate:
            self._base, self._counted, self._rate = self.position, 0, block.sample_rate
        lag = self._lag(block)
        self._counted += missing
        position = self.position
        self._counted += len(block.samples)
        self._offset.take(lag, self.position - position, missing * NANOSECONDS / self._rate)
        return position

    def time_of(self, position: int) -> int:
        """Return the time of a position in the stream, in nanoseconds; 0 before any block."""
        return self._begin + position + (0 if self._offset is None else round(self._offset.value))

    def _lag(self, block: AudioBlock) -> float:
        assert self._offset is not None, 'only a stream that has begun can lag'
        lag = block.stamp - self._begin - self.position
        return self._offset.value if abs(lag - self._offset.value) < _EXACT else lag
