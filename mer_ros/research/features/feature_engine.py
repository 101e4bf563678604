"""The engine behind the nodes of features: features of several modalities in, emotions out."""

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from mer_ros.data import BadInput, Emotion, Features, nanoseconds, Speaker
from mer_ros.engines.active_speaker import ActiveSpeaker
from mer_ros.perception.face_crops import BACKWARD
from mer_ros.research.features.check_features import check_features
from mer_ros.research.features.feature_model import FeatureModel
from mer_ros.research.features.feature_window import FeatureWindow
from mer_ros.window.event_clock import EventClock

Rows = Mapping[str, NDArray[np.float32]]
"""Features (T, D) by modality, T >= 1."""


@dataclass(slots=True)
class _Person:
    window: FeatureWindow
    judged: int | None = None  # from when on the time to the next judgement counts
    pending: bool = False


class FeatureEngine(ABC):
    """Gathers the features about each person and has those of the last seconds judged.

    What a judgement is, and the state of which nothing is known, are told by those who inherit.

    New evidence is judged at once, but at most every ``period`` seconds of event time; what comes
    in between is judged together when the period is over.  A judgement uses the rows of the
    last ``window_length`` seconds before the newest evidence, of each modality at most
    ``max_frames``.  When the last evidence about a person has left the window, one 'unknown'
    state is given, with that time as its stamp.

    Features that name no person are about the active speaker of their stamp, where one was
    noted (see ActiveSpeaker), else about the one anonymous person ''.

    ``counts`` tells what was out of the ordinary: evidence that was too ``late`` to be kept, a
    ``duplicate`` that replaced one of the same modality and stamp, a person who was ``evicted``
    for another beyond ``max_people``, and stamps of a modality that went ``backward`` by more than
    a second for one person or a whole window for all, whereupon everything was forgotten.

    Args:
        model: what judges.
        window_length: seconds, above 0.
        period: seconds, from 0 to ``window_length``.
        max_frames: rows of a modality, >= 1.
        max_people: people who are followed at the same time, >= 1.
        max_future: seconds by which a stamp may be ahead of the clock, >= 0.

    Raises:
        ValueError: a value is out of its range.
    """

    def __init__(
        self, model: FeatureModel, *, window_length: float = 10.0, period: float = 1.0,
        max_frames: int = 200, max_people: int = 32, max_future: float = 0.5,
    ) -> None:
        if not (0.0 <= period <= window_length > 0.0 and max_future >= 0.0
                and min(max_frames, max_people) >= 1):
            raise ValueError(
                f'window_length {window_length} s, period {period} s, max_frames {max_frames}, '
                f'max_people {max_people} and max_future {max_future} s cannot be used; needed is '
                f'window_length > 0, 0 <= period <= window_length, max_future >= 0, and the '
                f'others >= 1')
        self.counts: Counter[str] = Counter()
        self._knows = model
        self._length = nanoseconds(window_length)
        self._period = nanoseconds(period)
        self._max_future = nanoseconds(max_future)
        self._max_frames = max_frames
        self._max_people = max_people
        self._people: dict[str, _Person] = {}
        self._newest: dict[str, int] = {}
        self._clock = EventClock(max_lag=self._length)
        self._speaker = ActiveSpeaker()

    @property
    def modalities(self) -> tuple[str, ...]:
        """The modalities that the model knows."""
        return tuple(self._knows.modalities)

    @property
    def people(self) -> tuple[str, ...]:
        """Whom there is evidence about."""
        return tuple(sorted(self._people))

    def reset(self) -> None:
        """Forget everybody; the counts stay."""
        self._people.clear()
        self._newest.clear()
        self._clock.reset()
        self._speaker.reset()

    def note_speaker(self, speaker: Speaker) -> None:
        """Take in the active speaker."""
        self._speaker.note(speaker)

    def add(self, features: Features, now: int | None) -> list[Emotion]:
        """Take one message in and return the states that are ready.

        Args:
            features: the message.
            now: the clock in nanoseconds; None or 0 as long as there is no time.

        Raises:
            BadInput: a reason of `check_features`, or ``future``: the message cannot be used,
                nothing has changed; ``model_output``: the network failed.
        """
        check_features(features, self._knows)
        if now and features.stamp > now + self._max_future:
            raise BadInput('future', (
                f'the stamp of features of {features.modality!r} is {features.stamp - now} ns '
                f'ahead of the clock: check use_sim_time, synchronise the clocks'))
        if not features.person_id:
            features = replace(features, person_id=self._speaker.at(features.stamp))
        if self._is_backward(features):
            self.counts['backward'] += 1
            self.reset()
        self._newest[features.modality] = max(
            features.stamp, self._newest.get(features.modality, 0))
        self._clock.observe(features.stamp, now)
        time = self._clock.time(now)
        if time is not None and features.stamp <= time - self._length:
            self.counts['late'] += 1
            return []
        return [*self._judge_until(features.stamp), *self._put(features)]

    def _put(self, features: Features) -> list[Emotion]:
        """Keep usable evidence; return the state of the person if it may be judged at once."""
        person = self._people.get(features.person_id)
        if person is None:
            person = self._people[features.person_id] = _Person(
                FeatureWindow(length=self._length, max_frames=self._max_frames))
            self._evict(but=features.person_id)
        outcome = person.window.put(features)
        if outcome is not None:
            self.counts[outcome] += 1
        if outcome == 'late':
            return []
        person.pending = True
        if person.judged is not None and features.stamp < person.judged + self._period:
            return []
        return [self._judge(features.person_id, person, features.stamp)]

    def advance(self, now: int | None) -> list[Emotion]:
        """Return the states that are due at ``now``, in the order of people."""
        time = self._clock.time(now)
        return [] if time is None else self._judge_until(time)

    def next_deadline(self) -> int | None:
        """Return the time of the clock at which ``advance`` next has something to do, or None."""
        if not self._people:
            return None
        return min(min(self._due(name)) for name in self._people) + self._clock.offset

    @abstractmethod
    def nothing_known(self, person_id: str, stamp: int) -> Emotion:
        """Return the state of a person about whom there is no evidence: 'unknown'."""

    @abstractmethod
    def _judged(self, rows: Rows, blank: Emotion) -> Emotion:
        """Return the state that these features show.

        ``blank`` is `nothing_known` with the stamps, the validity and what is missing filled in.
        Raises BadInput('model_output') if the network gives no finite numbers.
        """

    def _is_backward(self, item: Features) -> bool:
        person = self._people.get(item.person_id)
        theirs = 0 if person is None else person.window.newest_of(item.modality)
        return (item.stamp < theirs - BACKWARD
                or item.stamp < self._newest.get(item.modality, 0) - self._length)

    def _evict(self, *, but: str) -> None:
        if len(self._people) > self._max_people:
            del self._people[min(
                self._people.keys() - {but}, key=lambda name: (self._newest_stamp(name), name))]
            self.counts['evicted'] += 1

    def _newest_stamp(self, person_id: str) -> int:
        newest = self._people[person_id].window.newest
        assert newest is not None, 'people are known by what they showed'
        return newest.stamp

    def _judge_until(self, time: int) -> list[Emotion]:
        """Return what is due at this event time: judgements that waited, people who are gone."""
        ready = []
        for person_id in self.people:
            due, gone = self._due(person_id)
            if time >= due < gone:
                ready.append(self._judge(person_id, self._people[person_id], due))
            if time >= gone:
                del self._people[person_id]
                ready.append(self.nothing_known(person_id, gone))
        return ready

    def _due(self, person_id: str) -> tuple[int, int]:
        """Return when to judge the person next, if anything waits, and when they are gone."""
        person = self._people[person_id]
        gone = self._newest_stamp(person_id) + self._length
        if person.judged is None or not person.pending:
            return gone, gone
        return person.judged + self._period, gone

    def _judge(self, person_id: str, person: _Person, time: int) -> Emotion:
        person.judged, person.pending = time, False
        rows, newest = person.window.rows(), person.window.newest
        assert newest is not None, 'people are known by what they showed'
        return self._judged(rows, replace(
            self.nothing_known(person_id, newest.stamp), window_start=person.window.start,
            missing=tuple(name for name in self.modalities if name not in rows),
            valid_for=self._length, frame_id=newest.frame_id))

    def _check_finite(self, *values: NDArray[np.float64]) -> None:
        """Raise BadInput('model_output') for NaN or infinity."""
        if not all(np.isfinite(one).all() for one in values):
            raise BadInput('model_output', (
                f'the network {self._knows.name!r} returned NaN or infinity; the features of the '
                f'last seconds are beyond what it can judge'))
