"""A node that listens to the emotions of everybody, but only while asked to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rclpy.clock import Clock, ClockType
from rclpy.event_handler import SubscriptionEventCallbacks
from rclpy.exceptions import InvalidNamespaceException
from rclpy.parameter import Parameter
from rclpy.qos import DurabilityPolicy, QoSProfile, ReliabilityPolicy

from mer_ros.data import Emotion
from mer_ros.messages.conversions import emotion_from, read_or_none
from mer_ros.msg import EmotionState, EmotionStateArray
from mer_ros.nodes.base.guarded_node import GuardedNode
from mer_ros.people import MOST

LOOK_PERIOD = 0.2
"""Seconds between two looks at who publishes."""

QOS = QoSProfile(
    depth=100, reliability=ReliabilityPolicy.BEST_AVAILABLE,
    durability=DurabilityPolicy.BEST_AVAILABLE)
"""As much as every publisher that is known offers: latched states, but those of a bag as well."""


class PeopleWatch(GuardedNode):
    """Passes every state on ``emotion`` on, between ``start`` and ``stop``.

    Whom it has missed it learns from ``emotion_array``, which is also enough by itself.  Where
    somebody publishes ``/clock``, its time is that clock, so that nobody has to set use_sim_time
    to look at a recording; when the recording is over, its time is the system's again.

    Args:
        name: name of the node.
        namespace: where the topics are; '' is the root.
        on_state: called with each state, in the executor's thread.
        context: the rclpy context; the default one if None.

    Raises:
        ValueError: the namespace is not allowed.

    """

    def __init__(
        self, name: str, *, namespace: str = '', on_state: Callable[[Emotion], object],
        context: Any = None,
    ) -> None:
        try:
            super().__init__(name, namespace=namespace or None, context=context,
                             start_parameter_services=False)
        except InvalidNamespaceException as error:
            raise ValueError(str(error)) from error
        self._on_state = on_state
        self._looking: Any = None
        self._listening: list[Any] = []
        self._mismatched = False
        self._heard: set[str] | None = None  # whom, until the first array has come

    @property
    def now(self) -> int:
        """The time in nanoseconds; 0 while there is none."""
        return int(self.get_clock().now().nanoseconds)

    def start(self) -> None:
        """Subscribe as soon as somebody publishes."""
        if self._looking is None:
            self._looking = self.create_timer(
                LOOK_PERIOD, self._look, clock=Clock(clock_type=ClockType.STEADY_TIME))
            self._look()

    def stop(self) -> None:
        """Unsubscribe from everything, the clock included."""
        if self._looking is not None:
            self.destroy_timer(self._looking)
            self._looking = None
        self._unsubscribe()
        self._follow_clock(False)

    def _look(self) -> None:
        self._follow_clock(bool(self.count_publishers('/clock')))
        if self._mismatched:
            self._unsubscribe()
        if not self._listening and any(map(self.count_publishers, ('emotion', 'emotion_array'))):
            self._subscribe()

    def _follow_clock(self, follow: bool) -> None:
        if self.get_parameter('use_sim_time').value != follow:
            self.set_parameters([Parameter('use_sim_time', value=follow)])

    def _subscribe(self) -> None:
        self._mismatched = False
        self._heard = set()
        events = SubscriptionEventCallbacks(incompatible_qos=self._on_mismatch)
        self._listening = [
            self.create_subscription(kind, topic, callback, QOS, event_callbacks=events)
            for kind, topic, callback in (
                (EmotionState, 'emotion', self._on_emotion),
                (EmotionStateArray, 'emotion_array', self._on_array))]

    def _unsubscribe(self) -> None:
        for subscription in self._listening:
            self.destroy_subscription(subscription)
        self._listening = []

    def _on_mismatch(self, event: object) -> None:
        """A publisher came that offers less: the next look subscribes to what all of them offer."""
        self._mismatched = True

    def _on_emotion(self, message: EmotionState) -> None:
        if self._heard is not None and len(self._heard) < MOST:
            self._heard.add(message.person_id)
        self._read(message)

    def _on_array(self, message: EmotionStateArray) -> None:
        if not self.count_publishers('emotion'):
            missed = message.states[:MOST]
        else:
            missed = [state for state in message.states[:MOST]
                      if self._heard is not None and state.person_id not in self._heard]
        self._heard = None
        for state in missed:
            self._read(state)

    def _read(self, message: EmotionState) -> None:
        state = read_or_none(emotion_from, message, self.get_logger())
        if state is not None:
            self._on_state(state)
