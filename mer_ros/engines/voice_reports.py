"""Saying, as a stream of sound goes by, when a voice was in it."""

from mer_ros.data import NANOSECONDS, VoiceHeard

PERIOD = NANOSECONDS // 4
"""A report covers at least so much sound, in nanoseconds; the end of a stream may be shorter."""


class VoiceReports:
    """Adds up pieces of sound to reports that follow from the stream alone.

    Take them with `take`; the last `KEPT` that nobody took are kept.
    """

    KEPT = 1000

    def __init__(self) -> None:
        self._ready: list[VoiceHeard] = []
        self.reset()

    def reset(self) -> None:
        """Forget the sound that no report covers yet, and all reports."""
        self._ready.clear()
        self._forget_open()

    def hear(self, end: int, duration: int, *, voice: bool, frame_id: str) -> None:
        """Take in a piece of sound of this duration that ended at this time, in nanoseconds."""
        self._end, self._frame_id = end, frame_id
        self._heard += duration
        self._voiced += duration if voice else 0
        if self._heard >= PERIOD:
            self.close()

    def close(self) -> None:
        """Report what no report covers yet: the stream goes on elsewhere, or not at all."""
        if self._heard:
            self._ready.append(VoiceHeard(
                stamp=self._end, window=self._heard, voiced=self._voiced,
                frame_id=self._frame_id))
            del self._ready[:-self.KEPT]
        self._forget_open()

    def take(self) -> list[VoiceHeard]:
        """Return the reports since the last call."""
        ready, self._ready = self._ready, []
        return ready

    def _forget_open(self) -> None:
        self._end, self._heard, self._voiced, self._frame_id = 0, 0, 0, ''
