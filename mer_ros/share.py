"""Where the files are that are installed beside the Python package."""

import os
from pathlib import Path
import sys


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
