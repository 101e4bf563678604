"""The message definitions that bags are read and written with."""

from __future__ import annotations

from functools import cache
import os
from pathlib import Path
import sys

from rosbags.typesys import get_types_from_msg, get_typestore, Stores
from rosbags.typesys.store import Typestore

from mer_ros.bags.errors import BagError

_PACKAGE = 'mer_ros'


@cache
def typestore() -> Typestore:
    """Return the types of ROS 2 Jazzy together with the messages of this package.

    The definitions are read from the .msg files themselves, so that a bag written without ROS
    carries the same types, with the same hashes, as one recorded on a robot.  The store is shared:
    do not register further types in it.

    Raises:
        BagError: the .msg files are nowhere to be found.
    """
    store = get_typestore(Stores.ROS2_JAZZY)
    definitions = {}
    for path in sorted(_message_folder().glob('*.msg')):
        definitions.update(
            get_types_from_msg(path.read_text(encoding='utf-8'), f'{_PACKAGE}/msg/{path.stem}'))
    store.register(definitions)
    return store


def _message_folder() -> Path:
    prefixes = [prefix for prefix in os.environ.get('AMENT_PREFIX_PATH', '').split(os.pathsep)
                if prefix]
    candidates = [
        Path(__file__).resolve().parents[2] / 'msg',
        *(Path(prefix) / 'share' / _PACKAGE / 'msg' for prefix in (*prefixes, sys.prefix)),
    ]
    for folder in candidates:
        if (folder / 'EmotionState.msg').is_file():
            return folder
    raise BagError(
        f'the message definitions of {_PACKAGE} were not found in '
        f'{[str(folder) for folder in candidates]}; build the package and source its workspace')
