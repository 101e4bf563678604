"""Words count where a voice was heard with them."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import deque
from collections.abc import Mapping
from dataclasses import replace
from operator import attrgetter

from mer_ros.data import BadInput, Logits, NANOSECONDS, NO_VOICE, VoiceHeard

LEAST_VOICE = NANOSECONDS // 10
"""So much voice is one: a short word has more of it, a click less; in nanoseconds."""

HOLE = NANOSECONDS * 3 // 10
"""So much of the time may be missing from the reports, in nanoseconds."""

PATIENCE = NANOSECONDS
"""How long words wait for the report on their own moment, in nanoseconds of the clock."""

KEPT = 1024
"""Reports that are remembered, the last that arrived: some minutes."""

LONGEST_REPORT = 10 * NANOSECONDS
"""A report on more sound than this says too little about when."""

MAX_FUTURE = NANOSECONDS // 2

_stamp = attrgetter('stamp')


class VoiceGate:
    """Marks words that came while the microphone heard no voice, with the doubt NO_VOICE.

    Words count if there were LEAST_VOICE of voice between ``within`` before they began and their
    stamp.  They do not if the microphone was listened to in all this time and there was not; where
    it was not listened to, nothing is known, and they count.  This follows from event time.  Words
    that came before the report on their moment wait for it, at most PATIENCE, and only while
    reports come.

    Args:
        within: seconds by modality; modalities that it leaves out, or at 0, need no voice.
        max_future: how far ahead of the clock a report may be stamped, in nanoseconds.
    """

    def __init__(self, within: Mapping[str, float], *, max_future: int = MAX_FUTURE) -> None:
        self._max_future = max_future
        self._waiting: list[tuple[Logits, int | None]] = []
        self._reports: list[VoiceHeard] = []  # in the order of their stamps
        self._arrived: deque[VoiceHeard] = deque()
        self.configure(within)

    def configure(self, within: Mapping[str, float]) -> None:
        """Ask for a voice within other durations from the next words on."""
        self._within = {name: round(seconds * NANOSECONDS) for name, seconds in within.items()}

    def reset(self) -> None:
        """Forget all reports, and the words that wait."""
        self._waiting.clear()
        self._reports.clear()
        self._arrived.clear()

    def note(self, report: VoiceHeard, now: int | None = None) -> list[Logits]:
        """Take in what the microphone heard; return the words that waited for it.

        Raises:
            BadInput: ``future``, the stamp is too far ahead of the clock; ``duration``, the
                report covers no time or too much, or more voice than time.  Nothing has changed.
        """
        if now and report.stamp > now + self._max_future:
            raise BadInput('future', (
                f'a report on the voice is stamped {(report.stamp - now) / NANOSECONDS:.3f} s '
                f'ahead of the clock; allowed are {self._max_future / NANOSECONDS:g} s: '
                f'synchronise the clocks, check use_sim_time'))
        if not 0 <= report.voiced <= report.window or not 0 < report.window <= LONGEST_REPORT:
            raise BadInput('duration', (
                f'a report on the voice has {report.voiced} ns of voice in {report.window} ns; '
                f'needed is 0 <= voiced <= window, and 0 < window <= '
                f'{LONGEST_REPORT // NANOSECONDS} s'))
        insort(self._reports, report, key=_stamp)
        self._arrived.append(report)
        # The bound goes by arrival: stamps from before a jump of the clock must not stay for good.
        if len(self._arrived) > KEPT:
            self._reports.remove(self._arrived.popleft())
        return self._release(None)

    def add(self, item: Logits, now: int | None) -> list[Logits]:
        """Take evidence in; return what is ready: it, what must not wait behind it, or nothing."""
        within = self._within.get(item.modality, 0)
        if not within or not self._reports:
            return [item]
        if self._reports[-1].stamp < item.stamp - item.window - within:
            return [item]  # the microphone fell silent long before
        self._waiting.append((item, now + PATIENCE if now else None))
        return self._release(now)

    def due(self, now: int | None) -> list[Logits]:
        """Return the words that have waited long enough at this time of the clock."""
        if not self._waiting or not now:
            return []
        self._waiting = [(item, now + PATIENCE if until is None else until)
                         for item, until in self._waiting]
        return self._release(now)

    @property
    def deadline(self) -> int | None:
        """The time of the clock at which words that wait are due, or None."""
        return min((until for _, until in self._waiting if until is not None), default=None)

    def _release(self, now: int | None) -> list[Logits]:
        ready, waiting = [], []
        for item, until in self._waiting:
            marked = self._judged(item)
            if marked is not None:
                ready.append(marked)
            elif now and until is not None and now >= until:
                ready.append(item)
            else:
                waiting.append((item, until))
        self._waiting = waiting
        return ready

    def _judged(self, item: Logits) -> Logits | None:
        """Return words as they count; None while the report on their moment may still come."""
        start = item.stamp - item.window - self._within.get(item.modality, 0)
        first = bisect_left(self._reports, start, key=_stamp)
        heard = voiced = 0
        for report in self._reports[first:]:
            begin = report.stamp - report.window
            if begin < item.stamp:
                heard += min(report.stamp, item.stamp) - max(begin, start)
                voiced += report.voiced
        if voiced >= LEAST_VOICE:
            return item
        if self._reports[-1].stamp < item.stamp:
            return None
        if heard < item.stamp - start - HOLE:
            return item
        return replace(item, quality=0.0, doubts=(*item.doubts, NO_VOICE)[-8:])
