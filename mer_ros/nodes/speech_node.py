"""The speech node: sound in, speech/logits out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rclpy.qos import HistoryPolicy, QoSProfile, ReliabilityPolicy

from mer_ros.data import Logits
from mer_ros.engines.speech import SpeechEngine
from mer_ros.models import load_model, MODELS
from mer_ros.msg import AudioChunk
from mer_ros.nodes.conversions import audio_from
from mer_ros.nodes.parameters import Parameter
from mer_ros.nodes.perception import PerceptionNode
from mer_ros.nodes.run import run
from mer_ros.perception.sound import PcmDecoder

AUDIO_QOS = QoSProfile(
    history=HistoryPolicy.KEEP_LAST, depth=50, reliability=ReliabilityPolicy.BEST_EFFORT)
"""Best effort, so that it hears every microphone driver; deep, because no block may be skipped."""

PARAMETERS = (
    Parameter(name='model', default='lite', choices=MODELS['speech'].names(),
              description='speech emotion model'),
    Parameter(name='mode', default='both', choices=('utterance', 'window', 'both'),
              description='judge whole utterances, sliding windows while somebody speaks, or both'),
    Parameter(name='window_length', default=3.0, range=(0.5, 30.0),
              description='length of a sliding window in seconds'),
    Parameter(name='hop', default=1.0, range=(0.1, 10.0),
              description='time between two sliding windows in seconds'),
)


class SpeechNode(PerceptionNode):
    """Decodes audio blocks and hands them to the speech engine in order."""

    modality = 'speech'
    capacity = 500
    remarks = {
        'gap': 'sound is missing between two blocks; the utterance ends there',
        'backward': 'sound stamps went back in time; the stream starts afresh',
    }

    def __init__(self, **options: Any) -> None:
        self._subscription: Any = None
        self._decoder = PcmDecoder()
        super().__init__('speech_node', PARAMETERS, **options)

    def make_engine(self, values: Mapping[str, Any]) -> SpeechEngine:
        """Load the model and the voice activity detector."""
        return SpeechEngine(
            load_model('speech', values['model']), mode=values['mode'],
            window_length=values['window_length'], hop=values['hop'])

    def listen(self, values: Mapping[str, Any]) -> None:
        """Subscribe to the sound."""
        self._decoder = PcmDecoder()
        self._subscription = self.subscribe(AudioChunk, 'audio', self.submit, AUDIO_QOS)

    def unlisten(self) -> None:
        """Unsubscribe."""
        self.destroy_subscription(self._subscription)

    def perceive(self, item: Any) -> Sequence[Logits]:
        """Decode one block and listen to it."""
        block = audio_from(item, self._decoder)
        self.note_age(block.end)
        return self.engine.process(block)


def main(args: list[str] | None = None) -> int:
    """Run the speech node."""
    return run([SpeechNode], args)
