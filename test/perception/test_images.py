from array import array
from collections.abc import Iterator
from dataclasses import dataclass
import sys
from types import SimpleNamespace
from typing import Any

import cv2
import numpy as np
import pytest
from rosbags.image import image_to_cvimage

from mer_ros.data import BadInput
from mer_ros.perception import images
from mer_ros.perception.images import ROW_BYTES_PER_PIXEL, to_rgb

RED, GREEN, BLUE, WHITE = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)
PATTERN = np.array([[RED, GREEN], [BLUE, WHITE]], dtype=np.uint8)


@dataclass
class Raw:
    """The fields of an Image message."""

    encoding: str
    width: int
    height: int
    step: int
    data: Any
    is_bigendian: int = 0


@dataclass
class Compressed:
    """The fields of a CompressedImage message."""

    format: str
    data: Any


def raw(encoding: str, pixels: np.ndarray, is_bigendian: int = 0) -> Raw:
    height, width = pixels.shape[:2]
    return Raw(encoding, width, height, pixels.nbytes // height, pixels.tobytes(), is_bigendian)


def with_alpha(pixels: np.ndarray) -> np.ndarray:
    return np.dstack([pixels, np.full(pixels.shape[:2], 7, dtype=np.uint8)])


@pytest.mark.parametrize(('encoding', 'pixels'), [
    ('rgb8', PATTERN),
    ('bgr8', PATTERN[..., ::-1]),
    ('rgba8', with_alpha(PATTERN)),
    ('bgra8', with_alpha(PATTERN[..., ::-1])),
    ('rgb16', PATTERN.astype('<u2') * 257),
    ('bgr16', PATTERN[..., ::-1].astype('<u2') * 257),
])
def test_colours_come_out_as_they_went_in(encoding: str, pixels: np.ndarray) -> None:
    np.testing.assert_array_equal(to_rgb(raw(encoding, pixels)), PATTERN)


@pytest.mark.parametrize(('encoding', 'pixels', 'is_bigendian'), [
    ('mono8', np.array([[0, 128], [200, 255]], dtype=np.uint8), 0),
    ('mono16', np.array([[0, 128], [200, 255]], dtype='<u2') * 257, 0),
    ('mono16', (np.array([[0, 128], [200, 255]]) * 257).astype('>u2'), 1),
])
def test_grey_becomes_three_equal_channels(
    encoding: str, pixels: np.ndarray, is_bigendian: int
) -> None:
    rgb = to_rgb(raw(encoding, pixels, is_bigendian))
    expected = np.repeat(np.array([[0, 128], [200, 255]])[..., None], 3, axis=2)
    np.testing.assert_array_equal(rgb, expected)


# White is Y 235, U = V = 128; red is about Y 82, U 90, V 240 (BT.601, limited range).
@pytest.mark.parametrize(('encoding', 'white', 'red'), [
    ('yuv422', (128, 235, 128, 235), (90, 82, 240, 82)),
    ('uyvy', (128, 235, 128, 235), (90, 82, 240, 82)),
    ('yuv422_yuy2', (235, 128, 235, 128), (82, 90, 82, 240)),
    ('yuyv', (235, 128, 235, 128), (82, 90, 82, 240)),
])
def test_pairs_of_pixels_share_their_colour_in_yuv422(
    encoding: str, white: tuple[int, ...], red: tuple[int, ...]
) -> None:
    rgb = to_rgb(Raw(encoding, 2, 2, 4, bytes(white + red)))
    np.testing.assert_allclose(rgb, [[WHITE, WHITE], [RED, RED]], atol=4)


@pytest.mark.parametrize(('encoding', 'chroma'), [('nv12', (90, 240)), ('nv21', (240, 90))])
def test_the_colour_plane_of_nv12_and_nv21_follows_the_picture(
    encoding: str, chroma: tuple[int, int]
) -> None:
    rgb = to_rgb(Raw(encoding, 2, 2, 2, bytes((82, 82, 82, 82, *chroma))))
    assert rgb.shape == (2, 2, 3)
    np.testing.assert_allclose(rgb, np.full((2, 2, 3), RED), atol=4)


@pytest.mark.parametrize(('encoding', 'dtype'), [
    (f'bayer_{order}{bits}', f'<u{bits // 8}')
    for order in ('rggb', 'bggr', 'gbrg', 'grbg') for bits in (8, 16)
])
def test_a_bayer_mosaic_of_red_is_red(encoding: str, dtype: str) -> None:
    tile = np.array([letter == 'r' for letter in encoding[6:10]]).reshape(2, 2)
    full = np.iinfo(dtype).max
    rgb = to_rgb(raw(encoding, (np.tile(tile, (4, 4)) * full).astype(dtype)))
    np.testing.assert_array_equal(rgb[3:5, 3:5], np.full((2, 2, 3), RED))


@pytest.mark.parametrize(('encoding', 'same'), [
    ('8UC3', 'bgr8'), ('8UC1', 'mono8'), ('8UC4', 'bgra8'), ('BGR8', 'bgr8'), ('RGB8', 'rgb8'),
    ('Mono8', 'mono8'), ('bayerrg8', 'bayer_rggb8'), ('BayerGB8', 'bayer_gbrg8'),
    ('BayerBG16', 'bayer_bggr16'), ('YUV422_8_UYVY', 'uyvy'),
])
def test_other_names_of_an_encoding_mean_the_same(encoding: str, same: str) -> None:
    size = ROW_BYTES_PER_PIXEL[same]
    content = np.random.default_rng(1).integers(0, 256, 4 * 4 * size, dtype=np.uint8).tobytes()
    np.testing.assert_array_equal(to_rgb(Raw(encoding, 4, 4, 4 * size, content)),
                                  to_rgb(Raw(same, 4, 4, 4 * size, content)))


def test_every_encoding_that_is_listed_can_be_converted() -> None:
    for encoding, size in ROW_BYTES_PER_PIXEL.items():
        rgb = to_rgb(Raw(encoding, 8, 8, 8 * size, bytes(8 * size * 12)))
        assert rgb.shape == (8, 8, 3), encoding
        assert rgb.dtype == np.uint8, encoding


@pytest.mark.parametrize('encoding', ['rgb8', 'mono16', 'nv12'])
def test_padding_at_the_end_of_rows_is_not_picture(encoding: str) -> None:
    rows = 6 if encoding == 'nv12' else 4
    row = 4 * ROW_BYTES_PER_PIXEL[encoding]
    content = np.random.default_rng(1).integers(0, 256, (rows, row), dtype=np.uint8)
    padded = np.hstack([content, np.full((rows, 5), 99, dtype=np.uint8)])
    np.testing.assert_array_equal(
        to_rgb(Raw(encoding, 4, 4, row + 5, padded.tobytes())),
        to_rgb(Raw(encoding, 4, 4, row, content.tobytes())))


@pytest.mark.parametrize('kind', [bytes, lambda data: array('B', data),
                                  lambda data: np.frombuffer(data, np.uint8),
                                  list, lambda data: memoryview(np.repeat(
                                      np.frombuffer(data, np.uint8), 2))[::2]])
def test_data_of_any_message_library_is_taken(kind: Any) -> None:
    np.testing.assert_array_equal(to_rgb(Raw('rgb8', 2, 2, 6, kind(PATTERN.tobytes()))), PATTERN)


@pytest.mark.parametrize(('message', 'reason', 'text'), [
    (Raw('32FC1', 2, 2, 8, bytes(16)), 'depth_image', r"'32FC1' is a depth image"),
    (Raw('16UC1', 2, 2, 4, bytes(8)), 'depth_image', 'choose the colour topic'),
    (Compressed('16UC1; png compressed ', b'12'), 'depth_image', 'is a depth image'),
    (Compressed('16UC1; compressedDepth png', b'12'), 'depth_image', 'is a depth image'),
    (Raw('jpeg', 2, 2, 8, bytes(16)), 'encoding', r"'jpeg'.*'bgr8'"),
    (Raw('', 2, 2, 8, bytes(16)), 'encoding', 'not understood'),
    (Raw('rgb8', 0, 2, 6, bytes(12)), 'size', '0x2'),
    (Raw('rgb8', 2, 0, 6, bytes(12)), 'size', '2x0'),
    (Raw('rgb8', 10**6, 2, 3 * 10**6, bytes(12)), 'size', '1..16384'),
    (Raw('yuv422', 3, 2, 6, bytes(12)), 'size', 'even'),
    (Raw('nv12', 2, 3, 2, bytes(12)), 'size', 'even'),
    (Raw('rgb8', 2, 2, 6, bytes(11)), 'truncated', '11 bytes'),
    (Raw('rgb8', 2, 2, 5, bytes(12)), 'truncated', 'step 5'),
    (Raw('nv12', 2, 2, 2, bytes(5)), 'truncated', '3 times'),
    (Raw('rgb8', 2, 2, 6, object()), 'fields', r'an image held in builtins\.object'),
    (Compressed('jpeg', object()), 'fields', 'main memory'),
    (Compressed('jpeg', b''), 'undecodable', '0 bytes'),
    (Compressed('rgb8; jpeg compressed bgr8', b'no picture'), 'undecodable',
     'jpeg, png, webp or bmp'),
])
def test_an_image_that_cannot_be_used_says_why(
    message: Raw | Compressed, reason: str, text: str
) -> None:
    with pytest.raises(BadInput, match=text) as caught:
        to_rgb(message)
    assert caught.value.reason == reason


def test_a_png_comes_out_as_it_went_in() -> None:
    data = cv2.imencode('.png', PATTERN[..., ::-1])[1]
    np.testing.assert_array_equal(to_rgb(Compressed('png', data.tobytes())), PATTERN)


def test_a_jpeg_keeps_its_colours() -> None:
    blue = np.full((16, 16, 3), BLUE, dtype=np.uint8)
    data = cv2.imencode('.jpg', blue[..., ::-1])[1]
    np.testing.assert_allclose(to_rgb(Compressed('jpeg', data.tobytes())), blue, atol=3)


def test_a_grey_jpeg_becomes_three_equal_channels() -> None:
    data = cv2.imencode('.jpg', np.full((16, 16), 100, dtype=np.uint8))[1]
    np.testing.assert_allclose(
        to_rgb(Compressed('mono8; jpeg compressed', data.tobytes())), 100, atol=2)


def test_messages_of_rosbags_are_taken() -> None:
    stores = pytest.importorskip('rosbags.typesys')
    types = stores.get_typestore(stores.Stores.ROS2_HUMBLE).types
    header = types['std_msgs/msg/Header'](
        stamp=types['builtin_interfaces/msg/Time'](sec=1, nanosec=0), frame_id='camera')
    message = types['sensor_msgs/msg/Image'](
        header=header, height=2, width=2, encoding='rgb8', is_bigendian=0, step=6,
        data=np.frombuffer(PATTERN.tobytes(), np.uint8))
    np.testing.assert_array_equal(to_rgb(message), PATTERN)


def test_messages_of_rclpy_are_taken() -> None:
    messages = pytest.importorskip('sensor_msgs.msg')
    message = messages.Image(
        height=2, width=2, encoding='bgr8', step=6, data=PATTERN[..., ::-1].tobytes())
    np.testing.assert_array_equal(to_rgb(message), PATTERN)
    png = cv2.imencode('.png', PATTERN[..., ::-1])[1].tobytes()
    np.testing.assert_array_equal(
        to_rgb(messages.CompressedImage(format='png', data=png)), PATTERN)


def test_cv_bridge_and_rosbags_image_agree() -> None:
    bridge = pytest.importorskip('cv_bridge').CvBridge()
    for encoding in ('rgb8', 'bgr8', 'rgba8', 'bgra8', 'mono8', 'mono16', 'bayer_rggb8'):
        step = 8 * ROW_BYTES_PER_PIXEL[encoding]
        data = np.random.default_rng(2).integers(0, 256, 8 * step, dtype=np.uint8)
        message = SimpleNamespace(
            height=8, width=8, encoding=encoding, step=step, data=data, is_bigendian=0)
        theirs = bridge.imgmsg_to_cv2(message, 'rgb8')
        # cv_bridge rounds 16 bits to 8 where rosbags-image cuts them off.
        np.testing.assert_allclose(
            image_to_cvimage(message, 'rgb8').astype(int), theirs.astype(int), atol=1,
            err_msg=encoding)
        np.testing.assert_array_equal(to_rgb(message), theirs, err_msg=encoding)


@pytest.fixture
def cv_bridge(monkeypatch: pytest.MonkeyPatch) -> Iterator[SimpleNamespace]:
    """Stand in for an installed cv_bridge."""
    module = SimpleNamespace(CvBridge=lambda: SimpleNamespace(imgmsg_to_cv2=module.convert))
    monkeypatch.setitem(sys.modules, 'cv_bridge', module)
    images._converter.cache_clear()
    yield module
    images._converter.cache_clear()


def test_cv_bridge_converts_where_it_works(cv_bridge: SimpleNamespace) -> None:
    cv_bridge.convert = lambda image, encoding: np.full((image.height, image.width, 3), 7, np.uint8)
    message = SimpleNamespace(
        height=2, width=2, encoding='bgr8', step=6, data=bytes(12), is_bigendian=0)
    assert (to_rgb(message) == 7).all()


def test_a_cv_bridge_that_does_not_work_is_named_and_replaced(
        cv_bridge: SimpleNamespace, caplog: pytest.LogCaptureFixture) -> None:
    def broken(image: Any, encoding: str) -> Any:
        raise ImportError('numpy.core.multiarray failed to import')

    cv_bridge.convert = broken
    message = SimpleNamespace(
        height=1, width=1, encoding='bgr8', step=3, data=bytes([1, 2, 3]), is_bigendian=0)
    assert to_rgb(message).tolist() == [[[3, 2, 1]]]
    assert 'numpy.core.multiarray failed to import' in caplog.text
