"""Running nodes as a process: start, spin, and end cleanly."""

from __future__ import annotations

from collections.abc import Callable, Iterable
import ctypes
import logging
import os
import signal
import sys
import time

import rclpy
from rclpy._rclpy_pybind11 import RCLError  # rclpy exports it nowhere else
from rclpy.exceptions import ParameterException
from rclpy.executors import Executor, ExternalShutdownException

from mer_ros.nodes.base.engine_node import EngineNode
from mer_ros.nodes.base.executors import EXECUTORS, take_executor
from mer_ros.nodes.base.given import unknown_nodes, unused_parameters

PAUSE = 0.05
"""Seconds to wait after a failure of the executor, so that one that stays does not fill a core."""

WAKE = 0.5
"""Seconds after which an executor looks whether it is to end; that of events is not woken up."""

_PR_SET_DUMPABLE = 4


def keep_to_oneself() -> None:
    """Let other users read no file that this process makes, and no core dump of it be written.

    The files are logs and the shared memory of the middleware, and memory holds what was seen and
    said.
    """
    os.umask(0o077)
    if sys.platform == 'linux':
        ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)


def run(makers: Iterable[Callable[[], EngineNode]], args: list[str] | None = None) -> int:
    """Spin these nodes until SIGINT or SIGTERM; return the exit status.

    ``args`` are those of the process by default; ``executor:=NAME`` among them names one of
    EXECUTORS.  The status is 2 where that is not understood, 1 when a parameter that was given is
    not allowed, else 0.  A node whose parameter
    ``autostart`` is set is configured and activated at once; one that fails stays up,
    unconfigured, with the reason in its diagnostics.
    """
    # rclpy handles both signals: it ends the context and wakes the executor.  Python would raise
    # KeyboardInterrupt on top, in the middle of the clean-up if the signal comes twice: on Ctrl-C
    # a node gets one from the terminal and may get another from launch.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    keep_to_oneself()
    try:
        executor, words = take_executor(sys.argv if args is None else args)
    except ValueError as error:
        print(f'not started: {error}', file=sys.stderr)
        return 2
    try:
        rclpy.init(args=words)
    except RCLError as error:  # a broken file of parameters, a folder for logs without access
        print(f'not started: {" ".join(str(error).split())}', file=sys.stderr)
        return 1
    nodes: list[EngineNode] = []
    try:
        try:
            spinner = EXECUTORS[executor]()
            started = True
            for make in makers:
                node = make()
                nodes.append(node)
                spinner.add_node(node)
                started &= node.autostart()
            for warning in (
                    *unused_parameters(nodes, active=started),
                    *unknown_nodes(words, [node.get_name() for node in nodes])):
                nodes[0].get_logger().warning(warning)
        except (ParameterException, ValueError, ImportError) as error:
            print(f'not started: {error}', file=sys.stderr)
            return 1
        spin(spinner, nodes)
    except Exception:  # whatever rclpy raises when the context ends while a node is made
        if rclpy.ok():
            raise
    finally:
        for node in nodes:
            node.close()
            node.destroy_node()
        rclpy.try_shutdown()
    if any(node.outlasted for node in nodes):
        # A model still computes in a thread; it must not see the interpreter taken apart.
        logging.shutdown()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(0)
    return 0


def spin(executor: Executor, nodes: list[EngineNode]) -> None:
    """Spin until the context ends, whatever is raised.

    The callbacks of the nodes are guarded by themselves; what else fails in the executor is
    counted by the first node, since nothing tells whose it is.
    """
    while rclpy.ok(context=executor.context):
        try:
            executor.spin_once(timeout_sec=WAKE)
        except ExternalShutdownException:
            return
        except Exception as error:
            if rclpy.ok(context=executor.context):
                nodes[0].faults.fail('executor', error)
                time.sleep(PAUSE)
