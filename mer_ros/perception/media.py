"""Video, audio and image files as the streams that a camera and a microphone would give."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
import heapq
from pathlib import Path

import av
from av.container import InputContainer
from av.stream import Disposition
import cv2
import numpy as np

from mer_ros.data import AudioBlock, BadInput, CameraImage, NANOSECONDS, nanoseconds, Words

STILL_SECONDS = 2.0
"""How long a still image is shown."""

STILL_RATE = 10.0
"""How many times a second a still image is repeated."""

START = NANOSECONDS
"""Stamp of the first moment of a file, in nanoseconds: 0 would mean that there is no time."""

_BLOCKS_PER_SECOND = 25
_SEAM = nanoseconds(0.1)


def read_media(
    path: str | Path, *, start: int = START
) -> Iterator[CameraImage | AudioBlock]:
    """Return the images and blocks of sound of a file, in the order of their stamps.

    What a file holds is told by its content, not by its name.  Sound comes in blocks of 40 ms
    at the rate and with the channels of the file; a still image is repeated at STILL_RATE for
    STILL_SECONDS.  ``start`` is the stamp of the beginning, in nanoseconds.

    Raises:
        FileNotFoundError: there is no such file.
        BadInput: ``undecodable``, at once where the file cannot be opened or holds neither
            sound nor images, and while iterating where it breaks off.
    """
    file = Path(path)
    if not file.is_file():
        raise FileNotFoundError(f'{file} is no file; give a video, audio or image file')
    return _still(file, start) if cv2.haveImageReader(str(file)) else _container(file, start)


def with_transcript(
    items: Iterable[CameraImage | AudioBlock], transcript: str, *, start: int
) -> Iterator[CameraImage | AudioBlock | Words]:
    """Yield the items of a file that begins at ``start``, then what is said in it, if anything.

    The words are one text that ends with the last item.
    """
    end = start
    for item in items:
        end = max(end, item.end if isinstance(item, AudioBlock) else item.stamp)
        yield item
    if transcript.strip():
        yield Words(stamp=end, text=transcript.strip(), duration=end - start)


def _still(file: Path, start: int) -> Iterator[CameraImage]:
    pixels = cv2.imread(str(file), cv2.IMREAD_COLOR)
    if pixels is None:
        raise _undecodable(file, 'the image is broken')
    rgb = np.asarray(cv2.cvtColor(pixels, cv2.COLOR_BGR2RGB), dtype=np.uint8)
    return (CameraImage(start + nanoseconds(index / STILL_RATE), rgb)
            for index in range(round(STILL_SECONDS * STILL_RATE)))


def _container(file: Path, start: int) -> Iterator[CameraImage | AudioBlock]:
    container = _open(file)
    start -= (container.start_time or 0) * 1000  # FFmpeg counts microseconds
    streams: list[Iterator[CameraImage | AudioBlock]] = []
    # Each stream has a container of its own: merging them then needs no queue in between.
    film = _film(container)
    if film is not None:
        streams.append(_images(file, _open(file), film, start))
    if container.streams.audio:
        streams.append(_blocks(file, _open(file), start))
    container.close()
    if not streams:
        raise _undecodable(file, 'it holds neither sound nor images')
    return heapq.merge(*streams, key=lambda item: item.stamp)


def _film(container: InputContainer) -> int | None:
    """Return the number of the first video stream, if any; the cover of an album is none."""
    return next((number for number, stream in enumerate(container.streams.video)
                 if not stream.disposition & Disposition.attached_pic), None)


def _images(
    file: Path, container: InputContainer, film: int, start: int
) -> Iterator[CameraImage]:
    with container:
        try:
            for frame in container.decode(video=film):
                # A frame without a time cannot be placed among the others.
                if frame.time is not None:
                    pixels = frame.to_ndarray(format='rgb24').astype(np.uint8, copy=False)
                    # A telephone stores upright pictures lying, with the angle beside them.
                    upright = np.rot90(pixels, frame.rotation // 90)
                    yield CameraImage(start + nanoseconds(frame.time), upright)
        except av.FFmpegError as error:
            raise _undecodable(file, f'its video breaks off: {error}') from error


def _blocks(file: Path, container: InputContainer, start: int) -> Iterator[AudioBlock]:
    with container:
        rest: AudioBlock | None = None
        try:
            for block in _sound(container, start):
                if rest is not None and abs(block.stamp - rest.end) <= _SEAM:
                    block = replace(rest, samples=np.concatenate([rest.samples, block.samples]))
                elif rest is not None:
                    yield rest
                size = -(-block.sample_rate // _BLOCKS_PER_SECOND)
                while len(block.samples) > size:
                    first = replace(block, samples=block.samples[:size])
                    yield first
                    block = replace(block, stamp=first.end, samples=block.samples[size:])
                rest = block
        except av.FFmpegError as error:
            raise _undecodable(file, f'its sound breaks off: {error}') from error
        if rest is not None:
            yield rest


def _sound(container: InputContainer, start: int) -> Iterator[AudioBlock]:
    """Yield the sound in the blocks in which it was compressed."""
    packed = av.AudioResampler(format='flt')
    for decoded in container.decode(audio=0):
        for frame in packed.resample(decoded):
            if frame.time is not None and frame.samples:
                samples = frame.to_ndarray().reshape(-1, frame.layout.nb_channels)
                yield AudioBlock(start + nanoseconds(frame.time),
                                 np.clip(samples, -1.0, 1.0, dtype=np.float32), frame.sample_rate)


def _open(file: Path) -> InputContainer:
    try:
        return av.open(str(file))
    except av.FFmpegError as error:
        raise _undecodable(file, str(error)) from error


def _undecodable(file: Path, reason: str) -> BadInput:
    return BadInput('undecodable', (
        f'{file} cannot be decoded ({reason}); give a file that a media player can play, such as '
        f'mp4, wav, flac, jpg or png'))
