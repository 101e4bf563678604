"""Plain data as the messages of the rosbags library."""

from __future__ import annotations

from typing import Any

from mer_ros.bags.typestore import typestore
from mer_ros.messages.plain_messages import message_of


def to_message(item: Any) -> Any:
    """Return the message of an item as the rosbags library knows it; see `message_of`."""
    return message_of(item, _make)


def _make(msgtype: str, **fields: Any) -> Any:
    return typestore().types[msgtype](**fields)
