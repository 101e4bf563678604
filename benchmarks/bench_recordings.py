"""How fast a film is perceived, in one thread and side by side, and in how much memory.

The film repeats the images and the sound of the shipped sample at 30 images/s of 640x480.  Memory
is compared with that of a film of FILM_MINUTES minutes, an environment variable: 3 by default, 10
or 60 where there is time.
"""

from fractions import Fraction
from functools import partial
import os
from pathlib import Path
import subprocess
from tempfile import TemporaryDirectory
from typing import Any

import av
from children import python
from compare import in_turns, row
import cv2
import numpy as np

from mer_ros.data import AudioBlock, CameraImage
from mer_ros.engines.lanes import feed_ahead
from mer_ros.engines.pipeline import MODALITIES, Pipeline
from mer_ros.evaluation.bag_inputs import BagInputs
from mer_ros.perception.media import open_media
from mer_ros.samples import SAMPLE_BAG

SECONDS = 60
"""Of the film whose speed is measured: opening the models counts, as it does for its user."""

SHORT = 20
LONGER = round(60 * float(os.environ.get('FILM_MINUTES', '3')))
REPEATS = 3
RATE = 30
SIZE = (640, 480)
TARGET_SPEED = 20.0
TARGET_GROWTH = 1.05

MEMORY = '''
import sys
from pathlib import Path
from mer_ros.evaluation.analyze import analyze
analyze(Path(sys.argv[1]), output=Path(sys.argv[2]))
print(*(line.split()[1] for line in open('/proc/self/status') if line.startswith('VmHWM')))
'''
"""Prints the most memory that the program had, in KiB; ru_maxrss counts what started it, too."""


def run() -> list[dict[str, Any]]:
    """Return how many times faster than real time films are read, and the growth of memory."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        film = write_film(folder / 'film.mkv', SECONDS)
        times = in_turns({'one thread': partial(_alone, film), 'side by side': partial(
            _together, film)}, repeats=REPEATS)
        speeds = {what: SECONDS / sorted(found)[len(found) // 2] for what, found in times.items()}
        short = _memory(write_film(folder / 'short.mkv', SHORT), folder / 'out')
        long = _memory(write_film(folder / 'long.mkv', LONGER), folder / 'out')
    return [
        row(f'film 640x480 of {SECONDS} s, one thread', speeds['one thread'], 'x real time'),
        row(f'film 640x480 of {SECONDS} s, side by side', speeds['side by side'], 'x real time',
            least=TARGET_SPEED),
        row('  side by side / one thread', speeds['side by side'] / speeds['one thread'], 'x'),
        row(f'memory, film of {SHORT} s', short, 'MB'),
        row(f'  film of {LONGER} s / of {SHORT} s', long / short, 'x',
            most=TARGET_GROWTH)]


def write_film(path: Path, seconds: int) -> Path:
    """Write a film of this length."""
    items = list(BagInputs(SAMPLE_BAG).read(MODALITIES))
    pictures = [cv2.resize(item.pixels, SIZE) for item in items if isinstance(item, CameraImage)]
    sound = np.concatenate([item.samples[:, 0] for item in items if isinstance(item, AudioBlock)])
    rate = next(item.sample_rate for item in items if isinstance(item, AudioBlock))
    samples = np.resize((32767 * sound).astype(np.int16), seconds * rate)
    with av.open(str(path), 'w') as container:
        video = container.add_stream('h264', rate=RATE, options={'preset': 'ultrafast'})
        video.width, video.height, video.pix_fmt = *SIZE, 'yuv420p'
        audio = container.add_stream('pcm_s16le', rate=rate, layout='mono')
        for second in range(seconds):
            for index in range(second * RATE, (second + 1) * RATE):
                frame = av.VideoFrame.from_ndarray(
                    pictures[index // 3 % len(pictures)], format='rgb24')
                frame.pts, frame.time_base = index, Fraction(1, RATE)
                container.mux(video.encode(frame))
            block = av.AudioFrame.from_ndarray(
                samples[None, second * rate:(second + 1) * rate], format='s16', layout='mono')
            block.sample_rate, block.pts, block.time_base = rate, second * rate, Fraction(1, rate)
            container.mux(audio.encode(block))
        for stream in (video, audio):
            container.mux(stream.encode(None))
    return path


def _alone(film: Path) -> None:
    pipeline = Pipeline(words=False)  # as analyze does where nothing was said to be said
    for item in open_media(film):
        pipeline.feed(item)


def _together(film: Path) -> None:
    for _ in feed_ahead(Pipeline(words=False), open_media(film)):
        pass


def _memory(film: Path, output: Path) -> float:
    told = subprocess.run(python(MEMORY, str(film), str(output)), check=True,
                          capture_output=True, text=True).stdout
    return int(told.split()[-1]) / 1024
