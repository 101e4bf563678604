"""Strings of strangers, made fit for a terminal, a log or a table."""

SHORT = 256
"""The most characters of an id, a label or the name of a model."""

_JOINERS = '\N{ZERO WIDTH NON-JOINER}\N{ZERO WIDTH JOINER}'
"""Invisible, but part of how words of some scripts and some emoji are written."""


def is_printable(text: str) -> bool:
    """Tell whether nothing in a text moves a cursor, turns its direction or is hidden.

    Escape sequences, line ends, marks of direction and halves of surrogate pairs do.
    """
    return text.isprintable() or all(
        character.isprintable() or character in _JOINERS for character in text)


def printable(text: str, limit: int = SHORT) -> str:
    """Return a text with a `?` for each character that is not printable, cut at a length."""
    cut = text if len(text) <= limit else f'{text[:limit]}...'
    return cut if is_printable(cut) else ''.join(
        character if is_printable(character) else '?' for character in cut)
