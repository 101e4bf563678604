"""The text node: words in, text/logits out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from mer_ros.data import Logits
from mer_ros.engines.remarks import TEXT
from mer_ros.engines.text import TextEngine
from mer_ros.messages.adapters import TRANSCRIPT_TYPES, words_from
from mer_ros.nodes.base.collector_parameters import collects
from mer_ros.nodes.base.input_checks import elsewhere
from mer_ros.nodes.base.meter import Reading
from mer_ros.nodes.base.perception_node import PerceptionNode
from mer_ros.nodes.base.run import run
from mer_ros.nodes.base.site import Purpose
from mer_ros.nodes.base.typed_topic import TypedTopic
from mer_ros.nodes.text_parameters import PARAMETERS, text_model

DEPTH = 10


class TextNode(PerceptionNode):
    """Subscribes with the type that the recogniser publishes and hands words to the engine."""

    modality = 'text'
    purpose = Purpose(
        'reads what people say from transcripts and estimates the emotion in the words',
        'one transcript at a time', ('text',))
    capacity = 16
    remarks = TEXT

    def __init__(self, **options: Any) -> None:
        self._topic = TypedTopic(self, 'transcript', TRANSCRIPT_TYPES, self._on_words)
        super().__init__('text_node', PARAMETERS, **options)

    def make_engine(self, values: Mapping[str, Any]) -> TextEngine:
        """Load the model."""
        self._topic.check(values['message_type'])
        return TextEngine(
            self.use('model', text_model(values)), max_characters=values['max_characters'],
            with_features=values['publish_features'],
            with_media=collects(values))

    def warnings(self, reading: Reading) -> list[str]:
        """Warn when nobody recognises speech; that nobody speaks is no trouble."""
        found = super().warnings(reading)
        return found if self.count_publishers('transcript') else [
            *found, f'nobody publishes transcript{elsewhere(self, "transcript", TRANSCRIPT_TYPES)}']

    def listen(self, values: Mapping[str, Any]) -> None:
        """Subscribe to the words."""
        self._topic.open(values['message_type'], self.input_qos(DEPTH, values))

    def stop(self) -> None:
        """Unsubscribe."""
        self._topic.close()

    def _on_words(self, message: Any, kind: str, arrival: int) -> None:
        self.submit((message, kind, arrival))

    def perceive(self, item: Any) -> Sequence[Logits]:
        """Read one message of words of this type, received at this time."""
        message, kind, arrival = item
        words = words_from(message, kind=kind, arrival=arrival)
        if words is None:
            return ()
        self.note_age('transcript', words.stamp)
        return self.engine.process(words)


def main(args: list[str] | None = None) -> int:
    """Run the text node."""
    return run([TextNode], args)
