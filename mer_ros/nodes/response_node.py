"""The response node: words and perceived emotions in, what the robot could say out."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

from std_msgs.msg import Bool, String

from mer_ros.data import nanoseconds
from mer_ros.messages.adapters import TRANSCRIPT_TYPES, words_from
from mer_ros.messages.conversions import emotion_from, speaker_from, to_ros
from mer_ros.msg import ActiveSpeaker, EmotionState, Response
from mer_ros.nodes.base.engine_node import EngineNode
from mer_ros.nodes.base.meter import Reading
from mer_ros.nodes.base.run import run
from mer_ros.nodes.base.site import Purpose
from mer_ros.nodes.base.typed_topic import TypedTopic
from mer_ros.nodes.response_parameters import (
    languages,
    PARAMETERS,
    reply_generator,
    turn_settings,
    wording,
)
from mer_ros.response.responder import Reply, Responder, TEMPLATE
from mer_ros.response.turn_gate import Gate
from mer_ros.response.turns import Turn, TurnTaking

DEPTH = 10
STATES_DEPTH = 50

TICK = 0.02
"""Seconds between two looks at whether something has waited long enough."""

WAITING = 32
"""Turns that may wait for a slow generator; older ones are dropped and counted."""

ROBOT_TIMEOUT = nanoseconds(30.0)
"""How long the robot is believed to speak: a synthesiser that dies says nothing more."""

FALLBACKS = 'fallback.'


class ResponseNode(EngineNode):
    """Publishes a reply on ``response``, and what it answers on ``response_details``.

    The engine, which says when to answer, belongs to the executor's thread; the responder, which
    may take its time, and the gate, which holds replies while the robot speaks, to the worker's.
    """

    purpose = Purpose(
        'hears the words and the perceived emotion of people and chooses what the robot'
        ' could answer',
        'the last turns of each conversation', ('text',))
    remarks = {
        'evicted': 'more people than people.max; the one seen least recently was discarded',
        'restart': 'stamps jumped back permanently: the source has restarted; person discarded',
        'hold_timeout': 'the robot spoke longer than hold_timeout; replies were dropped',
        'own_voice': 'the robot hears itself: publish robot_speaking while it speaks',
        'no_template': 'the file of the language has no sentences for an emotion: see templates',
    }

    def __init__(self, **options: Any) -> None:
        self._topic = TypedTopic(self, 'transcript', TRANSCRIPT_TYPES, self._on_words)
        self._worker: Any = None
        self._responder: Any = None
        self._gate: Any = None
        self._fallbacks = 0
        self._told = 0
        self._response: Any = None
        self._details: Any = None
        super().__init__('response_node', PARAMETERS, **options)

    def build(self, values: Mapping[str, Any]) -> None:
        """Read the sentences, load the generator, create the publishers, start the worker."""
        self._topic.check(values['message_type'])
        counts: Counter[str] = Counter()
        self._fallbacks = 0
        self._responder = Responder(
            languages(values), generator=reply_generator(values), language=values['language'],
            generator_languages=values['generator_languages'], wording=wording(values),
            seed=values['seed'], max_characters=values['max_characters'],
            history=values['history'], people=values['people.max'], counts=counts)
        self._gate = Gate(timeout=nanoseconds(values['hold_timeout']),
                          limit=values['people.max'], counts=counts)
        self.engine = TurnTaking(turn_settings(values), wording(values),
                                 alarm=self._responder.needs_human, counts=counts)
        self._response = self.advertise(String, 'response', DEPTH)
        self._details = self.advertise(Response, 'response_details', DEPTH)
        self._worker = self.employ(capacity=WAITING)

    def start(self, values: Mapping[str, Any]) -> None:
        """Subscribe."""
        self._gate.speaking = False
        self.subscribe(EmotionState, 'emotion', self._on_emotion, STATES_DEPTH)
        self.subscribe(ActiveSpeaker, 'active_speaker', self._on_speaker, STATES_DEPTH)
        self.subscribe(Bool, 'robot_speaking', self._on_robot, DEPTH, always=True)
        self._topic.open(values['message_type'], DEPTH)
        self.every(TICK, self._on_tick)

    def stop(self) -> None:
        """Unsubscribe from the words."""
        self._topic.close()

    def free(self) -> None:
        """Drop the sentences and the generator."""
        self._response = self._details = self._responder = self._gate = None

    def forget(self) -> None:
        """Drop what waits to be answered or said, and every conversation."""
        self.engine.reset()
        self._worker.control(self._forget_said)  # conversations belong to the worker's thread

    def check(self, values: Mapping[str, Any]) -> None:
        """Refuse a language without a file, and a wording whose numbers do not fit together."""
        wording(values)
        self._responder.check_language(values['language'])

    def apply(self, values: Mapping[str, Any]) -> None:
        """Speak in the new way from the next turn on."""
        self.engine.configure(turn_settings(values), wording(values))
        self._responder.configure(language=values['language'], wording=wording(values))
        self._gate.timeout = nanoseconds(values['hold_timeout'])

    def _on_words(self, message: Any, kind: str, arrival: int) -> None:
        self._take(self._hear, message, kind, arrival)

    def _hear(self, message: Any, kind: str, arrival: int) -> list[Turn]:
        words = words_from(message, kind=kind, arrival=arrival)
        return [] if words is None else self.engine.hear(words, self.now)

    def _on_emotion(self, message: EmotionState) -> None:
        self._take(lambda: self.engine.perceive(emotion_from(message), self.now))

    def _on_speaker(self, message: ActiveSpeaker) -> None:
        self.attempt(lambda: self.engine.note_speaker(speaker_from(message)))

    def _on_robot(self, message: Bool) -> None:
        self._gate.speaking = message.data
        self._told = self.now
        self._release_soon()

    def _on_tick(self) -> None:
        if self._gate.speaking and self.now - self._told > ROBOT_TIMEOUT:
            self._gate.speaking = False
            self.faults.warn('robot_speaking', 'the robot is believed to be silent: robot_speaking '
                             'has been true for long; does its publisher live?')
        self._queue(self.engine.advance(self.now))
        self._release_soon()

    def _take(self, work: Callable[..., list[Turn]], *arguments: Any) -> None:
        self._queue(self.attempt(work, *arguments) or ())

    def _queue(self, turns: Iterable[Turn]) -> None:
        for turn in turns:
            self.put(self._worker, partial(self._answer, turn))

    def _release_soon(self) -> None:
        if not self._gate.is_empty:
            self._worker.control(self._release)

    def describe(self, reading: Reading) -> dict[str, object]:
        """Return what writes the replies, and in which language."""
        return {'generator': self.get_parameter('generator').value or TEMPLATE,
                'language': self.get_parameter('language').value}

    def warnings(self, reading: Reading) -> list[str]:
        """Warn when nobody publishes emotions, and when the generator had to be replaced."""
        found = [] if self.count_publishers('emotion') else ['nobody publishes emotion']
        fallbacks = sum(count for name, count in self.engine.counts.copy().items()
                        if name.startswith(FALLBACKS))
        if fallbacks > self._fallbacks:
            found.append(f'{fallbacks - self._fallbacks} generated replies replaced by templates'
                         + (f' ({self._responder.failure})' if self._responder.failure else ''))
        self._fallbacks = fallbacks
        if reading.recent['dropped']:
            found.append(f'too slow: {reading.recent["dropped"]} turns dropped in the last second')
        return found

    # In the worker's thread.

    def _answer(self, turn: Turn) -> None:
        worker = self._worker
        reply = self.attempt(self._responder.compose, turn)
        # What was composed while everything was forgotten belongs to the time before.
        if reply is not None:
            worker.deliver(self._offer, reply)

    def _offer(self, reply: Reply) -> None:
        self._gate.offer(reply, self.now)
        self._say()

    def _release(self) -> None:
        self._worker.deliver(self._say)

    def _say(self) -> None:
        for reply in self._gate.release(self.now):
            if self.context.ok():
                self._responder.said(reply)
                self._response.publish(String(data=reply.response.text))
                self._details.publish(to_ros(reply.response))
                self.meter.count('published')

    def _forget_said(self) -> None:
        self._responder.forget()
        self._gate.clear()


def main(args: list[str] | None = None) -> int:
    """Run the response node."""
    return run([ResponseNode], args)
