"""What tests share: the data folder, and a ROS graph of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
import os
from pathlib import Path
import time
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent

PATIENCE = 20.0
"""Seconds after which a test gives up waiting; never a measure of speed."""


class Graph:
    """Nodes that share an executor which only runs while the test waits for something."""

    def __init__(self) -> None:
        import rclpy
        from rclpy.context import Context
        from rclpy.executors import SingleThreadedExecutor

        self.context = Context()
        rclpy.init(context=self.context, args=[])
        self.executor = SingleThreadedExecutor(context=self.context)
        self.probe = rclpy.create_node('probe', context=self.context)
        self.executor.add_node(self.probe)
        self._nodes: list[Any] = []
        self._strangers: list[Any] = []

    def start(self, kind: type, **parameters: Any) -> Any:
        """Start a node of the package with these parameters, active."""
        node = self.add(kind, **parameters)
        assert node.autostart()
        return node

    def add(self, kind: type, *, namespace: str | None = None, **parameters: Any) -> Any:
        """Add a node of the package, unconfigured; `a__b` means the parameter `a.b`."""
        from rclpy.parameter import Parameter

        overrides = [Parameter(name.replace('__', '.'), value=value)
                     for name, value in parameters.items()]
        node = kind(context=self.context, parameter_overrides=overrides, namespace=namespace)
        self._nodes.append(node)
        self.executor.add_node(node)
        return node

    def stranger(self) -> Any:
        """Return a node of another DDS participant, as one in another process is."""
        import rclpy
        from rclpy.context import Context

        context = Context()
        rclpy.init(context=context, args=[])
        node = rclpy.create_node('stranger', context=context)
        self._strangers.append(node)
        return node

    def publisher(self, kind: type, topic: str, qos: Any = 10, by: Any = None) -> Any:
        """Return a publisher, of the probe or another node, that somebody listens to already."""
        publisher = (by or self.probe).create_publisher(kind, topic, qos)
        self.wait(lambda: publisher.get_subscription_count() > 0, f'a subscriber on {topic}')
        return publisher

    def collect(self, kind: type, topic: str, qos: Any = 10) -> list[Any]:
        """Return a list that fills with what is published on a topic."""
        from rclpy.event_handler import SubscriptionEventCallbacks

        received: list[Any] = []
        matched: list[int] = []
        self.probe.create_subscription(
            kind, topic, received.append, qos, event_callbacks=SubscriptionEventCallbacks(
                matched=lambda event: matched.append(event.current_count)))
        self.wait(lambda: matched and matched[-1] > 0, f'a publisher on {topic}')
        return received

    def wait(
        self, condition: Callable[[], Any], what: str, patience: float = PATIENCE
    ) -> None:
        """Spin until the condition holds; fail, saying what was awaited, if it never does."""
        give_up = time.monotonic() + patience
        while not condition():
            assert time.monotonic() < give_up, f'waited in vain for {what}'
            self.executor.spin_once(timeout_sec=0.02)

    def settle(self, seconds: float = 0.3) -> None:
        """Spin for a while, to see that something does not happen."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            self.executor.spin_once(timeout_sec=0.02)

    def close(self) -> None:
        """End everything."""
        for node in self._nodes:
            node.close()
            node.destroy_node()
        for node in self._strangers:
            node.destroy_node()
            node.context.try_shutdown()
        self.probe.destroy_node()
        self.executor.shutdown()
        self.context.try_shutdown()


@pytest.fixture(scope='session')
def repository() -> Path:
    """Return the root of the source tree."""
    return ROOT


@pytest.fixture(scope='session')
def shared_data() -> Path:
    """Return the folder of recordings and texts beside the source tree, or skip the test."""
    folder = ROOT.parent / 'shared' / 'data'
    if not folder.is_dir():
        pytest.skip('the folder ../shared/data is not there')
    return folder


@pytest.fixture
def domain(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """Give the test a ROS domain that nothing else on this machine uses, reachable only here."""
    coordinator = pytest.importorskip('domain_coordinator')
    with coordinator.domain_id() as number:
        monkeypatch.setenv('ROS_DOMAIN_ID', str(number))
        monkeypatch.setenv('ROS_AUTOMATIC_DISCOVERY_RANGE', 'LOCALHOST')
        yield int(os.environ['ROS_DOMAIN_ID'])


@pytest.fixture
def graph(domain: int) -> Iterator[Graph]:
    """Return an empty graph in a domain of its own."""
    pytest.importorskip('rclpy')
    graph = Graph()
    yield graph
    graph.close()
