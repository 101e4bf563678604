"""Terminals that do not know every character: marks become ASCII instead of an error."""

import codecs
from typing import Any

_HANDLER = 'mer_ros.plain_marks'

_PLAIN = {'█': '#', '■': '#', '░': '-', '·': '.', '…': '.', '–': '-', '—': '-', '━': '=', '╺': '=',
          '╸': '=', '─': '-', '│': '|', '→': '>', '≥': '>', '≤': '<', '•': '*', '✓': '+', '✗': 'x'}


def _plain(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    lost = error.object[error.start:error.end]
    return ''.join(_PLAIN.get(character, '?') for character in lost), error.end


def write_plain_marks(*streams: Any) -> None:
    """Let what the encoding of these text streams lacks be written as ASCII that looks like it."""
    codecs.register_error(_HANDLER, _plain)
    for stream in streams:
        # A notebook or a test may have put something else in the place of the terminal.
        if hasattr(stream, 'reconfigure'):
            stream.reconfigure(errors=_HANDLER)
