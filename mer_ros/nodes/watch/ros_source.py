"""The states of a running graph for programs that do not spin: servers, for example."""

from collections.abc import Callable
from contextlib import suppress
from threading import Thread

import rclpy
from rclpy.context import Context
from rclpy.executors import ExternalShutdownException, SingleThreadedExecutor
from rclpy.signals import SignalHandlerOptions

from mer_ros.data import Emotion
from mer_ros.nodes.watch.people_watch import PeopleWatch


def _ignore(state: Emotion) -> object:
    return None


class RosSource:
    """The states of a namespace, from a node in a thread of its own.

    Args:
        name: name of the node.
        namespace: where the topics are; '' is the root.

    Raises:
        ValueError: the namespace is not allowed.

    """

    def __init__(self, name: str, namespace: str) -> None:
        self._context = Context()
        rclpy.init(context=self._context, signal_handler_options=SignalHandlerOptions.NO)
        self._on_state: Callable[[Emotion], object] = _ignore
        self._wishes = self._heeded = 0
        self._node = PeopleWatch(name, namespace=namespace, context=self._context,
                                 on_state=lambda state: self._on_state(state))
        self.topic = self._node.resolve_topic_name('emotion')
        self._executor = SingleThreadedExecutor(context=self._context)
        self._executor.add_node(self._node)
        self._thread = Thread(target=self._spin, name='ros')
        self._thread.start()

    @property
    def now(self) -> int:
        """The time of the graph in ns, 0 when there is none."""
        return self._node.now

    def start(self, on_state: Callable[[Emotion], object]) -> None:
        """Subscribe, in the thread of the node."""
        self._wish(on_state)

    def stop(self) -> None:
        """Unsubscribe, in the thread of the node; what still comes is for nobody."""
        self._wish(_ignore)

    def _wish(self, on_state: Callable[[Emotion], object]) -> None:
        self._on_state = on_state
        self._wishes += 1
        self._executor.create_task(self._heed)

    def _heed(self) -> None:
        """Do what was wished last, once: the executor may run these in another order."""
        if self._heeded != self._wishes:
            self._heeded = self._wishes
            self._node.stop()
            if self._on_state is not _ignore:
                self._node.start()

    def close(self) -> None:
        """End the node and its thread."""
        self._context.try_shutdown()
        self._thread.join()
        self._node.destroy_node()

    def _spin(self) -> None:
        with suppress(ExternalShutdownException):
            self._executor.spin()
