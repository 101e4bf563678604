"""Compressed images that are refused before they are decoded."""

import struct
import subprocess
import sys
from types import SimpleNamespace
from typing import Any
import zlib

import cv2
from hypothesis import given
from hypothesis import strategies as st
import numpy as np
import pytest

from mer_ros.data import BadInput
from mer_ros.perception.image_header import scans_of, size_of
from mer_ros.perception.images import to_rgb


def compressed(data: bytes, kind: str = 'png') -> Any:
    return SimpleNamespace(format=kind, data=np.frombuffer(data, np.uint8))


def encoded(suffix: str, width: int, height: int, *options: int) -> bytes:
    pixels = np.random.default_rng(0).integers(0, 255, (height, width, 3), dtype=np.uint8)
    done, data = cv2.imencode(suffix, pixels, options)
    assert done
    return bytes(data.tobytes())


def bomb(width: int, height: int) -> bytes:
    """Return a black png of one bit a pixel."""
    def chunk(kind: bytes, content: bytes) -> bytes:
        body = kind + content
        return struct.pack('>I', len(content)) + body + struct.pack('>I', zlib.crc32(body))

    squeeze = zlib.compressobj(9)
    row = bytes(width // 8 + 1)
    rows = b''.join([*(squeeze.compress(row) for _ in range(height)), squeeze.flush()])
    header = struct.pack('>IIBBBBB', width, height, 1, 0, 0, 0, 0)
    return (b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', header) + chunk(b'IDAT', rows)
            + chunk(b'IEND', b''))


@pytest.mark.parametrize(('suffix', 'options'), [
    ('.jpg', ()), ('.jpg', (cv2.IMWRITE_JPEG_PROGRESSIVE, 1)), ('.png', ()), ('.bmp', ()),
    ('.webp', (cv2.IMWRITE_WEBP_QUALITY, 80)), ('.webp', (cv2.IMWRITE_WEBP_QUALITY, 101))])
@pytest.mark.parametrize(('width', 'height'), [(1, 1), (17, 9), (300, 200)])
def test_the_size_is_read_from_the_header(
        suffix: str, options: tuple[int, ...], width: int, height: int) -> None:
    data = encoded(suffix, width, height, *options)
    assert size_of(data) == (width, height)
    assert to_rgb(compressed(data)).shape == (height, width, 3)


@pytest.mark.parametrize('suffix', ['.tiff', '.ppm', '.hdr'])
def test_other_formats_are_refused_unseen(suffix: str) -> None:
    try:
        data = encoded(suffix, 16, 16)
    except cv2.error:
        pytest.skip(f'this OpenCV cannot write {suffix}')
    with pytest.raises(BadInput, match='jpeg, png, webp or bmp') as caught:
        to_rgb(compressed(data))
    assert caught.value.reason == 'undecodable'


@pytest.mark.parametrize(('width', 'height'), [(20_000, 20), (8_000, 8_000), (0, 5)])
def test_what_claims_to_be_too_large_is_refused(width: int, height: int) -> None:
    with pytest.raises(BadInput, match=f'{width}x{height} pixels cannot be used') as caught:
        to_rgb(compressed(bomb(width, height)))
    assert caught.value.reason == 'size'


def test_a_progressive_jpeg_of_very_many_scans_is_refused() -> None:
    data = encoded('.jpg', 3000, 2000, cv2.IMWRITE_JPEG_PROGRESSIVE, 1)
    assert 1 < scans_of(data) < 20
    assert to_rgb(compressed(data, 'jpeg')).shape == (2000, 3000, 3)
    scan = data[data.rindex(b'\xff\xda'):-2]
    with pytest.raises(BadInput, match='scans would take too long'):
        to_rgb(compressed(data[:-2] + scan * 100 + b'\xff\xd9', 'jpeg'))


def test_a_bomb_of_131_kilobytes_costs_nothing(tmp_path: Any) -> None:
    data = bomb(32_768, 32_768)
    assert 100_000 < len(data) < 140_000
    (tmp_path / 'bomb.png').write_bytes(data)
    program = (
        'import sys\nfrom types import SimpleNamespace\n'
        'from mer_ros.data import BadInput\nfrom mer_ros.perception.images import to_rgb\n'
        'data = open(sys.argv[1], "rb").read()\n'
        'def peak():  # ru_maxrss counts what started the program, too\n'
        '    return next(int(line.split()[1]) for line in open("/proc/self/status")\n'
        '                if line.startswith("VmHWM"))\n'
        'before = peak()\n'
        'try:\n    to_rgb(SimpleNamespace(format="png", data=data))\nexcept BadInput: pass\n'
        'print(peak() - before)\n')
    grown = subprocess.run([sys.executable, '-c', program, str(tmp_path / 'bomb.png')], text=True,
                           capture_output=True, check=True).stdout
    assert int(grown) < 10_000, 'kilobytes'


SEEDS = [encoded('.jpg', 20, 10), encoded('.png', 20, 10), encoded('.bmp', 20, 10),
         encoded('.webp', 20, 10)]


@given(st.sampled_from(SEEDS), st.lists(st.tuples(st.integers(0, 99), st.integers(0, 255))),
       st.integers(0, 10**4))
def test_damaged_headers_give_a_picture_or_bad_input(
        seed: bytes, changes: list[tuple[int, int]], length: int) -> None:
    data = bytearray(seed)
    for place, value in changes:
        data[place % len(data)] = value
    try:
        pixels = to_rgb(compressed(bytes(data[:length])))
    except BadInput:
        return
    assert (pixels.dtype, pixels.ndim) == (np.uint8, 3)
