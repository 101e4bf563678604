"""The lock files name every requirement, one version and one checksum each."""

from __future__ import annotations

from pathlib import Path
import re

import pytest

LINE = re.compile(r'([a-z0-9][a-z0-9._-]*)==(\S+) --hash=sha256:[0-9a-f]{64}')


def normal(name: str) -> str:
    return re.sub(r'[-_.]+', '-', name).lower()


def requirements(file: Path) -> set[str]:
    """Return the packages that a file asks for, those of the files it names included."""
    found: set[str] = set()
    for line in file.read_text(encoding='utf-8').splitlines():
        if line.startswith('-r '):
            found |= requirements(file.parent / line.removeprefix('-r ').strip())
        elif named := re.match(r'[A-Za-z0-9][\w.-]*', line):
            found.add(normal(named[0]))
    return found


@pytest.mark.parametrize('distro', ['jazzy'])
def test_every_requirement_is_locked(repository: Path, distro: str) -> None:
    folder = repository / 'requirements'
    locks = sorted(folder.glob(f'lock-{distro}-*.txt'))
    assert locks, 'run tools/write_lock.py'
    for lock in locks:
        lines = [LINE.fullmatch(line) for line in lock.read_text(encoding='utf-8').splitlines()]
        assert all(lines)
        locked = {normal(line[1]) for line in lines if line}
        wanted = set().union(*(requirements(folder / f'{name}.txt')
                               for name in ('runtime', 'detector', f'ros-{distro}')))
        assert wanted - locked == set(), 'run tools/write_lock.py'
