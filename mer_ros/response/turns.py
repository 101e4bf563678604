"""When the robot answers, and with which of the emotions that it perceived."""

from collections import Counter, deque, OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np

from mer_ros.data import BadInput, check_stamp, Emotion, nanoseconds, Speaker, Words
from mer_ros.emotions import UNKNOWN
from mer_ros.engines.active_speaker import ActiveSpeaker
from mer_ros.response.wording import MIXED, Wording

KEPT = 64
"""States that are remembered of each person."""

TOLERANCE = nanoseconds(0.1)
"""By how much the stamps of the same words may differ in two nodes, which both stamp on arrival."""


@dataclass(frozen=True, slots=True)
class Turn:
    """The robot's turn to speak: to these words, or on its own, and with this emotion in mind.

    ``urgent`` says that a human must help.
    """

    emotion: Emotion
    words: Words | None = None
    urgent: bool = False

    @property
    def person_id(self) -> str:
        """Whom to speak to."""
        return self.emotion.person_id


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnSettings:
    """When to answer; times in nanoseconds.

    An emotion may lie ``max_emotion_age`` from the words and is waited for ``wait_for_emotion``.
    ``min_interval`` lies between two answers to a person.  With ``speak_first`` a strong emotion
    that is a change and has lasted ``speak_first_after`` is spoken about without words.  Of words
    the last ``max_characters`` count; ``people`` persons are followed.
    """

    max_emotion_age: int = nanoseconds(3.0)
    wait_for_emotion: int = nanoseconds(1.0)
    min_interval: int = nanoseconds(2.0)
    speak_first: bool = False
    speak_first_after: int = nanoseconds(1.0)
    max_characters: int = 2000
    people: int = 32


@dataclass(slots=True)
class _Person:
    """What is known of one person; stamps are event time, the deadline is the node's time."""

    states: deque[Emotion] = field(default_factory=lambda: deque(maxlen=KEPT))
    waiting: Words | None = None
    urgent: bool = False
    deadline: int | None = None
    answered: int | None = None
    settled: str = ''
    coming: str = ''
    since: int = 0


