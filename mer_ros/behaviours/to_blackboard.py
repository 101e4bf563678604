"""Perceived emotions on the blackboard of a behaviour tree."""

from __future__ import annotations

import re
from typing import Any, TYPE_CHECKING

from py_trees.common import Access, Status

from mer_ros.behaviours.condition import too_old
from mer_ros.behaviours.listener import EmotionListener
from mer_ros.data import Emotion
from mer_ros.people import MOST

if TYPE_CHECKING:
    from rclpy.qos import QoSProfile

ANONYMOUS = 'anonymous'
"""What the person without an id is called in keys."""

FIELDS = ('label', 'confidence', 'uncertainty', 'conflict', 'probabilities', 'prediction_set',
          'stamp')
"""The keys of a person."""


class EmotionToBlackboard(EmotionListener):
    """Use it beside the tree's other data gatherers, where several behaviours decide on emotions.

    SUCCESS when somebody's emotion is known, FAILURE when nobody's is.  For a single decision
    `PersonFeels` is simpler, and it alone sees the states between two ticks.

    Keys on the blackboard, for a person PERSON (its ``person_id``, with ``_xHEX_``, its
    code, for whatever is no letter, digit or '_'; ``anonymous`` for the person without one):

    ========================== ==================================================================
    emotion/persons            list[str], the PERSONs whose emotion is known, in order
    emotion/PERSON/label       str, one of the labels or 'unknown'
    emotion/PERSON/confidence  float, probability of the most probable emotion, 0 to 1
    emotion/PERSON/uncertainty float, 0 (certain) to 1 (knows nothing)
    emotion/PERSON/conflict    float, 0 to 1
    emotion/PERSON/probabilities dict[str, float], of each emotion; sums to 1 unless multi-label
    emotion/PERSON/prediction_set tuple[str, ...], not ruled out; () where none is calibrated
    emotion/PERSON/stamp       int, time of the newest evidence in ns
    ========================== ==================================================================

    A person's keys are unset when the last state has expired, so that conditions on them fail:

        CheckBlackboardVariableValue('sad?', ComparisonExpression(
            'emotion/anonymous/label', 'sadness', operator.eq))

    Args:
        name: name of the behaviour.
        namespace: what the keys begin with.
        topic: topic of mer_ros/msg/EmotionState.
        qos_profile: see `EmotionListener`.

    """

    def __init__(
        self,
        name: str = 'emotion to blackboard',
        *,
        namespace: str = 'emotion',
        topic: str = 'emotion',
        qos_profile: QoSProfile | None = None,
    ) -> None:
        super().__init__(name, topic=topic, qos_profile=qos_profile)
        self._people: dict[str, Emotion] = {}
        self._board = self.attach_blackboard_client(name=name, namespace=namespace)
        self._board.register_key('persons', access=Access.WRITE)
        self._board.persons = []

    def update(self) -> Status:
        """Write what is known, and unset what is known no longer."""
        for state in self.received():
            person = key_of(state.person_id)
            if person in self._people or len(self._people) < MOST:
                self._people[person] = state
            else:
                self.skip(f'there are {MOST} people already')
        now = self.now()
        gone = {person: problem for person, state in self._people.items()
                if (problem := too_old(state, now))}
        for person in gone:
            del self._people[person]
            for field in FIELDS:
                if self._board.is_registered(f'{person}/{field}'):
                    self._board.unset(f'{person}/{field}')
                    self._board.unregister_key(f'{person}/{field}', clear=False)
        for person, state in self._people.items():
            for field, value in zip(FIELDS, _values(state), strict=True):
                self._board.register_key(f'{person}/{field}', access=Access.WRITE)
                self._board.set(f'{person}/{field}', value)
        self._board.persons = sorted(self._people)
        if self._people:
            self.feedback_message = ', '.join(
                f'{person}: {self._people[person].label}' for person in sorted(self._people))
            return Status.SUCCESS
        self.feedback_message = '; '.join(
            f'{person}: {problem}' for person, problem in gone.items()) or 'nobody is perceived'
        return Status.FAILURE


def key_of(person_id: str) -> str:
    """Return what a person is called in keys; no two people are called the same."""
    if not person_id:
        return ANONYMOUS
    if person_id == ANONYMOUS:
        return f'_x{ord(person_id[0]):x}_{person_id[1:]}'
    return re.sub(r'\W|_(?=x)', lambda found: f'_x{ord(found[0]):x}_', person_id)


def _values(state: Emotion) -> tuple[Any, ...]:
    """Return the values of FIELDS."""
    probabilities = dict(zip(state.labels, state.probability.tolist(), strict=True))
    return (state.label, state.confidence, state.uncertainty, state.conflict, probabilities,
            state.prediction_set, state.stamp)
