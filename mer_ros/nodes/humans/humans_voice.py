"""The topics of one voice of REP-155, and the engines behind them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, TYPE_CHECKING

from mer_ros.data import Logits
from mer_ros.engines.speech import SpeechEngine
from mer_ros.messages.adapters import AUDIO_TYPES, AudioReader, words_from
from mer_ros.messages.sound_reader import SoundReader
from mer_ros.nodes.base.qos import AUDIO_QOS
from mer_ros.nodes.base.typed_topic import AUTO, message_class, TypedTopic

if TYPE_CHECKING:
    from mer_ros.nodes.humans.humans_node import HumansNode

SOUND = 'audio_common_msgs/msg/AudioData'
"""The type of sound in REP-155; others are taken where they are published."""

WORDS = 'hri_msgs/msg/LiveSpeech'

DEPTH = 10


class HumanVoice:
    """Has the sound of a voice judged in order, and its final words."""

    def __init__(self, node: HumansNode, name: str) -> None:
        self._node, self._name = node, name
        self._reader = SoundReader(node.raw)
        self._engine: SpeechEngine | None = None
        self._sound: TypedTopic | None = None
        self._words: Any = None
        if 'speech' in node.engine.modalities:
            self._sound = TypedTopic(
                node, f'/humans/voices/{name}/audio', _sound_types(), self._on_sound,
                overridable=False)
            self._sound.open(AUTO, AUDIO_QOS)
        if 'text' in node.engine.modalities:
            self._words = node.subscribe(
                message_class(WORDS), f'/humans/voices/{name}/speech', self._on_words, DEPTH,
                overridable=False)

    def close(self) -> None:
        """Unsubscribe; evidence that is still open is given out."""
        if self._sound is not None:
            self._sound.close()
            self._node.submit('speech', self._flush)
        if self._words is not None:
            self._node.unsubscribe(self._words)

    def forget(self) -> None:
        """Drop what the engine holds, and half a sample."""
        if self._sound is not None:
            self._node.control('speech', self._reset)

    def _person(self) -> str:
        return self._node.engine.ids.person_of('voice', self._name)

    def _on_sound(self, message: Any, kind: str, arrival: int) -> None:
        self._node.submit('speech', self._listen, message, kind, self._person(), arrival)

    def _listen(self, message: Any, kind: str, person: str, arrival: int) -> list[Logits]:
        block = replace(
            self._reader.read(message, kind=kind, arrival=arrival), person_id=person)
        self._node.note_age('audio', block.end)
        if self._engine is None:  # made here, not in the executor: it loads the voice detector
            self._engine = self._node.engine.voice()
        return self._engine.process(block)

    def _flush(self) -> list[Logits]:
        return [] if self._engine is None else self._engine.flush()

    def _reset(self) -> None:
        self._reader.forget()
        if self._engine is not None:
            self._engine.reset()

    def _on_words(self, message: Any) -> None:
        self._node.submit('text', self._read, message, self._person())

    def _read(self, message: Any, person: str) -> list[Logits]:
        words = words_from(message, kind=WORDS)
        if words is None:
            return []
        self._node.note_age('transcript', words.stamp)
        return self._node.engine.text.process(replace(words, person_id=person))


def _sound_types() -> dict[str, AudioReader]:
    """Return the types of sound, that of REP-155 first where it is installed."""
    try:
        message_class(SOUND)
    except ImportError:
        return AUDIO_TYPES
    return {SOUND: AUDIO_TYPES[SOUND], **AUDIO_TYPES}
