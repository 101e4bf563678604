"""Finding phrases in what somebody says, whatever the case, accents and punctuation."""

from collections.abc import Sequence
import re
import unicodedata

_NO_WORD = re.compile(r'[^\w*]+')
_NEVER = re.compile(r'(?!)')


def plain(text: str) -> str:
    """Return the words alone: lower case, no accents or punctuation, one space in between.

    An apostrophe vanishes rather than splits: ``plain("Don't, José!") == 'dont jose'``.
    """
    letters = (character for character in unicodedata.normalize('NFKD', text.casefold())
               if not unicodedata.combining(character) and character not in "'’`´")
    return _NO_WORD.sub(' ', ''.join(letters)).strip()


class Phrases:
    """A list of phrases to look for; whole words, and ``*`` stands for any rest of a word."""

    def __init__(self, phrases: Sequence[str]) -> None:
        words = [re.escape(plain(phrase)).replace(r'\*', r'\w*') for phrase in phrases]
        self._pattern = re.compile(rf'\b(?:{"|".join(words)})\b') if words else _NEVER

    def occur_in(self, text: str) -> bool:
        """Tell whether any of the phrases is in a text."""
        return self._pattern.search(plain(text)) is not None
