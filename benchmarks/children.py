"""Processes that a benchmark starts, and what the kernel says of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
import os
from pathlib import Path
import signal
import subprocess
import sys


@contextmanager
def process(code: str, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run Python code in a process of its own for as long as the block lasts."""
    child = subprocess.Popen([sys.executable, '-c', code, *arguments])
    try:
        yield child
    finally:
        child.send_signal(signal.SIGINT)
        child.wait(10)


def processor_seconds(pid: int) -> float:
    """Return the processor time that a process has taken so far."""
    fields = Path(f'/proc/{pid}/stat').read_text().rpartition(')')[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf('SC_CLK_TCK')
