"""Fusing the evidence of a recorded stream in event time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from mer_ros.data import Emotion, Observation, Speaker, VoiceHeard
from mer_ros.engines.fusion import FusionEngine
from mer_ros.engines.remarks import FUSION, USUAL
from mer_ros.remarks import Remarks


class FusedStream:
    """Drives a fusion engine by the times of the inputs instead of a clock."""

    def __init__(self, engine: FusionEngine) -> None:
        self._engine = engine
        self._now = 0

    def add(self, evidence: Sequence[Observation], time: int) -> list[Emotion]:
        """Take what an input gave that was complete at ``time``; return the states ready by now."""
        self._now = max(self._now, time)
        return self._add(evidence) + self._engine.advance(self._now)

    def note_speaker(self, speaker: Speaker) -> None:
        """Take in whom the robot was talking with."""
        self._engine.note_speaker(speaker)

    def end(self, evidence: Sequence[Observation]) -> list[Emotion]:
        """Take what was still open at the end of the stream; return the last states.

        All windows that are still open are fused.  What would expire after the end of the stream
        is not told of: nobody knows what followed.
        """
        states = self._add(evidence)
        while (deadline := self._engine.next_deadline()) is not None:
            states += [state for state in self._engine.advance(max(deadline, self._now))
                       if state.modalities or state.stamp <= self._now]
        return states

    def tell(self, remarks: Remarks) -> None:
        """Add what was out of the ordinary in the fusion to the remarks on a recording."""
        remarks.update(self._engine.counts, {**USUAL, **FUSION})

    def reset(self) -> None:
        """Forget the stream."""
        self._engine.reset()
        self._now = 0

    def _add(self, evidence: Sequence[Observation]) -> list[Emotion]:
        return [state for item in evidence for state in self._taken(item)]

    def _taken(self, item: Observation) -> list[Emotion]:
        if isinstance(item, VoiceHeard):
            return self._engine.note_voice(item, self._now)
        # On its way to the fusion node a message rounds the quality to float32.
        return self._engine.add(
            replace(item, quality=float(np.float32(item.quality))), self._now)
