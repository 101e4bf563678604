"""How behaviours hear of emotions: a subscription that waits for the tick."""

from __future__ import annotations

from collections import deque
from typing import Any, TYPE_CHECKING

from py_trees.behaviour import Behaviour

from mer_ros.data import Emotion

if TYPE_CHECKING:
    from rclpy.qos import QoSProfile

_BACKLOG = 200
"""States kept between two ticks; of more, the oldest are dropped."""


class EmotionListener(Behaviour):
    """Collects the states published on a topic until the next tick; not for use by itself.

    As in py_trees_ros, ``setup`` needs a ``node`` and whoever owns the node spins it, in this
    thread or another; callbacks only put states aside, so that the tree sees them between two
    ticks, never during one.  A state that is broken is logged, counted in ``skipped``, and never
    reaches the tree.  The node's clock tells which states have expired: with recordings,
    set its parameter ``use_sim_time``.

    Args:
        name: name of the behaviour.
        topic: topic of mer_ros/msg/EmotionState.
        qos_profile: QoS of the subscription; None is that of the fusion node, RELIABLE and
            TRANSIENT_LOCAL, so that a tree which joins late gets the last state.  For a bag of
            emotions that was recorded without its QoS give one with VOLATILE durability.
    """

    def __init__(
        self, name: str, *, topic: str = 'emotion', qos_profile: QoSProfile | None = None
    ) -> None:
        super().__init__(name)
        self.topic = topic
        self.qos_profile = qos_profile
        self.node: Any = None
        self._subscription: Any = None
        self._received: deque[Emotion] = deque(maxlen=_BACKLOG)
        self.skipped = 0

    def setup(self, **kwargs: Any) -> None:
        """Subscribe on behalf of ``node``.

        Raises:
            KeyError: no ``node`` was given to the tree's setup.
        """
        if 'node' not in kwargs:
            raise KeyError(f'the behaviour {self.name!r} needs a ROS node: tree.setup(node=node)')
        from rclpy.qos import DurabilityPolicy, QoSProfile, ReliabilityPolicy

        from mer_ros.messages.conversions import emotion_from, read_or_none
        from mer_ros.msg import EmotionState

        def receive(message: EmotionState) -> None:
            state = read_or_none(emotion_from, message, self.node.get_logger())
            if state is None:
                self.skipped += 1
            else:
                self._received.append(state)

        self.node = kwargs['node']
        self._subscription = self.node.create_subscription(
            EmotionState, self.topic, receive, self.qos_profile or QoSProfile(
                depth=10, reliability=ReliabilityPolicy.RELIABLE,
                durability=DurabilityPolicy.TRANSIENT_LOCAL))

    def shutdown(self) -> None:
        """Unsubscribe."""
        if self._subscription is not None:
            self.node.destroy_subscription(self._subscription)
            self._subscription = None

    def received(self) -> list[Emotion]:
        """Return the states that came since the last call, oldest first."""
        return [self._received.popleft() for _ in range(len(self._received))]

    def skip(self, reason: str) -> None:
        """Count a state that cannot be used, and say so in the log once in a while."""
        self.skipped += 1
        self.node.get_logger().warning(
            f'{self.name}: a state is skipped: {reason}', throttle_duration_sec=5.0)

    def now(self) -> int:
        """Return the node's time in nanoseconds, 0 while there is none."""
        if self.node is None:
            raise RuntimeError(
                f'the behaviour {self.name!r} was ticked before tree.setup(node=node)')
        return int(self.node.get_clock().now().nanoseconds)
