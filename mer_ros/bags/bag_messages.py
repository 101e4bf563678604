"""Plain data as the messages of the rosbags library."""

from typing import Any

import numpy as np

from mer_ros.bags.typestore import typestore
from mer_ros.messages.plain_messages import Make, message_of


def to_message(item: Any) -> Any:
    """Return the message of an item as the rosbags library knows it; see `message_of`."""
    return message_of(item, _MAKE)


def _array(typecode: str, numbers: Any) -> Any:
    if isinstance(numbers, bytes):
        return np.frombuffer(numbers, dtype=typecode)
    return np.array(numbers, dtype=typecode)


_MAKE = Make(kind=lambda msgtype: typestore().types[msgtype], array=_array)
