"""The message definitions that bags are read and written with."""

from functools import cache

from rosbags.typesys import get_types_from_msg, get_typestore, Stores
from rosbags.typesys.store import Typestore

from mer_ros.bags.errors import BagError
from mer_ros.share import shared

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
    try:
        folder = shared('msg')
    except FileNotFoundError as error:
        raise BagError(str(error)) from error
    for path in sorted(folder.glob('*.msg')):
        definitions.update(
            get_types_from_msg(path.read_text(encoding='utf-8'), f'{_PACKAGE}/msg/{path.stem}'))
    store.register(definitions)
    return store
