"""What a process takes of its machine."""

from __future__ import annotations

from collections.abc import Sequence
import os
from pathlib import Path
from typing import NamedTuple

import numpy as np


class Usage(NamedTuple):
    """Memory in MB (resident), threads, and open file descriptors."""

    memory: float
    threads: int
    files: int

    def __str__(self) -> str:
        return f'{self.memory:.1f} MB, {self.threads} threads, {self.files} files'


def usage(pid: int | None = None) -> Usage:
    """Return what a process, or this one, takes now."""
    folder = Path(f'/proc/{pid or os.getpid()}')
    status = dict(line.split(':', 1) for line in (folder / 'status').read_text().splitlines())
    return Usage(int(status['VmRSS'].split()[0]) / 1024, int(status['Threads']),
                 len(list((folder / 'fd').iterdir())))


def slope(memory: Sequence[float]) -> float:
    """Return by how much memory grew between two of these looks, by least squares (MB)."""
    return float(np.polyfit(np.arange(len(memory)), memory, 1)[0])
