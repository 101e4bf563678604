"""What a program says that cannot even join the graph."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
import sys
from typing import Any

from rclpy._rclpy_pybind11 import RCLError  # rclpy exports it nowhere else


def say_why_not_started(main: Callable[[Any], int]) -> Callable[..., int]:
    """Let a main function end with one line and status 1 where ROS refuses its arguments.

    So it does on a broken file of parameters, or a folder for logs that cannot be written.
    """
    @wraps(main)
    def guarded(args: Sequence[str] | None = None) -> int:
        try:
            return main(args)
        except RCLError as error:
            print(f'not started: {" ".join(str(error).split())}', file=sys.stderr)
            return 1
    return guarded
