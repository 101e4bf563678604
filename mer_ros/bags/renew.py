"""Messages of older versions of this package, as today's: what they lack is empty."""

from typing import Any

import numpy as np
from rosbags.interfaces import Nodetype
from rosbags.typesys.store import Typestore

OURS = 'mer_ros/msg/'
"""What the types begin with whose older definitions are understood."""


def is_older(msgtype: str, old: Typestore, new: Typestore) -> bool:
    """Tell whether a definition only lacks fields that the new one has, at whatever depth."""
    if not msgtype.startswith(OURS):
        return old.hash_rihs01(msgtype) == new.hash_rihs01(msgtype)
    fields = dict(new.fielddefs[msgtype][1])
    return all(fields.get(name) == kind and (
        (inner := _type_in(kind)) is None or is_older(inner, old, new))
        for name, kind in old.fielddefs[msgtype][1])


def renewed(message: Any, msgtype: str, new: Typestore) -> Any:
    """Return a message of an older definition (see `is_older`) as one of the new."""
    return new.types[msgtype](**{
        name: _renewed(getattr(message, name), kind, new) if hasattr(message, name)
        else _empty(kind) for name, kind in new.fielddefs[msgtype][1]})


def _renewed(value: Any, kind: Any, new: Typestore) -> Any:
    inner = _type_in(kind)
    if inner is None:
        return value
    if isinstance(value, list):
        return [renewed(one, inner, new) for one in value]
    return renewed(value, inner, new)


def _type_in(kind: Any) -> str | None:
    """Return the message type of a field, or of its elements; None for numbers and strings."""
    node, of = kind
    if node is Nodetype.NAME:
        return str(of)
    return None if node is Nodetype.BASE else _type_in(of[0])


def _empty(kind: Any) -> Any:
    """Return the value of a field that was added: '', 0, False or an empty list."""
    node, of = kind
    if node is Nodetype.SEQUENCE:
        inner, name = of[0][0], of[0][1]
        numbers = inner is Nodetype.BASE and name[0] != 'string'
        return np.empty(0, dtype=name[0]) if numbers else []
    if node is not Nodetype.BASE:
        raise TypeError(f'a field of the kind {node.name} cannot be left empty')
    return {'string': '', 'bool': False}.get(of[0], 0)
