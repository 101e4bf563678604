"""What the engines say about a recorded stream, kept to be fused in many ways."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

from mer_ros.data import AudioBlock, Emotion, Observation, VoiceHeard, Words
from mer_ros.engines.fused_stream import FusedStream
from mer_ros.engines.fusion import FusionEngine
from mer_ros.engines.fusion_settings import FusionSettings
from mer_ros.engines.pipeline import Input, MODALITIES
from mer_ros.remarks import Remarks
from mer_ros.spilled import Spilled
from mer_ros.window import WindowSettings


class Perceiver(Protocol):
    """What a `Pipeline` is to an evaluation."""

    def perceive(self, item: Input) -> list[Observation]:
        """Return the evidence that one input completes."""

    def flush(self) -> list[Observation]:
        """Return the evidence that was still open at the end of a stream."""

    def reset(self) -> None:
        """Forget the stream, so that another one can follow."""

    def tell(self, remarks: Remarks) -> None:
        """Add what the engines counted to the remarks on a recording."""


@dataclass(frozen=True, slots=True)
class Step:
    """The evidence that one input of a modality completed at a time, mostly none."""

    modality: str
    time: int
    evidence: Sequence[Observation]


@dataclass(frozen=True, slots=True)
class Perceived:
    """The steps of a stream, and the evidence that was open at its end."""

    steps: Sequence[Step]
    rest: Sequence[Observation]

    def states(self, names: Collection[str], settings: FusionSettings,
               remarks: Remarks | None = None, window: WindowSettings | None = None
               ) -> Spilled[Emotion]:
        """Return the states that a robot with the sensors of these modalities alone publishes.

        They are read from a file each time.  ``remarks`` get what was out of the ordinary in the
        fusion.  ``window`` is how evidence is gathered; without its voice there are no utterances,
        and the default takes its place.
        """
        if window is not None and window.trigger == 'utterance' and window.voice not in names:
            window = None
        stream = FusedStream(FusionEngine(modalities=MODALITIES, fusion=settings, window=window))
        states = Spilled(state for step in self.steps if step.modality in names
                         for state in stream.add(step.evidence, step.time))
        states.extend(stream.end([one for one in self.rest if _source(one) in names]))
        if remarks is not None:
            stream.tell(remarks)
        return states


def _source(item: Observation) -> str:
    return 'speech' if isinstance(item, VoiceHeard) else item.modality


def modality_of(item: Input) -> str:
    """Return the modality that an input is of."""
    if isinstance(item, Words):
        return 'text'
    return 'speech' if isinstance(item, AudioBlock) else 'face'
