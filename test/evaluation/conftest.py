"""What tests of films share."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

CODECS = {'.avi': ('mpeg4', 'pcm_s16le'), '.mp4': ('mpeg4', 'aac'), '.flv': ('flv', 'aac')}

BLOCK = 1024
"""Samples that the AAC encoder takes at a time; a shorter last block would be filled with noise."""


@pytest.fixture
def write_film() -> Callable[..., Path]:
    """Return what writes a second of a plain grey picture, with a tone of a loudness or none."""
    def write(path: Path, *, shade: int, loudness: float | None = None) -> Path:
        path.parent.mkdir(parents=True, exist_ok=True)
        codec, sound_codec = CODECS[path.suffix]
        with av.open(str(path), 'w') as container:
            video = container.add_stream(codec, rate=10)
            video.width, video.height, video.pix_fmt = 64, 48, 'yuv420p'
            streams = [video]
            if loudness is not None:
                streams.append(container.add_stream(sound_codec, rate=44100, layout='mono'))
            for index in range(10):
                frame = av.VideoFrame.from_ndarray(
                    np.full((48, 64, 3), shade, dtype=np.uint8), format='rgb24')
                frame.pts, frame.time_base = index, Fraction(1, 10)
                container.mux(video.encode(frame))
            if loudness is not None:
                tone = loudness * np.sin(2 * np.pi * 440 * np.arange(43 * BLOCK) / 44100)
                for start in range(0, len(tone), BLOCK):
                    sound = av.AudioFrame.from_ndarray(
                        tone[start:start + BLOCK].astype(np.float32).reshape(1, -1),
                        format='fltp', layout='mono')
                    sound.sample_rate, sound.pts, sound.time_base = 44100, start, Fraction(1, 44100)
                    container.mux(streams[1].encode(sound))
            for stream in streams:
                container.mux(stream.encode(None))
        return path
    return write
