"""Video, audio and image files as the streams that a camera and a microphone would give."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, ExitStack
from dataclasses import replace
from functools import partial
import heapq
import logging
from pathlib import Path
from threading import Lock
from typing import Any, TypeVar

import av
from av.container import InputContainer
from av.stream import Disposition
from av.video.reformatter import VideoReformatter
import cv2
import numpy as np
from numpy.typing import NDArray

from mer_ros.data import (
    AudioBlock,
    BadInput,
    CameraImage,
    NANOSECONDS,
    nanoseconds,
    UndecodedImage,
    Words,
)
from mer_ros.remarks import Remarks

_LOG = logging.getLogger(__name__)

STILL_SECONDS = 2.0
"""How long a still image is shown."""

STILL_RATE = 10.0
"""How many times a second a still image is repeated."""

START = NANOSECONDS
"""Stamp of the first moment of a file, in nanoseconds: 0 would mean that there is no time."""

_BLOCKS_PER_SECOND = 25
_SEAM = nanoseconds(0.1)
_LONG = nanoseconds(1.0)
"""A hole of more than this, in nanoseconds, is worth a word."""

_ANIMATED = 0x02
_TAIL = 1 << 16
"""Within so many bytes of its end a whole JPEG says that it ends; some cameras add to it."""

_AT_ONCE = 32
"""Frames of an animated WebP that are decoded at a time."""

_LARGEST_PICTURE = 1 << 28
"""A larger file, in bytes, is not tried as a picture."""

_NOTHING_ELSE = {'protocol_whitelist': 'none'}
"""No protocol has this name: what a playlist or a session description names is never opened."""


Item = CameraImage | UndecodedImage | AudioBlock
"""What a media file is made of."""

_Item = TypeVar('_Item', CameraImage | AudioBlock, Item)


def read_media(
    path: str | Path, *, start: int = START, remarks: Remarks | None = None
) -> Iterator[CameraImage | AudioBlock]:
    """Return the images and blocks of sound of a file, as `open_media` does, but decoded."""
    return (item.decode() if isinstance(item, UndecodedImage) else item
            for item in open_media(path, start=start, remarks=remarks))


def open_media(
    path: str | Path, *, start: int = START, remarks: Remarks | None = None
) -> Iterator[Item]:
    """Return the images and blocks of sound of a file, in the order of their stamps.

    What a file holds is told by its content, not by its name, and nothing but the file is opened:
    a playlist that names others is refused.  Sound comes in blocks of 40 ms at the rate and with
    the channels of the file; a still image is repeated at STILL_RATE for STILL_SECONDS; an
    animated one is a film.  ``start`` is the stamp of the beginning, in nanoseconds.

    Damaged places are left out: ``remarks`` counts them as ``undecodable``; the log tells of the
    first where no remarks are given.

    Raises:
        FileNotFoundError: there is no such file.
        BadInput: ``undecodable``, at once where the file cannot be opened or holds neither
            sound nor images, and while iterating where nothing of it could be decoded.
    """
    file = Path(path)
    if not file.is_file():
        raise FileNotFoundError(f'{file} is no file; give a video, audio or image file')
    told = Remarks() if remarks is None else remarks
    try:
        with _opened(file) as container:
            if container.format.name.endswith(('_pipe', 'image2')):
                return _picture(file, start, told)
            streams = _container(file, container, start, told)
    except _NoContainer:
        # There are pictures that OpenCV reads and FFmpeg does not.
        if file.stat().st_size > _LARGEST_PICTURE or (pixels := _decode(file)) is None:
            raise
        return _repeated(pixels, start)
    return _something(file, streams, told, log=remarks is None)


def with_transcript(
    items: Iterable[_Item], transcript: str, *, start: int
) -> Iterator[_Item | Words]:
    """Yield the items of a file that begins at ``start``, then what is said in it, if anything.

    The words are one text that ends with the last item.
    """
    end = start
    for item in items:
        end = max(end, item.end if isinstance(item, AudioBlock) else item.stamp)
        yield item
    if transcript.strip():
        yield Words(stamp=end, text=transcript.strip(), duration=end - start)


def _picture(file: Path, start: int, remarks: Remarks) -> Iterator[CameraImage]:
    data = np.fromfile(file, dtype=np.uint8)
    # FFmpeg takes an animated WebP for a picture, and cannot decode it.
    if data[:16].tobytes()[8:] == b'WEBPVP8X' and data[20] & _ANIMATED:
        return _animation(file, data, start)
    pixels = _decode(file)
    if pixels is None:
        # FFmpeg makes something of more broken pictures than OpenCV.
        frame = next(_images(file, 0, start, Remarks()), None)
        if frame is None:
            raise _undecodable(file, 'the image is broken')
        pixels = frame.decode().pixels
        remarks.note('the image is broken; what could be made of it is used')
    elif data[:2].tobytes() == b'\xff\xd8' and b'\xff\xd9' not in data[-_TAIL:].tobytes():
        remarks.note('the image is cut short; what is missing of it is grey')
    return _repeated(pixels, start)


def _animation(file: Path, data: NDArray[np.uint8], start: int) -> Iterator[CameraImage]:
    if not hasattr(cv2, 'imdecodeanimation'):
        raise _undecodable(file, 'an animated WebP needs OpenCV 4.11 or later')
    stamp, first = start, 0
    while True:
        done, part = cv2.imdecodeanimation(data.reshape(1, -1), start=first, count=_AT_ONCE)
        frames = part.frames if done else ()
        for pixels, milliseconds in zip(frames, part.durations, strict=False):
            yield CameraImage(stamp, _rgb(pixels[..., :3]))
            stamp += nanoseconds(max(1, int(milliseconds)) / 1e3)
        if not frames and not first:
            raise _undecodable(file, 'the animation is broken')
        if len(frames) < _AT_ONCE:
            return
        first += len(frames)


def _decode(file: Path) -> NDArray[np.uint8] | None:
    # By its bytes: OpenCV cannot open every name that a file may have.
    data = np.fromfile(file, dtype=np.uint8)
    try:
        pixels = cv2.imdecode(data, cv2.IMREAD_COLOR) if len(data) else None
    except cv2.error:  # OpenCV raises instead of returning None where the claimed size is absurd
        pixels = None
    return None if pixels is None else _rgb(pixels)


def _rgb(bgr: NDArray[Any]) -> NDArray[np.uint8]:
    return np.asarray(cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB), dtype=np.uint8)


def _repeated(pixels: NDArray[np.uint8], start: int) -> Iterator[CameraImage]:
    return (CameraImage(start + nanoseconds(index / STILL_RATE), pixels)
            for index in range(round(STILL_SECONDS * STILL_RATE)))


def _container(file: Path, container: InputContainer, start: int, remarks: Remarks
               ) -> list[Iterator[Item]]:
    # FFmpeg counts microseconds.
    origin, end = start, start + (container.duration or 0) * 1000
    start -= (container.start_time or 0) * 1000
    streams: list[Iterator[Item]] = []
    # Each stream has a container of its own: merging them then needs no queue in between.
    film = _film(container)
    if film is not None:
        streams.append(_watched('image', _images(file, film, start, remarks), origin, end, remarks))
    if container.streams.audio:
        streams.append(_watched('sound', _blocks(file, start, remarks), origin, end, remarks))
    if not streams:
        raise _undecodable(file, 'it holds neither sound nor images')
    return streams


def _watched(kind: str, items: Iterator[Item], origin: int, end: int, remarks: Remarks
             ) -> Iterator[Item]:
    """Pass the items of a stream on; remark where none are, as damage that FFmpeg hides leaves."""
    last = origin
    for item in items:
        if item.stamp > last + _LONG:
            remarks.note(f'there is no {kind} from {(last - origin) / NANOSECONDS:.2f} to '
                         f'{(item.stamp - origin) / NANOSECONDS:.2f} s')
        last = max(last, item.end if isinstance(item, AudioBlock) else item.stamp)
        yield item
    if end > last + _LONG:
        remarks.note(f'the last {kind} is at {(last - origin) / NANOSECONDS:.2f} s of '
                     f'{(end - origin) / NANOSECONDS:.2f} s')


def _something(file: Path, streams: Sequence[Iterator[Item]], remarks: Remarks, *, log: bool
               ) -> Iterator[Item]:
    """Yield what the streams hold, a lone image as a still; raise BadInput where it is nothing."""
    items = heapq.merge(*streams, key=lambda item: item.stamp)
    first, second = next(items, None), next(items, None)
    if first is None:
        reason = '; '.join(remarks.lines()) or 'it holds neither sound nor images'
        raise _undecodable(file, reason)
    if second is None and isinstance(first, UndecodedImage):
        yield from _repeated(first.decode().pixels, first.stamp)
    else:
        yield first
    if second is not None:
        yield second
    yield from items
    if log:
        for line in remarks.lines():
            _LOG.warning('%s: %s', file, line)


def _film(container: InputContainer) -> int | None:
    """Return the number of the longest video stream, if any; the cover of an album is none."""
    films = [(-stream.frames, number) for number, stream in enumerate(container.streams.video)
             if not stream.disposition & Disposition.attached_pic]
    return min(films)[1] if films else None


def _frames(container: InputContainer, stream: Any, remarks: Remarks) -> Iterator[Any]:
    """Decode packet by packet: a damaged one is counted, and those after it are decoded still."""
    while True:
        moved = False
        try:
            for packet in container.demux(stream):
                moved = True
                try:
                    for frame in packet.decode():
                        if frame.is_corrupt or packet.is_corrupt:
                            remarks.count('damaged', (
                                f'a part of the {stream.type} is damaged; FFmpeg filled it in'))
                        yield frame
                except av.FFmpegError as error:
                    remarks.count('undecodable', f'the {stream.type} is damaged: {error.strerror}')
            return
        except av.FFmpegError as error:
            remarks.count('undecodable', f'the {stream.type} breaks off: {error.strerror}')
            if not moved:
                return


def _images(file: Path, film: int, start: int, remarks: Remarks) -> Iterator[UndecodedImage]:
    with _opened(file) as container:
        convert = _Conversion()
        for frame in _frames(container, container.streams.video[film], remarks):
            # A frame without a time cannot be placed among the others.
            if frame.time is None:
                remarks.count('unstamped', 'an image of the film has no time')
                continue
            stamp = start + nanoseconds(frame.time)
            yield UndecodedImage(stamp, partial(convert, frame, stamp))


class _Conversion:
    """Makes images of the frames of one film: setting FFmpeg up anew takes as long as a frame."""

    def __init__(self) -> None:
        self._scaler = VideoReformatter()
        self._alone = Lock()  # frames may be decoded in any thread, and the scaler keeps a state

    def __call__(self, frame: Any, stamp: int) -> CameraImage:
        with self._alone:
            rgb = self._scaler.reformat(frame, format='rgb24')
        pixels = rgb.to_ndarray().astype(np.uint8, copy=False)
        # A telephone stores upright pictures lying, with the angle beside them.
        return CameraImage(stamp, np.rot90(pixels, frame.rotation // 90))


def _blocks(file: Path, start: int, remarks: Remarks) -> Iterator[AudioBlock]:
    with _opened(file) as container:
        rest: AudioBlock | None = None
        for block in _sound(container, start, remarks):
            if rest is not None and _joins(rest, block):
                block = replace(rest, samples=np.concatenate([rest.samples, block.samples]))
            elif rest is not None:
                yield rest
            size = -(-block.sample_rate // _BLOCKS_PER_SECOND)
            while len(block.samples) > size:
                first = replace(block, samples=block.samples[:size])
                yield first
                block = replace(block, stamp=first.end, samples=block.samples[size:])
            rest = block
        if rest is not None:
            yield rest


def _joins(first: AudioBlock, second: AudioBlock) -> bool:
    same = (first.sample_rate == second.sample_rate
            and first.samples.shape[1] == second.samples.shape[1])
    return same and abs(second.stamp - first.end) <= _SEAM


def _sound(container: InputContainer, start: int, remarks: Remarks) -> Iterator[AudioBlock]:
    """Yield the sound in the blocks in which it was compressed."""
    packed, kind = av.AudioResampler(format='flt'), None
    for decoded in _frames(container, container.streams.audio[0], remarks):
        if kind != (kind := (decoded.format.name, decoded.layout.name, decoded.sample_rate)):
            packed = av.AudioResampler(format='flt')  # one takes one kind of sound
        for frame in packed.resample(decoded):
            if frame.time is not None and frame.samples:
                samples = frame.to_ndarray().reshape(-1, frame.layout.nb_channels)
                yield AudioBlock(start + nanoseconds(frame.time),
                                 np.clip(samples, -1.0, 1.0, dtype=np.float32), frame.sample_rate)


class _NoContainer(BadInput):
    """FFmpeg cannot open a file at all."""


@contextmanager
def _opened(file: Path) -> Iterator[InputContainer]:
    """Open a file as bytes: by its name, `12:30.mp4` and `http:...` would be addresses."""
    with ExitStack() as stack:
        content = stack.enter_context(file.open('rb'))
        try:
            container = stack.enter_context(av.open(content, 'r', options=_NOTHING_ELSE))
        except (av.FFmpegError, OSError, ValueError) as error:
            reason = getattr(error, 'strerror', None) or str(error)
            raise _undecodable(file, reason, _NoContainer) from error
        yield container


def _undecodable(file: Path, reason: str, kind: type[BadInput] = BadInput) -> BadInput:
    return kind('undecodable', (
        f'{file} cannot be decoded ({reason}); give a file that a media player can play, such as '
        f'mp4, wav, flac, jpg or png'))
