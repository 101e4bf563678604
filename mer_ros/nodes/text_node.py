"""The text node: words in, text/logits out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rclpy.clock import Clock, ClockType
from std_msgs.msg import String

from mer_ros.data import Logits
from mer_ros.engines.text import TextEngine
from mer_ros.models import load_model, MODELS
from mer_ros.msg import Transcript
from mer_ros.nodes.conversions import words_from
from mer_ros.nodes.parameters import Parameter
from mer_ros.nodes.perception import PerceptionNode
from mer_ros.nodes.run import run

TYPES = {'mer_ros/msg/Transcript': Transcript, 'std_msgs/msg/String': String}

DEPTH = 10

LOOK_PERIOD = 0.2
"""Seconds between two looks at what type the publishers of the topic have."""

PARAMETERS = (
    Parameter(name='model', default='lite', choices=MODELS['text'].names(),
              description='text emotion model'),
    Parameter(name='message_type', default='auto', choices=('auto', *TYPES),
              description='type of the transcript topic; auto takes that of its publisher'),
    Parameter(name='max_characters', default=2000, range=(10, 1_000_000),
              description='longer texts are cut here'),
)


class TextNode(PerceptionNode):
    """Subscribes with the type that the recogniser publishes and hands words to the engine."""

    modality = 'text'
    capacity = 16
    remarks = {'truncated': 'a text was longer than max_characters; its end was judged'}

    def __init__(self, **options: Any) -> None:
        self._subscription: Any = None
        self._type = ''
        self._look: Any = None
        super().__init__('text_node', PARAMETERS, **options)

    def make_engine(self, values: Mapping[str, Any]) -> TextEngine:
        """Load the model."""
        return TextEngine(
            load_model('text', values['model']), max_characters=values['max_characters'])

    def listen(self, values: Mapping[str, Any]) -> None:
        """Subscribe to the words; with ``auto``, keep looking at what type they come in."""
        if values['message_type'] == 'auto':
            self._subscribe(next(iter(TYPES)))
            self._look = self.create_timer(
                LOOK_PERIOD, self._follow_publisher, clock=Clock(clock_type=ClockType.STEADY_TIME))
        else:
            self._subscribe(values['message_type'])

    def unlisten(self) -> None:
        """Unsubscribe and stop looking."""
        if self._look is not None:
            self.destroy_timer(self._look)
            self._look = None
        self.destroy_subscription(self._subscription)

    def _subscribe(self, name: str) -> None:
        if self._subscription is not None:
            self.destroy_subscription(self._subscription)
        self._type = name
        self._subscription = self.subscribe(TYPES[name], 'transcript', self._on_words, DEPTH)

    def _follow_publisher(self) -> None:
        offered = {info.topic_type for info in self.get_publishers_info_by_topic(
            self.resolve_topic_name('transcript'))}
        if offered and self._type not in offered:
            known = sorted(offered & TYPES.keys())
            if known:
                self._subscribe(known[0])
            else:
                self.complain('message_type', (
                    f'transcript is published as {sorted(offered)}; known: {list(TYPES)}'))

    def _on_words(self, message: Any) -> None:
        self.submit((message, self.now))

    def perceive(self, item: Any) -> Sequence[Logits]:
        """Read one message of words, received at this time."""
        message, received = item
        words = words_from(message, received)
        self.note_age(words.stamp)
        return self.engine.process(words)


def main(args: list[str] | None = None) -> int:
    """Run the text node."""
    return run([TextNode], args)
