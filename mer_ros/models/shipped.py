"""The weights that ship with the package are read only if they are what was shipped.

A flipped bit of a disk or a memory card mostly gives a model that runs, and answers otherwise.
``weights/SHA256SUMS`` names every file with its checksum, as sha256sum does, so that
``sha256sum -c`` in the folder of the package checks them too; ``tools/write_checksums.py``
writes it.
"""

from functools import cache
import hashlib
from pathlib import Path

PACKAGE = Path(__file__).parents[1]
"""The folder of the package."""

CHECKSUMS = Path(__file__).parent / 'weights' / 'SHA256SUMS'
"""The checksums of what ships."""


def read_shipped(path: Path) -> bytes:
    """Return the content of a file; of one that ships only if it is as it was shipped.

    Raises:
        OSError: the file cannot be read.
        ValueError: it ships with the package and has changed since.
    """
    content = path.read_bytes()
    expected = checksums().get(path.resolve())
    if expected not in (None, hashlib.sha256(content).hexdigest()):
        raise ValueError(f'{path} is not what was shipped (its SHA-256 is another one): the disk '
                         f'or the download is damaged; reinstall mer_ros (if you changed it, run '
                         f'tools/write_checksums.py)')
    return content


@cache
def checksums() -> dict[Path, str]:
    """Return the SHA-256 of each file that ships, in hexadecimal."""
    lines = CHECKSUMS.read_text(encoding='utf-8').splitlines()
    return {(PACKAGE / name).resolve(): digest for digest, name in (
        line.split('  ', 1) for line in lines)}
