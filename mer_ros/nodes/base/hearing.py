"""The ears of a perception node: the sound topic, and when the robot talks itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rclpy.qos import HistoryPolicy, QoSProfile, ReliabilityPolicy
from std_msgs.msg import Bool

from mer_ros.data import AudioBlock
from mer_ros.messages.adapters import audio_from, AUDIO_TYPES, RawFormat
from mer_ros.nodes.base.parameters import Parameter
from mer_ros.nodes.base.perception_node import PerceptionNode
from mer_ros.nodes.base.typed_topic import AUTO, TypedTopic
from mer_ros.perception.mute import Mute
from mer_ros.perception.sound import ENCODINGS, MAX_CHANNELS, PcmDecoder, SAMPLE_RATES

AUDIO_QOS = QoSProfile(
    history=HistoryPolicy.KEEP_LAST, depth=50, reliability=ReliabilityPolicy.BEST_EFFORT)
"""Best effort, so that it hears every microphone driver; deep, because no block may be skipped."""

HEARING = (
    Parameter(name='message_type', default=AUTO, choices=(AUTO, *AUDIO_TYPES),
              description='message type of the audio topic; auto = type of its publisher'),
    Parameter(name='audio.sample_rate', default=RawFormat().sample_rate, range=SAMPLE_RATES,
              description='sample rate (Hz) of AudioData, which does not carry it'),
    Parameter(name='audio.channels', default=RawFormat().channels, range=(1, MAX_CHANNELS),
              description='number of channels of AudioData, which does not carry it'),
    Parameter(name='audio.encoding', default=RawFormat().encoding, choices=ENCODINGS,
              description='sample format of AudioData, which does not carry it'),
)
"""The parameters of a node that hears."""


def raw_format(values: Mapping[str, Any]) -> RawFormat:
    """Return what the parameters say about bytes that do not describe themselves."""
    return RawFormat(
        values['audio.sample_rate'], values['audio.channels'], values['audio.encoding'])


class Hearing:
    """Submits to a node what it hears; the node reads it in its worker with `read`.

    ``mute`` knows when the robot itself talks, from the topic robot_speaking.
    """

    def __init__(self, node: PerceptionNode) -> None:
        self._node = node
        self._topic = TypedTopic(node, 'audio', AUDIO_TYPES, self._on_audio, stream=True)
        self._robot: Any = None
        self._raw = RawFormat()
        self._decoder = PcmDecoder()
        self.mute = Mute()

    def check(self, values: Mapping[str, Any]) -> None:
        """Raise ImportError, saying what to install, where sound cannot be subscribed to."""
        self._topic.check(values['message_type'])

    def open(self, values: Mapping[str, Any]) -> None:
        """Subscribe to the sound, and to whether the robot speaks."""
        self._decoder = PcmDecoder()
        self.mute = Mute()
        self._raw = raw_format(values)
        self._robot = self._node.create_subscription(Bool, 'robot_speaking', self._on_robot, 10)
        self._topic.open(values['message_type'], self._node.input_qos(AUDIO_QOS, values))

    def close(self) -> None:
        """Unsubscribe."""
        self._topic.close()
        self._node.destroy_subscription(self._robot)

    def forget(self) -> None:
        """Drop half a sample that is held."""
        self._decoder = PcmDecoder()

    def read(self, item: Any) -> AudioBlock:
        """Decode what was submitted; raises BadInput as `audio_from` does."""
        message, kind, arrival = item
        block = audio_from(message, self._decoder, kind=kind, raw=self._raw, arrival=arrival)
        self._node.note_age(block.end)
        return block

    def is_own(self, block: AudioBlock) -> bool:
        """Tell whether some of it may be the robot's own voice, and count it if so."""
        own = self.mute.covers(block.stamp, block.end)
        if own:
            self._node.meter.count('muted')
        return own

    def _on_audio(self, message: Any, kind: str) -> None:
        self._node.submit((message, kind, self._node.now))

    def _on_robot(self, message: Bool) -> None:
        self.mute.tell(self._node.now, speaking=message.data)
