"""What face_node, speech_node and text_node share: a worker that turns input into logits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from mer_ros.data import Logits
from mer_ros.msg import ModalityLogits
from mer_ros.nodes.base import EngineNode
from mer_ros.nodes.conversions import to_ros
from mer_ros.nodes.meter import Reading
from mer_ros.nodes.parameters import Parameter
from mer_ros.nodes.worker import Worker

LOGITS_DEPTH = 10


class PerceptionNode(EngineNode):
    """Publishes ``<modality>/logits`` for what a subclass's ``perceive`` finds in an input.

    ``perceive`` runs in the worker's thread, never in the executor's; ``capacity`` inputs may
    wait for it, and older ones are dropped and counted.
    """

    modality: str
    capacity: int

    def __init__(self, name: str, parameters: Sequence[Parameter], **options: Any) -> None:
        self._worker: Worker | None = None
        self._publisher: Any = None
        super().__init__(name, parameters, **options)

    def make_engine(self, values: Mapping[str, Any]) -> Any:
        """Return the engine for these parameters."""
        raise NotImplementedError

    def listen(self, values: Mapping[str, Any]) -> None:
        """Subscribe; callbacks hand their input to ``submit``."""
        raise NotImplementedError

    def unlisten(self) -> None:
        """Destroy the subscriptions."""
        raise NotImplementedError

    def perceive(self, item: Any) -> Sequence[Logits]:
        """Turn one submitted item into logits."""
        raise NotImplementedError

    def build(self, values: Mapping[str, Any]) -> None:
        """Load the model and create the publisher."""
        self.engine = self.make_engine(values)
        self._publisher = self.advertise(
            ModalityLogits, f'{self.modality}/logits', LOGITS_DEPTH)

    def start(self, values: Mapping[str, Any]) -> None:
        """Start the worker, then subscribe."""
        self._worker = Worker(capacity=self.capacity, name=self.get_name())
        self.listen(values)

    def stop(self) -> None:
        """Unsubscribe, then end the worker."""
        self.unlisten()
        if self._worker is not None:
            self._worker.stop()
            self._worker = None

    def free(self) -> None:
        """Drop the model and the publisher."""
        if self._publisher is not None:
            self.destroy_lifecycle_publisher(self._publisher)
            self._publisher = None
        self.engine = None

    def forget(self) -> None:
        """Drop what waits and what the engine holds."""
        if self._worker is None:
            self.engine.reset()
        else:  # the engine belongs to the worker's thread
            self._worker.clear()
            self._worker.put(self.engine.reset)

    def submit(self, item: Any) -> None:
        """Hand an input to the worker; an older one that had to make room is counted."""
        if self._worker is not None and not self._worker.put(partial(self._work, item)):
            self.meter.count('dropped')

    def _work(self, item: Any) -> None:
        for logits in self.attempt(self.perceive, item) or ():
            if self.enabled and self.context.ok():
                self._publisher.publish(to_ros(logits))
                self.meter.count('published')

    def describe(self, reading: Reading) -> dict[str, object]:
        """Return the name of the model."""
        return {'model': self.get_parameter('model').value}

    def warnings(self, reading: Reading) -> list[str]:
        """Warn when inputs are dropped because the model is too slow."""
        if reading.recent['dropped']:
            return [f'too slow: {reading.recent["dropped"]} inputs dropped in the last second']
        return []
