"""The speech node: sound in, speech/logits out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from std_srvs.srv import Trigger

from mer_ros.data import Logits
from mer_ros.engines.remarks import SPEECH
from mer_ros.engines.speaker_adaptation import adaptation_for
from mer_ros.engines.speech import SpeechEngine
from mer_ros.models import MODELS
from mer_ros.nodes.base.collector_parameters import COLLECT, collects
from mer_ros.nodes.base.hearing import HEARING, Hearing
from mer_ros.nodes.base.meter import Reading
from mer_ros.nodes.base.model_parameters import (
    COMPUTING,
    DEVICE,
    DTYPE,
    Part,
    path_parameter,
    THREADS,
)
from mer_ros.nodes.base.parameters import Parameter
from mer_ros.nodes.base.perception_node import LOSSLESS, PerceptionNode, PUBLISH_FEATURES
from mer_ros.nodes.base.run import run

MODEL_PATH = path_parameter('model_path', 'model')
VARIANT = Parameter(
    name='variant', default='base', choices=('seed', 'base', 'large'),
    description='size of emotion2vec: about 90, 90 or 300 million parameters')

MODEL = Part(
    parameter='model', registry=MODELS['speech'], fallback='lite',
    options={'path': MODEL_PATH, 'variant': VARIANT, 'device': DEVICE, 'dtype': DTYPE,
             'threads': THREADS})

PARAMETERS = (
    Parameter(name='model', default='lite', choices=MODELS['speech'].names(),
              description='speech emotion model'),
    MODEL_PATH,
    VARIANT,
    *COMPUTING,
    *HEARING,
    LOSSLESS,
    PUBLISH_FEATURES,
    *COLLECT,
    Parameter(name='mode', default='both', choices=('utterance', 'window', 'both'),
              description='classify complete utterances, sliding windows during speech, or both'),
    Parameter(name='window_length', default=3.0, range=(0.5, 30.0),
              description='length of a sliding window in seconds'),
    Parameter(name='hop', default=1.0, range=(0.1, 10.0),
              description='hop between sliding windows in seconds'),
    Parameter(name='adaptation', default=True,
              description='adapt the features to the average voice of each person_id; kept in '
                          'memory only'),
    Parameter(name='adaptation_prior', default=8.0, range=(0.5, 1000.0),
              description='weight of the population prior, in utterances; lower values adapt '
                          'faster'),
)


def speech_engine(model: Any, values: Mapping[str, Any], **options: bool) -> SpeechEngine:
    """Return the engine for a model and these parameters, with further options of its own."""
    return SpeechEngine(
        model, mode=values['mode'], window_length=values['window_length'], hop=values['hop'],
        adaptation=adaptation_for(model, prior=values['adaptation_prior'])
        if values['adaptation'] else None, **options)


class SpeechNode(PerceptionNode):
    """Decodes audio blocks and hands them to the speech engine in order."""

    modality = 'speech'
    capacity = 500
    remarks = SPEECH

    def __init__(self, **options: Any) -> None:
        self._hearing = Hearing(self)
        super().__init__('speech_node', PARAMETERS, **options)
        self._reset_adaptation = self.create_service(
            Trigger, '~/reset_adaptation', self._on_reset_adaptation)

    def make_engine(self, values: Mapping[str, Any]) -> SpeechEngine:
        """Load the model and the voice activity detector."""
        self._hearing.check(values)
        return speech_engine(
            self.load(MODEL, values), values, with_features=values['publish_features'],
            with_media=collects(values))

    def listen(self, values: Mapping[str, Any]) -> None:
        """Subscribe to the sound, and to whether the robot speaks."""
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
        block = self._hearing.read(item)
        if self._hearing.is_own(block):
            found: Sequence[Logits] = self.engine.mute(block)
            return found
        return self.engine.process(block)

    def describe(self, reading: Reading) -> dict[str, object]:
        """Return how many people it has adapted to."""
        return {'people adapted to': 0 if self.engine is None else len(self.engine.people)}

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
