"""Running nodes as a process: start, spin, and end cleanly."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import rclpy
from rclpy.executors import ExternalShutdownException, SingleThreadedExecutor

from mer_ros.nodes.base import EngineNode


def run(makers: Sequence[Callable[[], EngineNode]], args: list[str] | None = None) -> int:
    """Spin these nodes in one executor until SIGINT or SIGTERM; return the exit status.

    A node whose parameter ``autostart`` is set is configured and activated at once; one that
    fails stays up, unconfigured, with the reason in its diagnostics.
    """
    rclpy.init(args=args)
    executor = SingleThreadedExecutor()
    nodes: list[EngineNode] = []
    try:
        for make in makers:
            node = make()
            nodes.append(node)
            executor.add_node(node)
            node.autostart()
        executor.spin()
    except (KeyboardInterrupt, ExternalShutdownException):
        pass
    finally:
        for node in nodes:
            node.close()
            node.destroy_node()
        rclpy.try_shutdown()
    return 0

