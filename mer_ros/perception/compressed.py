"""Telling compressed sound from PCM by its bytes."""

from collections.abc import Callable
import re

LOOKED_AT = 16384
"""Bytes of a stream after which it is PCM for good: two frames of mp3 or aac fit in."""

_LOOK_EVERY = 1024

_HEAD = re.compile(
    rb'\xff(?:[\xe2\xe3\xf2\xf3\xfa\xfb][\x10-\xef]|[\xf0\xf1\xf8\xf9])')
"""How a frame header may begin: layer III of MPEG 1, 2 or 2.5 with its bit rate, or ADTS."""

_FILES = {'ogg': re.compile(rb'OggS\x00[\x00-\x07]'), 'flac': re.compile(rb'\AfLaC\x00'),
          'mp3': re.compile(rb'\AID3[\x02-\x04]')}

_RATES = (44100, 48000, 32000)
_KBITS = {  # of layer III, by whether it is MPEG 1
    True: (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    False: (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)}


class StreamLook:
    """Looks at the first bytes of a stream, once; ``found`` names its compression, or is ''.

    A stream that is joined in the middle is recognised too: by two frame headers of mp3 or aac
    that agree, the second as far behind the first as the first says.  A single header proves
    nothing, since any two samples of PCM may look like one.
    """

    def __init__(self) -> None:
        self.found = ''
        self._seen = b''
        self._looked_at = 0

    def at(self, data: bytes) -> str:
        """Take the next bytes; return the name of the compression, '' where there is none."""
        if not self.found and len(self._seen) < LOOKED_AT:
            self._seen = (self._seen + data)[:LOOKED_AT]
            new = len(self._seen) - self._looked_at
            if not self._looked_at or new >= _LOOK_EVERY or len(self._seen) == LOOKED_AT:
                self._looked_at = len(self._seen)
                self.found = compression(self._seen)
        return self.found


def compression(data: bytes) -> str:
    """Return ``mp3``, ``aac``, ``ogg`` or ``flac``, or '' where bytes show none of them."""
    for name, pattern in _FILES.items():
        if pattern.search(data):
            return name
    for match in _HEAD.finditer(data):
        for name, length_of in _FRAMES.items():
            if _two_frames(data, match.start(), length_of):
                return name
    return ''


def _two_frames(data: bytes, start: int, length_of: Callable[[bytes], int]) -> bool:
    """Tell whether a frame starts here, and another of its kind right after it."""
    head = data[start:start + 6]
    length = length_of(head)
    following = data[start + length:start + length + 6]
    return (length > 0 and length_of(following) > 0
            and head[:2] == following[:2] and _rate(head) == _rate(following)
            # Sound that repeats itself may hold two headers at any distance, but more between.
            and data.find(head[:3], start + 2, start + length) < 0)


def _rate(head: bytes) -> int:
    return head[2] & (0b1100 if head[1] & 0b110 else 0b111100)


def _mp3_length(head: bytes) -> int:
    """Return the length of a frame of layer III with this header, 0 where it is none."""
    if len(head) < 4 or head[0] != 0xff or head[1] & 0xe6 != 0xe2 or head[1] & 0x18 == 0x08:
        return 0
    bits, rate = head[2] >> 4, head[2] >> 2 & 3
    if bits in (0, 15) or rate == 3:
        return 0
    first = head[1] & 0x18 == 0x18
    hertz = _RATES[rate] // (1 if first else 2 if head[1] & 0x10 else 4)
    return (144 if first else 72) * _KBITS[first][bits - 1] * 1000 // hertz + (head[2] >> 1 & 1)


def _aac_length(head: bytes) -> int:
    """Return the length of an ADTS frame with this header, 0 where it is none."""
    if len(head) < 6 or head[0] != 0xff or head[1] & 0xf6 != 0xf0 or head[2] >> 2 & 15 > 12:
        return 0
    length = (head[3] & 3) << 11 | head[4] << 3 | head[5] >> 5
    return length if length > 7 else 0


_FRAMES = {'mp3': _mp3_length, 'aac': _aac_length}
