"""Write a rosbag2 recording that every other tool can read."""

from __future__ import annotations

from pathlib import Path
import shutil
from types import TracebackType
from typing import Any

from rosbags.interfaces import (
    Connection,
    Qos,
    QosDurability,
    QosHistory,
    QosLiveliness,
    QosReliability,
    QosTime,
)
from rosbags.rosbag2 import StoragePlugin, Writer

from mer_ros.bags.errors import BagError
from mer_ros.bags.typestore import typestore

STORAGES = {'mcap': StoragePlugin.MCAP, 'sqlite3': StoragePlugin.SQLITE3}
"""The storage formats of rosbag2, by the name that `ros2 bag` gives them."""

LATCHED_TYPES = frozenset({'mer_ros/msg/EmotionState', 'mer_ros/msg/EmotionStateArray'})
"""Messages that are published TRANSIENT_LOCAL: a late subscriber gets the last one."""

_FOREVER = QosTime(9223372036, 854775807)


class BagWriter:
    """A context manager that writes a new bag folder.

    The definitions and the offered QoS profiles go into the bag.  When the body raises, the
    folder is removed, since nobody could read half a bag.

    Args:
        path: the folder to make.
        storage: 'mcap' or 'sqlite3'.

    Raises:
        BagError: the folder exists already.
        ValueError: the storage is none of the two.
    """

    def __init__(self, path: str | Path, *, storage: str = 'mcap') -> None:
        if storage not in STORAGES:
            raise ValueError(f'storage must be one of {sorted(STORAGES)}, given {storage!r}')
        if Path(path).exists():
            raise BagError(f'{path} exists already; remove it or choose another folder')
        self._writer = Writer(path, version=9, storage_plugin=STORAGES[storage])
        self._connections: dict[tuple[str, str], Connection] = {}

    def __enter__(self) -> BagWriter:
        self._writer.open()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        self._writer.__exit__(kind, error, trace)
        if kind is not None:
            shutil.rmtree(self._writer.path)

    def write(self, topic: str, message: Any, stamp: int) -> None:
        """Append a message of the typestore, received at ``stamp`` (ns), to a topic."""
        msgtype = message.__msgtype__
        connection = self._connections.get((topic, msgtype))
        if connection is None:
            connection = self._writer.add_connection(
                topic, msgtype, typestore=typestore(),
                offered_qos_profiles=[_qos(latched=msgtype in LATCHED_TYPES)])
            self._connections[topic, msgtype] = connection
        self._writer.write(connection, stamp, typestore().serialize_cdr(message, msgtype))


def _qos(*, latched: bool) -> Qos:
    return Qos(
        history=QosHistory.KEEP_LAST,
        depth=1 if latched else 10,
        reliability=QosReliability.RELIABLE,
        durability=QosDurability.TRANSIENT_LOCAL if latched else QosDurability.VOLATILE,
        deadline=_FOREVER,
        lifespan=_FOREVER,
        liveliness=QosLiveliness.AUTOMATIC,
        liveliness_lease_duration=_FOREVER,
        avoid_ros_namespace_conventions=False,
    )
