"""Image messages to RGB pixels, with the same result whether or not cv_bridge is installed.

cv_bridge converts where it is installed and works; rosbags-image, which follows it, elsewhere.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
import logging
from typing import Any, cast, Protocol

import cv2
import numpy as np
from numpy.typing import NDArray
from rosbags.image import image_to_cvimage

from mer_ros.data import BadInput, bytes_of
from mer_ros.perception.image_header import FORMATS, MOST_WORK, scans_of, size_of

_LOG = logging.getLogger(__name__)

ROW_BYTES_PER_PIXEL: dict[str, int] = {
    'rgb8': 3, 'bgr8': 3, 'rgba8': 4, 'bgra8': 4, 'mono8': 1,
    'rgb16': 6, 'bgr16': 6, 'rgba16': 8, 'bgra16': 8, 'mono16': 2,
    'yuv422': 2, 'uyvy': 2, 'yuv422_yuy2': 2, 'yuyv': 2, 'nv12': 1, 'nv21': 1,
    'bayer_rggb8': 1, 'bayer_bggr8': 1, 'bayer_gbrg8': 1, 'bayer_grbg8': 1,
    'bayer_rggb16': 2, 'bayer_bggr16': 2, 'bayer_gbrg16': 2, 'bayer_grbg16': 2,
}
"""The encodings that are understood, with the bytes that a pixel takes in a row."""

_ALIASES = {
    '8uc1': 'mono8', '8uc3': 'bgr8', '8uc4': 'bgra8', '16uc3': 'bgr16', '16uc4': 'bgra16',
    'mono': 'mono8', 'grey': 'mono8', 'gray': 'mono8', 'gray8': 'mono8', 'y8': 'mono8',
    'y800': 'mono8', 'rgb': 'rgb8', 'bgr': 'bgr8', 'rgba': 'rgba8', 'bgra': 'bgra8',
    'rgb888': 'rgb8', 'bgr888': 'bgr8', 'rgb24': 'rgb8', 'bgr24': 'bgr8',
    'yuv422_8_uyvy': 'uyvy', 'ycbcr422_8_cbycry': 'uyvy', 'yuv422_uyvy': 'uyvy',
    'yuv422_8': 'yuyv', 'ycbcr422_8': 'yuyv', 'yuv422_yuyv': 'yuyv', 'yuy2': 'yuyv',
    **{f'bayer{order[:2]}{bits}': f'bayer_{order}{bits}'
       for order in ('rggb', 'bggr', 'gbrg', 'grbg') for bits in (8, 16)},
    **{f'bayer_{order[:2]}{bits}': f'bayer_{order}{bits}'
       for order in ('rggb', 'bggr', 'gbrg', 'grbg') for bits in (8, 16)},
}
"""What OpenCV and GenICam call them, in lower case; cv2_to_imgmsg says 8UC3 of BGR unless told."""

DEPTH_ENCODINGS = ('16uc1', '16sc1', '32fc1', '64fc1', 'z16')
"""Encodings of distances, in lower case: nobody can be seen in them."""


def canonical(encoding: str) -> str:
    """Return the name in ROW_BYTES_PER_PIXEL of an encoding, in whatever case and spelling."""
    name = encoding.strip().lower()
    return _ALIASES.get(name, name)

MAX_SIDE = 16384
"""The longest width or height, in pixels, that is believed."""

MAX_PIXELS = 50_000_000
"""The most pixels of an image, three bytes each once it is decoded."""

_PLANAR = ('nv12', 'nv21')
_EVEN_WIDTH = (*_PLANAR, 'yuv422', 'uyvy', 'yuv422_yuy2', 'yuyv')


class ImageMessage(Protocol):
    """The fields of sensor_msgs/Image; messages of rclpy and of rosbags both have them."""

    height: int
    width: int
    encoding: str
    is_bigendian: int
    step: int
    data: Any


class CompressedImageMessage(Protocol):
    """The fields of sensor_msgs/CompressedImage."""

    format: str
    data: Any


@dataclass(frozen=True, slots=True)
class _Packed:
    """An image without padding at the end of its rows, which is what the converter takes."""

    height: int
    width: int
    encoding: str
    is_bigendian: bool
    step: int
    data: NDArray[np.uint8]


def to_rgb(message: ImageMessage | CompressedImageMessage) -> NDArray[np.uint8]:
    """Return the pixels of an Image or CompressedImage message as uint8 RGB (H, W, 3).

    Rows may be padded by ``step``.  The height of nv12 and nv21 is that of the picture; its
    colour plane follows it in ``data``.  The result may share memory with the message.

    Raises:
        BadInput: ``encoding`` (not understood), ``depth_image``, ``size`` (zero, absurd, or odd
            where colour is stored for pairs of pixels), ``truncated`` (fewer bytes than
            ``step`` and the size call for), ``undecodable`` (broken compressed data, or none of
            jpeg, png, webp, bmp).
    """
    if hasattr(message, 'format'):
        return _decompress(cast(CompressedImageMessage, message))
    return _convert(message)


def _convert(image: ImageMessage) -> NDArray[np.uint8]:
    encoding = canonical(image.encoding)
    if encoding in DEPTH_ENCODINGS:
        raise BadInput('depth_image', (
            f'an image of encoding {image.encoding!r} is a depth image, which shows no faces; '
            f'choose the colour topic of the camera'))
    if encoding not in ROW_BYTES_PER_PIXEL:
        raise BadInput('encoding', (
            f'images of encoding {image.encoding!r} are not understood; set the camera driver to '
            f'one of {sorted(ROW_BYTES_PER_PIXEL)}'))
    _check_size(image, encoding)
    rows = image.height * 3 // 2 if encoding in _PLANAR else image.height
    row_bytes = image.width * ROW_BYTES_PER_PIXEL[encoding]
    data = bytes_of(image.data, 'an image')
    if image.step < row_bytes or len(data) < image.step * rows:
        raise BadInput('truncated', (
            f'an image of {image.width}x{image.height} {image.encoding} has step {image.step} and '
            f'{len(data)} bytes; it needs a step of at least {row_bytes} and {rows} times as many '
            f'bytes as the step'))
    padded = data[:image.step * rows].reshape(rows, image.step)
    packed = _Packed(rows, image.width, encoding, bool(image.is_bigendian), row_bytes,
                     np.ascontiguousarray(padded[:, :row_bytes]))
    convert = image_to_cvimage if encoding in _PLANAR else _converter()
    try:
        return cast('NDArray[np.uint8]', convert(cast(Any, packed), 'rgb8'))
    except (cv2.error, RuntimeError) as error:
        raise BadInput('size', (
            f'an image of {image.width}x{image.height} cannot be converted from '
            f'{image.encoding}: {error}')) from error


@cache
def _converter() -> Callable[[Any, str], Any]:
    """Return the function that converts an image to a color space."""
    try:
        from cv_bridge import CvBridge

        bridge = CvBridge()
        bridge.imgmsg_to_cv2(_Packed(1, 1, 'bgr8', False, 3, np.zeros(3, np.uint8)), 'rgb8')
    except Exception as error:  # beside another numpy than its own its binary fails in many ways
        if not isinstance(error, ModuleNotFoundError):
            _LOG.warning('cv_bridge does not work and is not used: %s', error)
        return image_to_cvimage

    def convert(image: Any, color_space: str) -> Any:
        try:
            return bridge.imgmsg_to_cv2(image, color_space)
        except TypeError:  # CvBridgeError: an encoding that this release of cv_bridge lacks
            return image_to_cvimage(image, color_space)

    return convert


def _check_pixels(width: int, height: int) -> None:
    if not (0 < width <= MAX_SIDE and 0 < height <= MAX_SIDE and width * height <= MAX_PIXELS):
        raise BadInput('size', (
            f'an image of {width}x{height} pixels cannot be used; each side must be in '
            f'1..{MAX_SIDE}, and all of it no more than {MAX_PIXELS // 1_000_000} megapixels'))


def _check_size(image: ImageMessage, encoding: str) -> None:
    _check_pixels(image.width, image.height)
    odd_width = encoding in _EVEN_WIDTH and image.width % 2
    odd_height = encoding in _PLANAR and image.height % 2
    if odd_width or odd_height:
        raise BadInput('size', (
            f'an {image.encoding} image stores colour for pairs of pixels, so its sides must be '
            f'even; given {image.width}x{image.height}'))


def _decompress(message: CompressedImageMessage) -> NDArray[np.uint8]:
    described = message.format.lower()
    if 'compresseddepth' in described or described.split(';')[0].strip() in DEPTH_ENCODINGS:
        raise BadInput('depth_image', (
            f'an image of format {message.format!r} is a depth image, which shows no faces; '
            f'choose the colour topic of the camera'))
    data = bytes_of(message.data, 'an image')
    raw = data.tobytes()
    claimed = size_of(raw)
    if claimed is not None:
        _check_pixels(*claimed)
        if claimed[0] * claimed[1] * (scans := scans_of(raw)) > MOST_WORK:
            raise BadInput('size', (
                f'a jpeg of {claimed[0]}x{claimed[1]} pixels in {scans} scans would take too long '
                f'to decode; set the camera driver to plain (baseline) jpeg'))
    try:
        pixels = cv2.imdecode(data, cv2.IMREAD_COLOR) if claimed is not None else None
    except cv2.error:  # OpenCV raises instead of returning None where the claimed size is absurd
        pixels = None
    if pixels is None:
        raise BadInput('undecodable', (
            f'{len(data)} bytes of format {message.format!r} are not a whole {FORMATS} '
            f'image; republish the camera with the transport `compressed`, or subscribe to the '
            f'raw image'))
    return cast('NDArray[np.uint8]', cv2.cvtColor(pixels, cv2.COLOR_BGR2RGB, pixels))
