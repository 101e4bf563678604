"""Finding phrases in what somebody says, whatever the case, accents and punctuation."""

from collections.abc import Sequence
from functools import cached_property
import re
import unicodedata

_NO_WORD = re.compile(r'[^\w*]+')
_HIDDEN = "'’`´\u115f\u1160\u3164"
_LOOK_ALIKES = str.maketrans(
    'авекһмнорстухіјѕӏԁԍԛԝѵ' 'αβεηικνορτυχγω' 'ıɑɡɩօոսհցզ' 'ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘǫʀꜱᴛᴜᴠᴡʏᴢ',
    'abekhmhopctyxijsldgqwv' 'abenikvoptuxyw' 'iagionuhgq' 'abcdefghijklmnopqrstuvwyz')
"""Letters of other scripts that are read as Latin ones, and those."""

_SPLIT_FROM = 8
"""Letters from which on a phrase is found though spaces stand between its letters."""

_NEVER = re.compile(r'(?!)')


def plain(text: str) -> str:
    """Return the words alone: lower case, no accents or punctuation, one space in between.

    An apostrophe vanishes rather than splits: ``plain("Don't, José!") == 'dont jose'``.
    """
    letters = (character for character in unicodedata.normalize('NFKD', text.casefold())
               if unicodedata.category(character) not in ('Mn', 'Me', 'Cf')
               and character not in _HIDDEN)
    return _NO_WORD.sub(' ', ''.join(letters)).strip()


class Phrases:
    """A list of phrases to look for; whole words, and ``*`` stands for any rest of a word.

    A phrase is found too where letters are replaced by such as look like them, something invisible
    stands between them, or, in a long one, spaces do (``my self``).
    """

    def __init__(self, phrases: Sequence[str]) -> None:
        self._phrases = tuple(phrases)

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        # Only when it is asked for: most languages of the files are never spoken.
        words = [_pattern(plain(phrase)) for phrase in self._phrases]
        return re.compile(rf'\b(?:{"|".join(words)})\b') if words else _NEVER

    def occur_in(self, text: str) -> bool:
        """Tell whether any of the phrases is in a text."""
        words = plain(text)
        return any(self._pattern.search(seen) for seen in (words, words.translate(_LOOK_ALIKES)))


def _pattern(phrase: str) -> str:
    letters = phrase.replace(' ', '')
    if len(letters) < _SPLIT_FROM:
        return re.escape(phrase).replace(r'\*', r'\w*')
    return ' ?'.join(r'\w*' if letter == '*' else re.escape(letter) for letter in letters)
