"""How large a compressed image says it is, read without decoding it: a bomb is small until then."""

import struct

FORMATS = 'jpeg, png, webp or bmp'
"""The formats that are understood."""

MOST_WORK = 600_000_000
"""The most pixels of a progressive jpeg times its scans: each scan goes over all of them."""

_NO_SIZE = (*range(0xD0, 0xDA), 0x01)
_FRAMES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}


def size_of(data: bytes) -> tuple[int, int] | None:
    """Return (width, height) that a jpeg, png, webp or bmp claims; None where it is none."""
    try:
        if data.startswith(b'\xff\xd8'):
            return _jpeg(data)
        if data.startswith(b'\x89PNG\r\n\x1a\n') and data[12:16] == b'IHDR':
            return struct.unpack_from('>II', data, 16)
        if data.startswith(b'RIFF') and data[8:12] == b'WEBP':
            return _webp(data)
        if data.startswith(b'BM'):
            width, height = struct.unpack_from('<ii', data, 18)
            return abs(width), abs(height)
    except (struct.error, IndexError):
        pass
    return None


def scans_of(data: bytes) -> int:
    """Return how often an image is gone over to decode it; more than once a progressive jpeg."""
    return max(1, data.count(b'\xff\xda')) if data.startswith(b'\xff\xd8') else 1


def _jpeg(data: bytes) -> tuple[int, int] | None:
    place = 2
    while (place := data.find(b'\xff', place)) >= 0:
        marker = data[place + 1]
        if marker in _FRAMES:
            height, width = struct.unpack_from('>HH', data, place + 5)
            return width, height
        if marker in (0x00, 0xFF):  # a stuffed byte, or one that fills up
            place += 1 if marker else 2
        elif marker in _NO_SIZE:
            place += 2
        else:
            place += 2 + struct.unpack_from('>H', data, place + 2)[0]
    return None


def _webp(data: bytes) -> tuple[int, int] | None:
    kind = data[12:16]
    if kind == b'VP8X':
        width, height = (int.from_bytes(data[at:at + 3], 'little') for at in (24, 27))
        return width + 1, height + 1
    if kind == b'VP8L':
        bits, = struct.unpack_from('<I', data, 21)
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    if kind == b'VP8 ':
        width, height = struct.unpack_from('<HH', data, 26)
        return width & 0x3FFF, height & 0x3FFF
    return None
