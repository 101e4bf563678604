"""The speech node: sound in, speech/logits out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from std_srvs.srv import Trigger

from mer_ros.data import Logits
from mer_ros.engines.remarks import SPEECH
from mer_ros.engines.speech import SpeechEngine
from mer_ros.messages.conversions import speaker_from, to_ros
from mer_ros.msg import ActiveSpeaker, VoiceActivity
from mer_ros.nodes.base.collector_parameters import collects
from mer_ros.nodes.base.hearing import Hearing
from mer_ros.nodes.base.meter import Reading
from mer_ros.nodes.base.perception_node import PerceptionNode
from mer_ros.nodes.base.qos import LOGITS_DEPTH
from mer_ros.nodes.base.run import run
from mer_ros.nodes.base.site import Purpose
from mer_ros.nodes.speech_parameters import PARAMETERS, speech_engine, speech_model


class SpeechNode(PerceptionNode):
    """Decodes audio blocks and hands them to the speech engine in order."""

    modality = 'speech'
    purpose = Purpose(
        'listens to voices and estimates the emotion in how they sound, not in what '
        'they say',
        'the utterance that is being spoken, and how each person usually sounds', ('speech',))
    capacity = 500
    remarks = SPEECH

    def __init__(self, **options: Any) -> None:
        self._hearing = Hearing(self)
        self._voice: Any = None
        super().__init__('speech_node', PARAMETERS, **options)
        self._reset_adaptation = self.create_service(
            Trigger, '~/reset_adaptation', self._on_reset_adaptation)

    def make_engine(self, values: Mapping[str, Any]) -> SpeechEngine:
        """Load the model and the voice activity detector."""
        self._hearing.check(values)
        return speech_engine(
            self.use('model', speech_model(values)), values, people=values['people'],
            with_features=values['publish_features'], with_media=collects(values))

    def build(self, values: Mapping[str, Any]) -> None:
        """Make also the publisher of when there is a voice."""
        super().build(values)
        self._voice = self.advertise(VoiceActivity, 'speech/voice_activity', LOGITS_DEPTH)

    def free(self) -> None:
        """Drop the model and the publisher."""
        super().free()
        self._voice = None

    def listen(self, values: Mapping[str, Any]) -> None:
        """Subscribe to the sound, to whether the robot speaks and, of many, to who does."""
        if values['people'] == 'many':
            self.subscribe(ActiveSpeaker, 'active_speaker', self.submit, LOGITS_DEPTH)
        self._hearing.open(values)

    def stop(self) -> None:
        """Unsubscribe."""
        self._hearing.close()

    def forget(self) -> None:
        """Drop what waits, what the engine holds, and half a sample."""
        super().forget()
        self._hearing.forget()

    def perceive(self, item: Any) -> Sequence[Logits]:
        """Decode one block and listen to it; the robot's own voice ends the utterance."""
        if isinstance(item, ActiveSpeaker):
            self.engine.note_speaker(speaker_from(item), self.now)
            return ()
        found: Sequence[Logits] = self.engine.process(self._hearing.read(item))
        for report in self.engine.take_heard():
            self.deliver(self._voice.publish, to_ros(report))
        return found

    def describe(self, reading: Reading) -> dict[str, object]:
        """Return also how many people it has adapted to."""
        return {**super().describe(reading),
                'people adapted to': 0 if self.engine is None else len(self.engine.people)}

    def warnings(self, reading: Reading) -> list[str]:
        """Warn while the robot is said to speak for too long."""
        return super().warnings(reading) + self._hearing.warnings()

    def _on_reset_adaptation(self, request: Trigger.Request, response: Trigger.Response) -> Any:
        response.success = self.engine is not None
        if not response.success:
            response.message = 'not configured: nobody is known'
            return response
        self.control(self.engine.reset_adaptation)
        response.message = 'how people sound is forgotten'
        return response


def main(args: list[str] | None = None) -> int:
    """Run the speech node."""
    return run([SpeechNode], args)
