"""Programs run in a home of their own, and what they wrote and whom they called, seen from outside.

strace sees every process of the program and every library in it, whatever language it is in.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from ipaddress import ip_address
import os
from pathlib import Path
import re
import shutil
import subprocess

import pytest

from mer_ros import SWITCHES

PATIENCE = 300.0
"""Seconds that a program gets under strace, on a machine that is busy; no measure of speed."""

CALLS = 'connect,sendto,sendmsg,sendmmsg,openat,open,creat,mkdir,mkdirat,rename,renameat,renameat2'

_INET = re.compile(r'sa_family=AF_INET, sin_port=htons\((\d+)\), sin_addr=inet_addr\("([^"]+)"\)')
_INET6 = re.compile(
    r'sa_family=AF_INET6, sin6_port=htons\((\d+)\).*?inet_pton\(AF_INET6, "([^"]+)"')
_WRITES = re.compile(r'(?:open|openat)\([^"]*"([^"]+)", [^)]*(?:O_CREAT|O_WRONLY|O_RDWR)'
                     r'.*= \d+(?:<([^>]*)>)?')

OF_THE_USER = ('XDG_', 'ROS_LOG', 'ROS_HOME', 'MER_ROS', 'MPL', 'FASTRTPS', 'FASTDDS')
"""How the settings begin with which somebody moves files; the program goes without."""

DNS = 53
DISCOVERY = ip_address('239.255.0.1')
"""The address at which DDS participants of one machine find each other; it never leaves it."""


@dataclass
class Seen:
    """What a program did."""

    files: list[str] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)
    output: str = ''


@pytest.fixture
def watch(tmp_path: Path) -> Callable[..., Seen]:
    """Return what runs a command in a fresh home and tells what it wrote and whom it called."""
    def run(command: Sequence[str], **environment: str) -> Seen:
        if shutil.which('strace') is None:
            pytest.skip('strace is not installed: apt install strace')
        home, scratch, trace = (tmp_path / name for name in ('home', 'scratch', 'trace'))
        home.mkdir()
        scratch.mkdir()
        clean = {name: value for name, value in os.environ.items()
                 if name not in SWITCHES and not name.startswith(OF_THE_USER)}
        done = subprocess.run(
            ['strace', '-f', '--seccomp-bpf', '-y', '-e', f'trace={CALLS}', '-o', str(trace),
             *command], capture_output=True, text=True, timeout=PATIENCE, check=False,
            cwd=tmp_path, env={**clean, 'HOME': str(home), 'TMPDIR': str(scratch),
                               'PYTHONDONTWRITEBYTECODE': '1', **environment})
        output = done.stdout + done.stderr
        if 'PTRACE' in output and not trace.exists():
            pytest.skip(f'strace may not trace here: {output}')
        assert done.returncode == 0, output
        lines = trace.read_text(errors='replace').splitlines()
        assert lines
        files = {str(path.relative_to(tmp_path)) for folder in (home, scratch)
                 for path in folder.rglob('*') if path.is_file()}
        for line in lines:
            if written := _WRITES.search(line):
                path = Path(written[2] or written[1])
                if scratch not in path.parents:  # what is left there has been found above
                    files.add(os.path.relpath(path, tmp_path))
        devices = tuple(os.path.relpath(folder, tmp_path) for folder in ('/dev', '/proc'))
        return Seen(sorted(file for file in files if not file.startswith(devices)),
                    [line for line in lines if _is_stranger(line)], output)
    return run


def _is_stranger(line: str) -> bool:
    """Tell whether a system call addresses anything but a program on this machine."""
    for port, address in (*_INET.findall(line), *_INET6.findall(line)):
        where = ip_address(address)
        if int(port) == DNS or not (where.is_loopback or where == DISCOVERY):
            return True
    return False
