"""A node that only listens to the perceived emotions, for views and recordings."""

from __future__ import annotations

from collections import deque
from time import monotonic

from rclpy.event_handler import QoSSubscriptionMatchedInfo, SubscriptionEventCallbacks
from rclpy.qos import HistoryPolicy, QoSProfile, ReliabilityPolicy

from mer_ros.data import Emotion
from mer_ros.engines.pipeline import MODALITIES
from mer_ros.messages.conversions import emotion_from, read_or_none
from mer_ros.msg import EmotionState, ModalityLogits
from mer_ros.nodes.base.guarded_node import GuardedNode
from mer_ros.people import MOST

HISTORY = 20_000
"""How many states are held; of more, the oldest are forgotten."""

QOS = QoSProfile(history=HistoryPolicy.KEEP_LAST, depth=100, reliability=ReliabilityPolicy.RELIABLE)


class EmotionWatch(GuardedNode):
    """Collects what is published on ``emotion``: the last ``states``, and the ``latest`` by person.

    ``counts`` says how many logits came of each modality that the package perceives itself,
    ``is_connected`` whether a publisher of emotions has been found.
    """

    def __init__(self) -> None:
        super().__init__('emotion_watch')
        self.states: deque[Emotion] = deque(maxlen=HISTORY)
        self.latest: dict[str, Emotion] = {}
        self.counts = dict.fromkeys(MODALITIES, 0)
        self._heard = monotonic()
        for modality in MODALITIES:
            self.create_subscription(
                ModalityLogits, f'{modality}/logits', self._on_logits, QOS)
        self.is_connected = False
        self.create_subscription(
            EmotionState, 'emotion', self._on_emotion, QOS,
            event_callbacks=SubscriptionEventCallbacks(matched=self._on_matched))

    def _on_matched(self, event: QoSSubscriptionMatchedInfo) -> None:
        self.is_connected = event.current_count > 0

    def seconds_quiet(self) -> float:
        """Return how long ago the last state came, or this node was made."""
        return monotonic() - self._heard

    def _on_logits(self, message: ModalityLogits) -> None:
        if message.modality in self.counts:
            self.counts[message.modality] += 1

    def _on_emotion(self, message: EmotionState) -> None:
        state = read_or_none(emotion_from, message, self.get_logger())
        if state is None:
            return
        self._heard = monotonic()
        self.states.append(state)
        if state.person_id in self.latest or len(self.latest) < MOST:
            self.latest[state.person_id] = state
