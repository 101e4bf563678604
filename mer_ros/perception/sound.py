"""Bytes of sound to float samples, and samples of any rate to 16 kHz mono."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
import soxr

from mer_ros.data import AudioBlock, BadInput, NANOSECONDS, SAMPLE_RATE

SAMPLE_RATES = (4000, 384000)
"""The lowest and highest sample rate in Hz that is taken."""

MAX_CHANNELS = 64
"""The most channels that are taken."""

_FORMATS: dict[str, tuple[str, float, float]] = {
    'pcm_s16le': ('<i2', 0.0, 32768.0),
    'pcm_s32le': ('<i4', 0.0, 2147483648.0),
    'pcm_f32le': ('<f4', 0.0, 1.0),
    'pcm_u8': ('u1', 128.0, 128.0),
}
"""By encoding: the type of a sample, the value that means silence, the value that means 1."""

ENCODINGS = tuple(_FORMATS)
"""The encodings that are understood, as AudioChunk names them."""

_ALIASES = {
    'pcm_s16': 'pcm_s16le', 's16le': 'pcm_s16le', 's32le': 'pcm_s32le',
    'f32le': 'pcm_f32le', 'u8': 'pcm_u8',
}
"""What foxglove (``pcm-s16``) and GStreamer (``S16LE``) call them."""


def check_sound(channels: int, sample_rate: int) -> None:
    """Raise BadInput (``channels`` or ``sample_rate``) where sound of this kind is not taken."""
    if not 1 <= channels <= MAX_CHANNELS:
        raise BadInput('channels', (
            f'sound of {channels} channels cannot be used; allowed are 1 to {MAX_CHANNELS}'))
    if not SAMPLE_RATES[0] <= sample_rate <= SAMPLE_RATES[1]:
        raise BadInput('sample_rate', (
            f'a sample rate of {sample_rate} Hz cannot be used; allowed are {SAMPLE_RATES[0]} to '
            f'{SAMPLE_RATES[1]} Hz: give the rate of the microphone'))


def decode_pcm(
    encoding: str, channels: int, sample_rate: int, data: bytes | bytearray | memoryview
) -> NDArray[np.float32]:
    """Return whole frames of interleaved PCM as float32 (n, channels) in [-1, 1].

    Raises:
        BadInput: ``encoding``, ``channels``, ``sample_rate``, ``odd_bytes`` (the bytes are no
            whole number of frames: see PcmDecoder), ``not_finite`` (NaN or infinity).
    """
    dtype, silence, scale = _FORMATS[_name(encoding)]
    check_sound(channels, sample_rate)
    frame = channels * np.dtype(dtype).itemsize
    if len(data) % frame:
        raise BadInput('odd_bytes', (
            f'{len(data)} bytes are no whole number of frames of {frame} bytes '
            f'({encoding}, {channels} channels); decode a stream with one PcmDecoder'))
    samples = np.frombuffer(data, dtype=dtype).astype(np.float32)
    if not np.isfinite(samples).all():
        raise BadInput('not_finite', (
            f'sound holds {int((~np.isfinite(samples)).sum())} samples that are NaN or infinite; '
            f'they must be finite, in [-1, 1]'))
    samples = (samples - np.float32(silence)) / np.float32(scale)
    return np.clip(samples, -1.0, 1.0).reshape(-1, channels)


def _name(encoding: str) -> str:
    plain = encoding.strip().lower().replace('-', '_')
    name = _ALIASES.get(plain, plain)
    if name not in _FORMATS:
        raise BadInput('encoding', (
            f'sound of encoding {encoding!r} is not understood; compressed sound (mp3, opus, '
            f'aac) is not taken: send PCM, one of {list(ENCODINGS)}; audio_capture does with '
            f'format:=wave'))
    return name


class PcmDecoder:
    """Decodes a stream of PCM blocks whose ends may cut a frame in two.

    The bytes of a cut frame wait for the next block; a block of another format drops them.
    """

    def __init__(self) -> None:
        self._format = ('', 0, 0)
        self._rest = b''

    def decode(
        self, encoding: str, channels: int, sample_rate: int, data: bytes | bytearray | memoryview
    ) -> NDArray[np.float32]:
        """Return the frames that are whole by now, float32 (n, channels) in [-1, 1].

        Raises BadInput as decode_pcm does, except ``odd_bytes``.
        """
        name = _name(encoding)
        check_sound(channels, sample_rate)
        if (name, channels, sample_rate) != self._format:
            self._format, self._rest = (name, channels, sample_rate), b''
        stream = self._rest + bytes(data)
        frame = channels * np.dtype(_FORMATS[name][0]).itemsize
        whole = len(stream) - len(stream) % frame
        # The rest is kept even if the frames are refused below: the stream stays aligned.
        self._rest = stream[whole:]
        return decode_pcm(name, channels, sample_rate, stream[:whole])


class Resampler:
    """Turns a stream of blocks of any rate and channels into mono of one, keeping event time.

    The filter is linear-phase and looks ahead, so sound leaves a little later (up to 40 ms at
    44.1 kHz, 116 ms at 8 kHz), but each sample keeps the time at which it was heard.  Channels
    are averaged.  Another rate or number of channels starts afresh and drops what the filter
    still held.  ``rate`` is that of the result, in Hz.
    """

    def __init__(self, rate: int = SAMPLE_RATE) -> None:
        self._rate = rate
        self.reset()

    def reset(self) -> None:
        """Forget the stream."""
        self._kind = (0, 0)
        self._stream: soxr.ResampleStream | None = None
        self._end = 0
        self._taken = 0
        self._given = 0

    def push(self, block: AudioBlock) -> tuple[int, NDArray[np.float32]]:
        """Return the stamp and the mono samples, float32 (m,), that a block sets free.

        Raises BadInput (``channels`` or ``sample_rate``).
        """
        channels = block.samples.shape[1]
        check_sound(channels, block.sample_rate)
        if (block.sample_rate, channels) != self._kind:
            self.reset()
            self._kind = (block.sample_rate, channels)
            if block.sample_rate != self._rate:
                self._stream = soxr.ResampleStream(block.sample_rate, self._rate, 1)
        stamp = block.stamp - self._pending()
        mono = block.samples.mean(axis=1, dtype=np.float32)
        self._end = block.end
        self._taken += len(mono)
        return stamp, self._resample(mono, last=False)

    def flush(self) -> tuple[int, NDArray[np.float32]]:
        """Return the stamp and the samples that the filter still held, and forget the stream."""
        stamp = self._end - self._pending()
        rest = self._resample(np.empty(0, dtype=np.float32), last=True)
        self.reset()
        return stamp, rest

    def _resample(self, mono: NDArray[np.float32], *, last: bool) -> NDArray[np.float32]:
        result = mono if self._stream is None else self._stream.resample_chunk(mono, last=last)
        self._given += len(result)
        return result

    def _pending(self) -> int:
        """Return how much sound went in and is not out yet, in nanoseconds."""
        if self._stream is None:
            return 0
        return (self._taken * NANOSECONDS // self._kind[0]
                - self._given * NANOSECONDS // self._rate)
