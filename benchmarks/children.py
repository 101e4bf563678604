"""Processes that a benchmark starts, the graph they meet in, and what the kernel says of them."""

from collections.abc import Iterator
from contextlib import contextmanager
import os
from pathlib import Path
import random
import signal
import subprocess
import sys

QUIET = ('--ros-args', '--log-level', 'warn')


@contextmanager
def graph() -> Iterator[None]:
    """Take part in a ROS graph of this machine alone for as long as the block lasts."""
    os.environ['ROS_AUTOMATIC_DISCOVERY_RANGE'] = 'LOCALHOST'
    os.environ['ROS_DOMAIN_ID'] = str(random.randint(1, 101))
    import rclpy

    rclpy.init()
    try:
        yield
    finally:
        rclpy.try_shutdown()


def python(code: str, *arguments: str) -> list[str]:
    """Return the command that runs code with the installed package, as a robot does.

    Python would else find the sources in the working folder first, and compile them at each start.
    """
    return [sys.executable, '-c', "import sys; sys.path.remove('')\n" + code, *arguments]


@contextmanager
def process(code: str, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run Python code in a process of its own for as long as the block lasts."""
    child = subprocess.Popen(python(code, *arguments))
    try:
        yield child
    finally:
        child.send_signal(signal.SIGINT)
        child.wait(10)


def main_of(module: str) -> str:
    """Return the code that runs a node, by its module in `mer_ros.nodes`."""
    return f'import sys; from mer_ros.nodes.{module} import main; sys.exit(main())'


def processor_seconds(pid: int) -> float:
    """Return the processor time that a process has taken so far."""
    fields = Path(f'/proc/{pid}/stat').read_text().rpartition(')')[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf('SC_CLK_TCK')


def megabytes(pid: int | str, kind: str = 'VmRSS') -> float:
    """Return how much memory a process has: its VmRSS, or Pss, its share of what others use too."""
    file = Path(f'/proc/{pid}/{"smaps_rollup" if kind == "Pss" else "status"}')
    line = next(line for line in file.read_text().splitlines() if line.startswith(f'{kind}:'))
    return int(line.split()[1]) / 1024
