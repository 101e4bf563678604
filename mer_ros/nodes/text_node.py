"""The text node: words in, text/logits out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from mer_ros.data import Logits
from mer_ros.engines.remarks import TEXT
from mer_ros.engines.text import TextEngine
from mer_ros.messages.adapters import TRANSCRIPT_TYPES, words_from
from mer_ros.models import MODELS
from mer_ros.nodes.base.collector_parameters import COLLECT, collects
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
from mer_ros.nodes.base.typed_topic import AUTO, TypedTopic

DEPTH = 10

MODEL_PATH = path_parameter('model_path', 'model')
MAX_LENGTH = Parameter(
    name='max_length', default=512, range=(8, 8192),
    description='maximum number of tokens for a transformer, limited by the model; the last ones '
                'of a longer text are used')

MODEL = Part(
    parameter='model', registry=MODELS['text'], fallback='lite',
    options={'path': MODEL_PATH, 'device': DEVICE, 'dtype': DTYPE, 'threads': THREADS,
             'max_length': MAX_LENGTH})

PARAMETERS = (
    Parameter(name='model', default='lite', choices=MODELS['text'].names(),
              description='text emotion model'),
    MODEL_PATH,
    MAX_LENGTH,
    *COMPUTING,
    Parameter(name='message_type', default=AUTO, choices=(AUTO, *TRANSCRIPT_TYPES),
              description='message type of the transcript topic; auto = type of its publisher'),
    LOSSLESS,
    PUBLISH_FEATURES,
    *COLLECT,
    Parameter(name='max_characters', default=2000, range=(10, 1_000_000),
              description='maximum number of characters; the end of a longer text is used'),
)


class TextNode(PerceptionNode):
    """Subscribes with the type that the recogniser publishes and hands words to the engine."""

    modality = 'text'
    capacity = 16
    remarks = TEXT

    def __init__(self, **options: Any) -> None:
        self._topic = TypedTopic(self, 'transcript', TRANSCRIPT_TYPES, self._on_words)
        super().__init__('text_node', PARAMETERS, **options)

    def make_engine(self, values: Mapping[str, Any]) -> TextEngine:
        """Load the model."""
        self._topic.check(values['message_type'])
        return TextEngine(
            self.load(MODEL, values), max_characters=values['max_characters'],
            with_features=values['publish_features'],
            with_media=collects(values))

    def listen(self, values: Mapping[str, Any]) -> None:
        """Subscribe to the words."""
        self._topic.open(values['message_type'], self.input_qos(DEPTH, values))

    def stop(self) -> None:
        """Unsubscribe."""
        self._topic.close()

    def _on_words(self, message: Any, kind: str) -> None:
        self.submit((message, kind, self.now))

    def perceive(self, item: Any) -> Sequence[Logits]:
        """Read one message of words of this type, received at this time."""
        message, kind, arrival = item
        words = words_from(message, kind=kind, arrival=arrival)
        if words is None:
            return ()
        self.note_age(words.stamp)
        return self.engine.process(words)


def main(args: list[str] | None = None) -> int:
    """Run the text node."""
    return run([TextNode], args)
