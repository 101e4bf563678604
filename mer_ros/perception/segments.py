"""Cutting a stream of judged frames into utterances and into sliding windows."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
import math

import numpy as np
from numpy.typing import NDArray

from mer_ros.data import NANOSECONDS, nanoseconds, SAMPLE_RATE
from mer_ros.perception.voice import FRAME


@dataclass(frozen=True, slots=True)
class Frame:
    """A frame of sound: time of its first sample, probability of speech, float32 samples (n,)."""

    stamp: int
    probability: float
    samples: NDArray[np.float32]

    @property
    def end(self) -> int:
        """Time just after the last sample, in nanoseconds."""
        return self.stamp + len(self.samples) * NANOSECONDS // SAMPLE_RATE


@dataclass(frozen=True, slots=True)
class Utterance:
    """A stretch of speech.

    ``start`` and ``end`` bound the speech itself; ``waveform`` (float32, 16 kHz mono) may hold
    some padding on either side; ``voiced`` in [0, 1] is the share of frames in which someone spoke.
    """

    start: int
    end: int
    waveform: NDArray[np.float32]
    voiced: float


def _utterance(start: int, end: int, frames: Sequence[Frame], keep: float) -> Utterance:
    spoken = [frame.probability >= keep for frame in frames
              if frame.end > start and frame.stamp < end]
    waveform = np.concatenate([frame.samples for frame in frames])
    return Utterance(start, end, waveform, sum(spoken) / len(spoken))


class Segmenter:
    """Finds utterances, with hysteresis: speech starts at one threshold and ends at a lower one.

    Durations are in seconds.  Speech starts with a frame of probability >= ``threshold`` and ends
    when no frame reached ``threshold - hysteresis`` for ``min_silence``.  Speech shorter than
    ``min_speech`` is dropped as noise.  An utterance keeps ``padding`` on either side in its
    waveform, and is cut at ``max_utterance``; what follows is the next utterance (dropped like
    noise where it is shorter than ``min_speech``).  The scheme is that of Silero's VADIterator.
    """

    def __init__(
        self, *, threshold: float = 0.5, hysteresis: float = 0.15, min_speech: float = 0.25,
        min_silence: float = 0.4, padding: float = 0.1, max_utterance: float = 10.0,
    ) -> None:
        if not 0.0 < threshold - hysteresis <= threshold <= 1.0:
            raise ValueError(
                f'threshold {threshold} and hysteresis {hysteresis} cannot be used; needed is '
                f'0 < threshold - hysteresis <= threshold <= 1')
        if not 0.0 <= padding <= min_silence or not 0.0 <= min_speech < max_utterance:
            raise ValueError(
                f'padding {padding}, min_silence {min_silence}, min_speech {min_speech} and '
                f'max_utterance {max_utterance} s cannot be used; needed is 0 <= padding <= '
                f'min_silence and 0 <= min_speech < max_utterance')
        self.keep = threshold - hysteresis
        self._threshold = threshold
        self._min_speech = nanoseconds(min_speech)
        self._min_silence = nanoseconds(min_silence)
        self._padding = nanoseconds(padding)
        self._max_utterance = nanoseconds(max_utterance)
        self._before: deque[Frame] = deque(maxlen=math.ceil(padding * SAMPLE_RATE / FRAME))
        self.reset()

    def reset(self) -> None:
        """Forget the stream."""
        self._before.clear()
        self._frames: list[Frame] = []
        self._start = 0
        self._end = 0
        self._speaking = False

    @property
    def speaking(self) -> bool:
        """Whether an utterance is open."""
        return self._speaking

    def push(self, frame: Frame) -> Utterance | None:
        """Take the next frame; return the utterance that it completes, if any."""
        if not self._speaking:
            if frame.probability < self._threshold:
                self._before.append(frame)
            else:
                self._speaking = True
                self._frames = [*self._before, frame]
                self._start, self._end = frame.stamp, frame.end
            return None
        self._frames.append(frame)
        if frame.probability >= self.keep:
            self._end = frame.end
        if frame.end - self._end >= self._min_silence:
            return self.flush()
        if frame.end - self._start >= self._max_utterance:
            utterance = self._cut()
            self._frames = []
            self._start = self._end = frame.end
            return utterance
        return None

    def flush(self) -> Utterance | None:
        """End the open utterance here; return it, or None where there is none."""
        if not self._speaking:
            return None
        utterance = self._cut()
        after = [frame for frame in self._frames if frame.stamp >= self._end]
        self.reset()
        self._before.extend(after)
        return utterance

    def _cut(self) -> Utterance | None:
        if self._end - self._start < max(self._min_speech, 1):
            return None
        frames = [frame for frame in self._frames if frame.stamp < self._end + self._padding]
        return _utterance(self._start, self._end, frames, self.keep)


class SlidingWindow:
    """Gives the last ``length`` seconds of speech every ``hop`` seconds while someone speaks."""

    def __init__(self, *, length: float = 3.0, hop: float = 1.0) -> None:
        if not 0.0 < hop <= length:
            raise ValueError(
                f'a window of {length} s every {hop} s cannot be used; needed is 0 < hop <= length')
        self._hop = nanoseconds(hop)
        self._frames: deque[Frame] = deque(maxlen=math.ceil(length * SAMPLE_RATE / FRAME))
        self.reset()

    def reset(self) -> None:
        """Forget the stream."""
        self._frames.clear()
        self._due = 0
        self.given = False

    def push(self, frame: Frame, *, speaking: bool, keep: float) -> Utterance | None:
        """Take the next frame; return the window that is due, if any.

        ``speaking`` tells whether an utterance is open; ``keep`` is the probability from which a
        frame counts as spoken.  ``given`` tells whether the present speech had a window yet.
        """
        if not speaking:
            self.reset()
            return None
        if not self._frames:
            self._due = frame.stamp + self._hop
        self._frames.append(frame)
        if frame.probability < keep or frame.end < self._due:
            return None
        self._due += self._hop * (1 + (frame.end - self._due) // self._hop)
        self.given = True
        return _utterance(self._frames[0].stamp, frame.end, self._frames, keep)
