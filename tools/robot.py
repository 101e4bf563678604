"""The graph as processes of its own, and a node outside that feeds and watches it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
import os
import random
import signal
import subprocess
import tempfile
from time import monotonic
from typing import Any
from unittest.mock import patch

RESPAWN_S = 2.0
"""Seconds until a process that has ended is started again, as mer.launch.py does."""

PATIENCE_S = 60.0
"""Seconds that the graph gets to start in, on a machine that is busy."""


@dataclass
class Executable:
    """A process of the package, started again after it has ended."""

    path: str
    arguments: Sequence[str]
    folder: str
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    ended: float | None = None
    starts: int = 0

    @property
    def pid(self) -> int:
        """Return the id of the process that was started last."""
        assert self.process is not None
        return self.process.pid

    def look(self) -> None:
        """Start the process where it is due."""
        if self.process is not None and self.process.poll() is None:
            return
        if self.process is not None and self.ended is None:
            self.ended = monotonic()
        if self.ended is None or monotonic() - self.ended >= RESPAWN_S:
            self.process = subprocess.Popen([self.path, *self.arguments], cwd=self.folder)
            self.started, self.ended = monotonic(), None
            self.starts += 1

    def close(self) -> None:
        """End the process, whatever state it is in."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGCONT)
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


class Robot:
    """Executables by name, and ``node``, which is another participant."""

    def __init__(self, executables: dict[str, Executable], node: Any, executor: Any) -> None:
        self.executables, self.node, self._executor = executables, node, executor

    def spin(self, seconds: float) -> None:
        """Handle what comes for a time; start again what has ended."""
        until = monotonic() + seconds
        while True:
            for executable in self.executables.values():
                executable.look()
            self._executor.spin_once(timeout_sec=max(0.0, min(0.02, until - monotonic())))
            if monotonic() >= until:
                return

    def wait(self, condition: Callable[[], Any], seconds: float = PATIENCE_S) -> bool:
        """Spin until the condition holds; return whether it did in time."""
        until = monotonic() + seconds
        while not condition():
            if monotonic() > until:
                return False
            self.spin(0.005)
        return True


@contextmanager
def robot(names: Sequence[str], *arguments: str, domain: int | None = None) -> Iterator[Robot]:
    """Run executables in a ROS domain and a home of their own, for as long as the block lasts."""
    with tempfile.TemporaryDirectory() as state, patch.dict(
            os.environ, ROS_AUTOMATIC_DISCOVERY_RANGE='LOCALHOST', HOME=state,
            XDG_STATE_HOME=state, ROS_LOG_DIR=state,
            ROS_DOMAIN_ID=str(domain or random.SystemRandom().randint(1, 101))):
        from ament_index_python.packages import get_package_prefix
        import rclpy
        from rclpy.context import Context
        from rclpy.executors import SingleThreadedExecutor

        folder = f'{get_package_prefix("mer_ros")}/lib/mer_ros'
        executables = {name: Executable(f'{folder}/{name}', (
            '--ros-args', '--log-level', 'fatal', *arguments), state) for name in names}
        context = Context()
        rclpy.init(context=context, args=[])
        node = rclpy.create_node('stranger', context=context)
        executor = SingleThreadedExecutor(context=context)
        executor.add_node(node)
        try:
            yield Robot(executables, node, executor)
        finally:
            for executable in executables.values():
                executable.close()
            node.destroy_node()
            executor.shutdown()
            context.try_shutdown()
