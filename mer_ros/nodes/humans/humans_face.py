"""The topics of one face of REP-155, and the engine behind them."""

from __future__ import annotations

from dataclasses import replace
from math import isnan
from threading import Lock
from typing import Any, TYPE_CHECKING

from rclpy.qos import qos_profile_sensor_data
from sensor_msgs.msg import Image

from mer_ros.data import Logits
from mer_ros.messages.conversions import image_from, stamp_of
from mer_ros.nodes.base.typed_topic import message_class

if TYPE_CHECKING:
    from mer_ros.nodes.humans.humans_node import HumansNode

DEPTH = 10


class HumanFace:
    """Has the newest crop of a face judged, and publishes the expression of its person."""

    def __init__(self, node: HumansNode, name: str) -> None:
        self._node, self._name = node, name
        self._lock = Lock()
        self._newest: tuple[Any, str] | None = None
        self._engine = node.engine.face()
        # It does not outlive the activation of the node, so it needs no lifecycle of its own.
        self._expression = node.create_publisher(
            message_class('hri_msgs/msg/Expression'), f'/humans/faces/{name}/expression', DEPTH)
        self._crops = self._engine and node.subscribe(
            Image, f'/humans/faces/{name}/cropped', self._on_crop, qos_profile_sensor_data,
            overridable=False)

    def close(self) -> None:
        """Unsubscribe and withdraw; evidence that is still open is given out."""
        self._node.destroy_publisher(self._expression)
        if self._engine is not None:
            self._node.unsubscribe(self._crops)
            self._node.submit('face', self._engine.flush)

    def forget(self) -> None:
        """Drop what waits and what the engine holds."""
        if self._engine is not None:
            self._take()
            self._node.control('face', self._engine.reset)

    def express(self, state: Any, name: str) -> None:
        """Publish an EmotionState under this name of hri_msgs/Expression."""
        known = {axis: value for axis in ('valence', 'arousal')
                 if not isnan(value := getattr(state, axis))}
        self._expression.publish(self._expression.msg_type(
            header=state.header, expression=name, confidence=state.confidence, **known))

    def _on_crop(self, message: Image) -> None:
        try:
            wanted = self._engine.takes(stamp_of(message))
        except ValueError as error:
            self._node.complain('unstamped', str(error))
            return
        if not wanted:
            return
        self._node.note_face(message.header)
        with self._lock:
            is_late = self._newest is not None
            self._newest = message, self._node.engine.ids.person_of('face', self._name)
        if is_late:
            self._node.meter.count('dropped')
        # A job that finds nothing costs nothing; a crop without a job would stay for ever.
        self._node.submit('face', self._look)

    def _take(self) -> tuple[Any, str] | None:
        with self._lock:
            newest, self._newest = self._newest, None
        return newest

    def _look(self) -> list[Logits]:
        newest = self._take()
        if newest is None:
            return []
        message, person = newest
        image = replace(image_from(message), person_id=person)
        self._node.note_age('image', image.stamp)
        return self._engine.process(image)
