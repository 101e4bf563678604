"""The ears of a perception node: the sound topic, and when the robot talks itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from std_msgs.msg import Bool

from mer_ros.data import AudioBlock
from mer_ros.messages.adapters import AUDIO_INFO, AUDIO_TYPES, RawFormat
from mer_ros.messages.sound_reader import SoundReader
from mer_ros.nodes.base.parameters import Parameter
from mer_ros.nodes.base.perception_node import PerceptionNode
from mer_ros.nodes.base.qos import AUDIO_QOS, INFO_QOS
from mer_ros.nodes.base.typed_topic import arrival_of, AUTO, message_class, TypedTopic
from mer_ros.perception.mute import Mute
from mer_ros.perception.sound import check_sound, ENCODINGS, MAX_CHANNELS, SAMPLE_RATES

HEARING = (
    Parameter(name='message_type', default=AUTO, choices=(AUTO, *AUDIO_TYPES),
              description='message type of the audio topic; auto = type of its publisher'),
    Parameter(name='audio.sample_rate', default=0, range=(0, SAMPLE_RATES[1]),
              description='sample rate (Hz) of AudioData, which does not carry it; 0 = as '
                          f'audio_info says, else {RawFormat().sample_rate}'),
    Parameter(name='audio.channels', default=0, range=(0, MAX_CHANNELS),
              description='number of channels of AudioData, which does not carry it; 0 = as '
                          f'audio_info says, else {RawFormat().channels}'),
    Parameter(name='audio.encoding', default=AUTO, choices=(AUTO, *ENCODINGS),
              description='sample format of AudioData, which does not carry it; auto = as '
                          f'audio_info says, else {RawFormat().encoding}'),
    Parameter(name='robot_speaking_timeout', default=30.0, range=(0.1, 3600.0),
              description='how long (s) the robot is believed to speak after the last true on '
                          'robot_speaking'),
)
"""The parameters of a node that hears."""


def given_format(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the parameters say about bytes that do not describe themselves.

    Raises ValueError for a sample rate that is not taken.
    """
    given = {name: values[f'audio.{name}'] for name in ('sample_rate', 'channels', 'encoding')
             if values[f'audio.{name}'] not in (0, AUTO)}
    if 'sample_rate' in given:
        check_sound(1, given['sample_rate'])
    return given


class Hearing:
    """Submits to a node what it hears; the node reads it in its worker with `read`.

    ``mute`` knows when the robot itself talks, from the topic robot_speaking.  The format of
    AudioData is that of the parameters, else that of the topic audio_info.
    """

    def __init__(self, node: PerceptionNode) -> None:
        self._node = node
        self._topic = TypedTopic(node, 'audio', AUDIO_TYPES, self._on_audio, stream=True)
        self._others: list[Any] = []
        self._reader = SoundReader()
        self.mute = Mute()

    def check(self, values: Mapping[str, Any]) -> None:
        """Raise ImportError or ValueError, saying what to do, where sound cannot be heard."""
        given_format(values)
        self._topic.check(values['message_type'])

    def open(self, values: Mapping[str, Any]) -> None:
        """Subscribe to the sound, to what it is, and to whether the robot speaks."""
        self._reader = SoundReader(given_format(values))
        self.mute = Mute(timeout=values['robot_speaking_timeout'])
        self._others = [self._node.create_subscription(
            Bool, 'robot_speaking', self._on_robot, 10)]
        try:
            info = message_class(AUDIO_INFO)
        except ImportError:  # then nothing here can receive AudioData either
            pass
        else:
            self._others.append(self._node.create_subscription(
                info, 'audio_info', lambda message: self._reader.inform(message), INFO_QOS))
        self._topic.open(values['message_type'], self._node.input_qos(AUDIO_QOS, values))

    def close(self) -> None:
        """Unsubscribe."""
        self._topic.close()
        for subscription in self._others:
            self._node.destroy_subscription(subscription)
        self._others.clear()

    def forget(self) -> None:
        """Drop half a sample that is held, before the worker reads the next block."""
        self._node.control(self._forget)

    def read(self, item: Any) -> AudioBlock:
        """Decode what was submitted; the robot's own voice is marked, and counted.

        Raises BadInput as `SoundReader.read` does.
        """
        message, kind, arrival = item
        block = self._reader.read(message, kind=kind, arrival=arrival)
        self._node.note_age('audio', block.end)
        if not self.mute.covers_block(block):
            return block
        self._node.meter.count('muted')
        return replace(block, own=True)

    def warnings(self) -> list[str]:
        """Return what a user should look at."""
        if not self.mute.stuck(self._node.now):
            return []
        return ['robot_speaking is true for longer than robot_speaking_timeout and no longer '
                'believed; does its publisher say when the robot stops?']

    def _forget(self) -> None:
        self._reader.forget()

    def _on_audio(self, message: Any, kind: str, arrival: int) -> None:
        self._node.submit((message, kind, arrival))

    def _on_robot(self, message: Bool, info: Mapping[str, Any]) -> None:
        self.mute.tell(arrival_of(self._node, info), speaking=message.data)
