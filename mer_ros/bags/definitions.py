"""The message definitions that a bag brings along."""

from __future__ import annotations

from collections.abc import Iterable
import logging
from typing import TYPE_CHECKING

from rosbags.interfaces import MessageDefinition, MessageDefinitionFormat
from rosbags.typesys import get_types_from_idl, get_types_from_msg, get_typestore, Stores

if TYPE_CHECKING:
    from rosbags.interfaces import Connection
    from rosbags.interfaces.typing import Typesdict
    from rosbags.typesys.store import Typestore

_LOG = logging.getLogger(__name__)
_IDL_SEPARATOR = '=' * 80 + '\n'


def embedded_types(connections: Iterable[Connection]) -> Typestore:
    """Return the types that the connections of a bag define.

    A definition that makes no sense is named in the log and left out, so that one odd topic does
    not make a whole bag unreadable.
    """
    store = get_typestore(Stores.EMPTY)
    for connection in connections:
        if connection.msgdef.format is MessageDefinitionFormat.NONE:
            continue
        try:
            types = _parse(connection.msgdef, connection.msgtype)
            trial = get_typestore(Stores.EMPTY)
            trial.register(types)
            trial.hash_rihs01(connection.msgtype)
            store.register(types)
        # The parser raises whatever its grammar happens to trip over.
        except Exception as error:
            _LOG.warning('the definition of %s in the bag is ignored: %s: %s', connection.msgtype,
                         type(error).__name__, error)
    return store


def _parse(definition: MessageDefinition, msgtype: str) -> Typesdict:
    if definition.format is MessageDefinitionFormat.MSG:
        found: Typesdict = get_types_from_msg(definition.data, msgtype)
        return found
    parts = [definition.data]
    if definition.data.startswith(f'{_IDL_SEPARATOR}IDL: '):
        # Several definitions in a row, each after a separator and a line with its name.
        parts = [part.partition('\n')[2] for part in definition.data.split(_IDL_SEPARATOR)[1:]]
    types: Typesdict = {}
    for part in parts:
        types.update(get_types_from_idl(part))
    return types
