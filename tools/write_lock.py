"""Write requirements/lock-DISTRO-pyXY.txt: every package of the runtime with version and SHA-256.

    python tools/write_lock.py jazzy
    pip install --no-deps --require-hashes -r requirements/lock-jazzy-py311-x86_64.txt

It resolves for the Python and the machine that run it, and installs nothing.  A lock is a record of
what was tested together; requirements/runtime.txt and detector.txt say what may be used.  The lock
is complete: with --no-deps, pip adds nothing that the packages of detector.txt ask for in vain.
"""

from __future__ import annotations

import json
from pathlib import Path
import platform
import subprocess
import sys
from typing import Any

ROOT = Path(__file__).resolve().parents[1]


def lock(packages: list[dict[str, Any]]) -> str:
    """Return the lines of a lock file for what pip would install."""
    lines = []
    for item in packages:
        about, found = item['metadata'], item['download_info']['archive_info']
        digest = found.get('hashes', {}).get('sha256')
        if digest is None:
            raise ValueError(f'the index tells no SHA-256 of {about["name"]} {about["version"]}')
        lines.append(f'{about["name"].lower()}=={about["version"]} --hash=sha256:{digest}')
    return '\n'.join(sorted(lines)) + '\n'


def resolved(files: list[Path], *options: str) -> list[dict[str, Any]]:
    """Return what pip would install for files of requirements, as its report describes it."""
    done = subprocess.run(
        [sys.executable, '-m', 'pip', 'install', '--dry-run', '--ignore-installed', '--quiet',
         '--prefer-binary', '--report', '-', *options, *(f'-r{file}' for file in files)],
        capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr)
    packages: list[dict[str, Any]] = json.loads(done.stdout)['install']
    return packages


def main(distro: str) -> Path:
    """Resolve the requirements of a ROS distribution as wheels and write the lock file."""
    files = [ROOT / 'requirements' / name for name in ('runtime.txt', f'ros-{distro}.txt')]
    found = resolved(files) + resolved([ROOT / 'requirements' / 'detector.txt'], '--no-deps')
    python = ''.join(platform.python_version_tuple()[:2])
    path = ROOT / 'requirements' / f'lock-{distro}-py{python}-{platform.machine()}.txt'
    path.write_text(lock(found), encoding='utf-8')
    return path


if __name__ == '__main__':
    print(main(*(sys.argv[1:] or ['jazzy'])))
