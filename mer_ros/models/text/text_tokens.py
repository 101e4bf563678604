"""Text to words: cleaning and splitting, in plain Python."""

import re

MAX_CHARACTERS = 1000
"""Longest text in characters; of a longer one only the end, the newest words, is used."""

_TOKEN = re.compile(r"\w+(?:'\w+)*|([^\w\s])\1*")
_MASK = re.compile(r'\[[A-Za-z ]{2,20}\]')
_SPACE_BEFORE_STOP = re.compile(r'\s+([.,!?;:])')
_CONTROL = re.compile(r'[\x00-\x1f\x7f]')
_SPACED_HYPHEN = re.compile(r'\s+-\s+')
_QUOTES = str.maketrans({'\u2019': "'", '\u2018': "'", '`': "'", '\u201c': '"', '\u201d': '"'})


def clean(text: str) -> str:
    """Return the end of a text in Unicode that can be encoded, case kept.

    Any string will do: half surrogates become question marks, control characters spaces.  Masked
    names such as [NAME] all read the same, and spaces before punctuation go, so that the data
    sets do not differ by how they were prepared.
    """
    whole = text[-MAX_CHARACTERS:].encode('utf-8', 'replace').decode('utf-8')
    whole = _CONTROL.sub(' ', whole).translate(_QUOTES)
    whole = _MASK.sub('Xname', whole)
    return _SPACED_HYPHEN.sub('-', _SPACE_BEFORE_STOP.sub(r'\1', whole)).strip()


def pieces(cleaned: str) -> list[str]:
    """Return the words and runs of one punctuation mark of a clean text, as they are written."""
    return [match.group() for match in _TOKEN.finditer(cleaned)]


def tokens(cleaned: str) -> list[str]:
    """Return the lower-case words and runs of one punctuation mark of a clean text."""
    return pieces(cleaned.lower())


def spoken(text: str) -> str:
    """Return a text as a plain speech recogniser writes it: no capitals, no punctuation."""
    return ' '.join(token for token in tokens(clean(text)) if token[0].isalnum())