class TurnTaking:
    """Turns words and states into turns of the robot, without chatter.

    Finished words are answered with the first state that has taken them in, or after a while
    with the one nearest to them, or with none.  Whoever was just answered is not answered again,
    unless ``alarm`` says that their words are urgent.  Words that follow while the first ones
    still wait are answered together.  Words without a person are the active speaker's.

    Methods take ``now``, the node's time in nanoseconds; 0 means that there is none yet, and
    then nothing is answered.
    """

    def __init__(
        self, settings: TurnSettings, wording: Wording, *, alarm: Callable[[Words], bool],
        counts: Counter[str] | None = None,
    ) -> None:
        self.counts = Counter() if counts is None else counts
        self._alarm = alarm
        self._speakers = ActiveSpeaker()
        self._people: OrderedDict[str, _Person] = OrderedDict()
        self.configure(settings, wording)

    def configure(self, settings: TurnSettings, wording: Wording) -> None:
        """Use other settings from now on."""
        self._settings, self._wording = settings, wording

    def reset(self) -> None:
        """Forget everybody."""
        self._people.clear()
        self._speakers.reset()

    def note_speaker(self, speaker: Speaker) -> None:
        """Take in the active speaker."""
        self._speakers.note(speaker)

    def hear(self, words: Words, now: int) -> list[Turn]:
        """Take in what a person said.

        Raises:
            BadInput: ``unstamped``, ``empty``.
        """
        check_stamp(words.stamp)
        if not words.text.strip():
            raise BadInput('empty', 'the transcript holds no words; send nothing while nobody '
                                    'speaks')
        name = words.person_id or self._speakers.at(words.stamp - words.duration // 2)
        person = self._known(name, words.stamp)
        text = words.text if person.waiting is None else f'{person.waiting.text} {words.text}'
        words = replace(words, person_id=name, text=text[-self._settings.max_characters:])
        urgent = person.urgent or self._alarm(words)
        if not urgent and self._is_too_soon(person, words.stamp):
            self.counts['rate_limited'] += 1
            return []
        person.waiting, person.urgent = words, urgent
        person.deadline = now + self._settings.wait_for_emotion if now > 0 else None
        return self._answer(name, person, now)

    def perceive(self, state: Emotion, now: int) -> list[Turn]:
        """Take in a state of a person; raises BadInput (``unstamped``)."""
        check_stamp(state.stamp)
        person = self._known(state.person_id, state.stamp)
        person.states.append(state)
        changed = self._has_changed(person, state)
        turns = self._answer(state.person_id, person, now)
        if turns or not changed or not self._settings.speak_first or now <= 0 or person.waiting:
            return turns
        if self._is_too_soon(person, state.stamp):
            self.counts['rate_limited'] += 1
            return []
        person.answered = state.stamp
        return [Turn(state)]

    def advance(self, now: int) -> list[Turn]:
        """Return the turns for which it is time now, though no state came."""
        return [turn for name, person in self._people.items()
                for turn in self._answer(name, person, now)]

    def _answer(self, name: str, person: _Person, now: int) -> list[Turn]:
        words = person.waiting
        if words is None or now <= 0:
            return []
        if person.deadline is None:
            person.deadline = now + self._settings.wait_for_emotion
        near = [state for state in person.states
                if abs(state.stamp - words.stamp) <= self._settings.max_emotion_age]
        with_words = [state for state in near if has_taken_in(words, state)]
        if not (with_words or person.urgent or now >= person.deadline):
            return []
        state = min(with_words or near, default=None,
                    key=lambda state: abs(state.stamp - words.stamp))
        if state is None:
            self.counts['no_emotion'] += 1
        turn = Turn(state or nothing_perceived(words), words, person.urgent)
        person.waiting, person.urgent, person.answered = None, False, words.stamp
        return [turn]

    def _known(self, name: str, stamp: int) -> _Person:
        """Return the record of a person from whom a message with this stamp came."""
        person = self._people.pop(name, None) or _Person()
        self._people[name] = person
        newest = max(person.answered or 0, person.states[-1].stamp if person.states else 0)
        if stamp < newest - self._settings.max_emotion_age:
            self.counts['restart'] += 1
            person.states.clear()
            person.answered, person.settled, person.coming = None, '', ''
        while len(self._people) > self._settings.people:
            self._people.popitem(last=False)
            self.counts['evicted'] += 1
        return person

    def _is_too_soon(self, person: _Person, stamp: int) -> bool:
        return (person.answered is not None
                and stamp - person.answered < self._settings.min_interval)

    def _has_changed(self, person: _Person, state: Emotion) -> bool:
        """Tell whether another strong emotion has now lasted long enough to speak of it."""
        mood = self._wording.read(state)
        if mood.emotion in (UNKNOWN, MIXED) or mood.intensity == 'low':
            person.coming = ''
            return False
        if mood.emotion != person.coming:
            person.coming, person.since = mood.emotion, state.stamp
        if (mood.emotion == person.settled
                or state.stamp - person.since < self._settings.speak_first_after):
            return False
        before, person.settled = person.settled, mood.emotion
        return bool(before) and mood.emotion != 'neutral'


def has_taken_in(words: Words, state: Emotion) -> bool:
    """Tell whether a state is from after the words and, where text is fused, knows them."""
    for opinion in state.modalities:
        if opinion.modality == 'text':
            return state.stamp - opinion.age >= words.stamp - TOLERANCE
    return 'text' not in state.missing and state.stamp >= words.stamp


def nothing_perceived(words: Words) -> Emotion:
    """Return the state of somebody who was only heard: unknown, at the time of the words."""
    nothing = np.empty(0)
    return Emotion(
        stamp=words.stamp, window_start=words.stamp, person_id=words.person_id, label=UNKNOWN,
        confidence=0.0, uncertainty=1.0, conflict=0.0, labels=(), belief=nothing,
        probability=nothing, alpha=nothing, frame_id=words.frame_id)
