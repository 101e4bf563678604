"""The whole graph without ROS: images, sound and words in, perceived emotions out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from mer_ros.data import (
    AudioBlock,
    CameraImage,
    Emotion,
    Observation,
    Speaker,
    UndecodedImage,
    Words,
)
from mer_ros.engines.face import FaceEngine
from mer_ros.engines.fused_stream import FusedStream
from mer_ros.engines.fusion import FusionEngine
from mer_ros.engines.fusion_settings import FusionSettings
from mer_ros.engines.pipeline_parts import Parts, Settings
from mer_ros.engines.profile_fusion import fusion_of, window_of
from mer_ros.engines.remarks import FACE, SPEECH, TEXT, USUAL
from mer_ros.engines.speaker_adaptation import adaptation_for
from mer_ros.engines.speech import SpeechEngine
from mer_ros.engines.text import TextEngine
from mer_ros.remarks import Remarks
from mer_ros.window import WindowSettings

MODALITIES = ('face', 'speech', 'text')
"""The modalities that the package perceives itself."""

Input = CameraImage | UndecodedImage | AudioBlock | Words


def time_of(item: Input) -> int:
    """Return the time at which an input is complete, in nanoseconds."""
    return item.end if isinstance(item, AudioBlock) else item.stamp


class Pipeline:
    """Drives the engines that the nodes drive, in event time and one thread.

    With the trigger 'utterance' a recording without any sound has no utterances: until the first
    sound the default trigger takes its place.

    Args:
        profile: name of the profile, or of a model that there is for every modality.
        fusion: how to fuse; as the fusion node does with this profile by default.
        people: 'one' or 'many', see `FaceEngine`.
        window: how to gather evidence; as the fusion node does by default.
        settings: parameters that differ from the profile's, see `parse_settings`.
        words: whether words will come.  Otherwise their model is loaded with the first that come
            all the same, unless ``settings`` are about it: what is wrong with them is told at once.

    """

    def __init__(self, *, profile: str = 'lite', fusion: FusionSettings | None = None,
                 people: str = 'one', window: WindowSettings | None = None,
                 settings: Settings | None = None, words: bool = True) -> None:
        parts = Parts(profile, settings or {})
        scorer = parts.selector()
        self._stand_in = parts.stand_in
        self._face = FaceEngine(parts.model('face'), parts.detector(), scorer=scorer,
                                people=people, **parts.engine['face'])
        voices = parts.model('speech')
        self._speech = SpeechEngine(voices, adaptation=adaptation_for(voices), people=people,
                                    **parts.engine['speech'])
        self._parts = parts
        self._text = self._text_engine() if words or (settings or {}).get('text') else None
        window, fusion = window or window_of(profile), fusion or fusion_of(profile)
        self._stream = FusedStream(FusionEngine(
            modalities=MODALITIES, window=window, fusion=fusion))
        self._soundless = None if window.trigger != 'utterance' else FusedStream(FusionEngine(
            modalities=MODALITIES, window=replace(window, trigger=WindowSettings().trigger),
            fusion=fusion))
        self._is_silent = True

    def run(self, inputs: Iterable[Input]) -> Iterator[Emotion]:
        """Perceive a stream of inputs in the order of their stamps, to its end.

        Raises BadInput for an input that cannot be used.
        """
        for item in inputs:
            yield from self.feed(item)
        yield from self.finish()

    def feed(self, item: Input) -> list[Emotion]:
        """Perceive one input and return the states that are ready."""
        return self.fuse(item, *self._perceived(item))

    def fuse(self, item: Input, evidence: list[Observation], speaker: Speaker | None
             ) -> list[Emotion]:
        """Fuse what one input gave; return the states that are ready."""
        self._is_silent &= not isinstance(item, AudioBlock)
        states = []
        for stream in self._streams():
            if speaker is not None:
                stream.note_speaker(speaker)
            states += stream.add(evidence, time_of(item))
        return states

    def finish(self) -> list[Emotion]:
        """End the stream and return what was still open."""
        rest = self.flush()
        return [state for stream in self._streams() for state in stream.end(rest)]

    def _streams(self) -> list[FusedStream]:
        """Return the streams that evidence goes to; only one of them makes states of it."""
        return [self._stream, *([self._soundless] if self._soundless and self._is_silent else [])]

    def perceive(self, item: Input) -> list[Observation]:
        """Return the evidence that one input completes, without fusing it.

        Raises BadInput for an input that cannot be used.
        """
        return self._perceived(item)[0]

    def _perceived(self, item: Input) -> tuple[list[Observation], Speaker | None]:
        if isinstance(item, (AudioBlock, Words)):
            return self.listen(item), None
        if not self.takes(item):
            return [], None
        evidence, speaker = self.look(item)
        self.note_speaker(speaker)
        return evidence, speaker

    def takes(self, image: CameraImage | UndecodedImage) -> bool:
        """Count an image; return whether to look at it.  May run beside ``look``."""
        return self._face.takes(image.stamp)

    def look(self, image: CameraImage | UndecodedImage) -> tuple[list[Observation], Speaker]:
        """Return the evidence that an image completes, and whom it shows to be talked with."""
        decoded = image if isinstance(image, CameraImage) else image.decode()
        evidence: list[Observation] = [*self._face.process(decoded)]
        return evidence, Speaker(decoded.stamp, self._face.foremost, decoded.frame_id)

    def listen(self, item: AudioBlock | Words) -> list[Observation]:
        """Return the evidence that sound or words complete, and when there was a voice."""
        if isinstance(item, AudioBlock):
            logits = self._speech.process(item)
            return [*self._speech.take_heard(), *logits]
        if self._text is None:
            self._text = self._text_engine()
        return [*self._text.process(item)]

    def _text_engine(self) -> TextEngine:
        return TextEngine(self._parts.model('text'), **self._parts.engine['text'])

    def note_speaker(self, speaker: Speaker) -> None:
        """Take in whose voice is heard."""
        self._speech.note_speaker(speaker)

    def flush(self) -> list[Observation]:
        """Return the evidence that was still open at the end of a stream, without fusing it."""
        rest = self._face.flush() + self._speech.flush()
        return [*self._speech.take_heard(), *sorted(rest, key=lambda logits: logits.stamp)]

    def tell(self, remarks: Remarks) -> None:
        """Add what the engines counted since construction to the remarks on a recording."""
        remarks.update(self._face.counts, {**FACE, 'no_face': self._face.finds})
        remarks.update(self._speech.counts, SPEECH)
        if self._text is not None:
            remarks.update(self._text.counts, {**USUAL, **TEXT})
        self._stream.tell(remarks)
        if self._stand_in:
            remarks.count('selector', self._stand_in)

    def reset(self) -> None:
        """Forget the stream, so that another one can follow; the models stay loaded."""
        self._face.reset()
        self._speech.reset()
        if self._text is not None:
            self._text.reset()
        self._is_silent = True
        for stream in filter(None, (self._stream, self._soundless)):
            stream.reset()
