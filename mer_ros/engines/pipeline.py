"""The whole graph without ROS: images, sound and words in, perceived emotions out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mer_ros.data import AudioBlock, CameraImage, Emotion, Logits, Words
from mer_ros.engines.face import FaceEngine
from mer_ros.engines.fusion import FusionEngine
from mer_ros.engines.fusion_settings import FusionSettings
from mer_ros.engines.speech import SpeechEngine
from mer_ros.engines.text import TextEngine
from mer_ros.models import load_detector, load_model

MODALITIES = ('face', 'speech', 'text')
"""The modalities that the package perceives itself."""

Input = CameraImage | AudioBlock | Words


class Pipeline:
    """Drives the engines that the nodes drive, in event time and one thread.

    Args:
        profile: name of the models, as for `load_model`.
        fusion: how to fuse; the calibrated preset by default.

    """

    def __init__(self, *, profile: str = 'lite', fusion: FusionSettings | None = None) -> None:
        self._face = FaceEngine(load_model('face', profile), load_detector('haar'))
        self._speech = SpeechEngine(load_model('speech', profile))
        self._text = TextEngine(load_model('text', profile))
        self._fusion = FusionEngine(
            modalities=MODALITIES, fusion=fusion)
        self._now = 0

    def run(self, inputs: Iterable[Input]) -> Iterator[Emotion]:
        """Perceive a stream of inputs in the order of their stamps, to its end.

        Raises BadInput for an input that cannot be used.
        """
        for item in inputs:
            yield from self.feed(item)
        yield from self.finish()

    def feed(self, item: Input) -> list[Emotion]:
        """Perceive one input and return the states that are ready."""
        self._now = max(self._now, item.end if isinstance(item, AudioBlock) else item.stamp)
        states = [state for logits in self._perceive(item)
                  for state in self._fusion.add(logits, self._now)]
        return states + self._fusion.advance(self._now)

    def finish(self) -> list[Emotion]:
        """End the stream and return what was still open."""
        rest = self._face.flush() + self._speech.flush()
        states = [state for logits in sorted(rest, key=lambda logits: logits.stamp)
                  for state in self._fusion.add(logits, self._now)]
        deadline = self._fusion.next_deadline()
        return states + (self._fusion.advance(max(deadline, self._now)) if deadline else [])

    def _perceive(self, item: Input) -> list[Logits]:
        if isinstance(item, CameraImage):
            return self._face.process(item) if self._face.takes(item.stamp) else []
        if isinstance(item, AudioBlock):
            return self._speech.process(item)
        return self._text.process(item)
