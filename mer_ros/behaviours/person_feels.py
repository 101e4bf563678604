"""The condition of a behaviour tree that a person feels an emotion."""

from __future__ import annotations

from typing import Any, TYPE_CHECKING

from py_trees.common import Status

from mer_ros.behaviours.condition import EmotionCondition
from mer_ros.behaviours.listener import EmotionListener

if TYPE_CHECKING:
    from rclpy.qos import QoSProfile


class PersonFeels(EmotionListener):
    """Use it as the guard of what the robot does about an emotion, in a sequence or a decorator.

    SUCCESS while the person is perceived to feel the emotion, else FAILURE: also when the label
    is 'unknown', the last state has expired, or nothing was perceived at all.  Never RUNNING, so
    that a selector goes on to the next idea at once.  ``feedback_message`` says why.  States of
    labels without the emotion are skipped and logged: is its name misspelt?

        console = py_trees.composites.Sequence('console', memory=False, children=[
            PersonFeels('sadness', hold_time=1.0), SayKindWords()])

    Args:
        label: the emotion, one of the labels of the states.
        min_probability: probability from which on the person feels it; None is 0.6, or that the
            state lists the emotion as present, where several may be.
        max_uncertainty: highest uncertainty at which it is believed.
        hold_time: seconds of event time for which it must have been perceived.
        hysteresis: by how much the probability may fall before it has ended.
        person_id: who; '' is the one anonymous person.
        name: name of the behaviour; '' names it after emotion and person.
        topic: topic of mer_ros/msg/EmotionState.
        qos_profile: see `EmotionListener`.

    Raises:
        ValueError: a value is out of its range, see `EmotionCondition`.

    """

    def __init__(
        self,
        label: str,
        *,
        min_probability: float | None = None,
        max_uncertainty: float = 0.5,
        hold_time: float = 0.0,
        hysteresis: float = 0.1,
        person_id: str = '',
        name: str = '',
        topic: str = 'emotion',
        qos_profile: QoSProfile | None = None,
    ) -> None:
        super().__init__(
            name or f'{person_id or "person"} feels {label}', topic=topic, qos_profile=qos_profile)
        self.person_id = person_id
        self.condition = EmotionCondition(
            label, min_probability=min_probability, max_uncertainty=max_uncertainty,
            hold_time=hold_time, hysteresis=hysteresis)

    def setup(self, **kwargs: Any) -> None:
        """Subscribe on behalf of ``node``; whatever was perceived before is forgotten."""
        self.condition.reset()
        super().setup(**kwargs)

    def update(self) -> Status:
        """Return SUCCESS while the person feels the emotion, else FAILURE."""
        problem = ''
        for state in self.received():
            if state.person_id == self.person_id:
                try:
                    self.condition.add(state)
                except ValueError as error:
                    self.skip(problem := str(error))
        holds, message = self.condition.check(self.now())
        self.feedback_message = problem if problem and not holds else message
        return Status.SUCCESS if holds else Status.FAILURE
