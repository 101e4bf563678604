"""Make the sample bag that ships with the package: a portrait on the move and synthetic speech.

Run from the root of the source tree: ``python tools/make_sample.py``.  It needs what the package
needs, the program espeak-ng (a Debian package) and the Python package scikit-image, which carries
the portrait.  mer_ros/samples/README.md names the sources and their licences.
"""

from collections.abc import Iterator
from dataclasses import dataclass
import io
from pathlib import Path
import shutil
import subprocess
import sys
import tempfile

import cv2
import numpy as np
from numpy.typing import NDArray
import soundfile
import soxr

from mer_ros.bags import BagWriter
from mer_ros.bags.input_bag import BAG_START, write_input
from mer_ros.data import AudioBlock, CameraImage, nanoseconds, Words

TARGET = Path(__file__).resolve().parents[1] / 'mer_ros' / 'samples' / 'sample.mcap'
SAMPLE_RATE = 16_000
BLOCK = SAMPLE_RATE // 10
FRAME_RATE = 10
WIDTH, HEIGHT = 320, 240
LENGTH_S = 13.0
NOISE = 1e-3
"""Root mean square of the microphone's noise, of full scale."""


@dataclass(frozen=True)
class Line:
    """A sentence: when it begins, and the pitch (0-99), words a minute and volume of the voice."""

    begin_s: float
    text: str
    pitch: int
    speed: int
    volume: int


LINES = (
    Line(0.3, 'I am so happy, this is wonderful news!', 75, 170, 90),
    Line(3.1, 'What a great day!', 80, 165, 95),
    Line(4.9, 'But I miss my friend, I feel so sad.', 25, 140, 60),
    Line(8.5, 'And they blame me! I am furious!', 50, 175, 130),
    Line(10.9, 'I hate it, leave me alone!', 55, 185, 140),
)


@dataclass(frozen=True)
class View:
    """Where the camera looks at a time: centre and width in pixels of the portrait, and light."""

    time_s: float
    x: float
    y: float
    width: float
    light: float


VIEWS = (
    View(0.0, 228, 118, 310, 1.0),
    View(3.0, 226, 118, 235, 1.05),
    View(4.6, 222, 122, 250, 0.9),
    View(6.0, 232, 116, 290, 0.55),
    View(7.2, 402, 120, 210, 0.6),
    View(9.6, 398, 124, 210, 0.9),
    View(10.8, 230, 118, 255, 1.1),
    View(LENGTH_S, 228, 116, 240, 1.0),
)


def speak(line: Line) -> NDArray[np.float32]:
    """Return the sentence as mono float32 at SAMPLE_RATE, spoken by espeak-ng."""
    wave = subprocess.run(
        ['espeak-ng', '-v', 'en-us+f3', '-p', str(line.pitch), '-s', str(line.speed),
         '-a', str(line.volume), '--stdout', line.text], check=True, capture_output=True).stdout
    samples, rate = soundfile.read(io.BytesIO(wave), dtype='float32')
    return np.asarray(soxr.resample(samples, rate, SAMPLE_RATE), dtype=np.float32)


def portrait() -> NDArray[np.uint8]:
    """Return the portrait, uint8 RGB (512, 512, 3)."""
    from skimage.data import astronaut

    return np.asarray(astronaut(), dtype=np.uint8)


def see(picture: NDArray[np.uint8], time_s: float) -> NDArray[np.uint8]:
    """Return what the camera sees of the picture, uint8 RGB (HEIGHT, WIDTH, 3)."""
    times = [view.time_s for view in VIEWS]
    after = int(np.clip(np.searchsorted(times, time_s, side='right'), 1, len(VIEWS) - 1))
    old, new = VIEWS[after - 1], VIEWS[after]
    part = (time_s - old.time_s) / (new.time_s - old.time_s)
    part = part * part * (3 - 2 * part)
    x, y, width, light = (
        (1 - part) * getattr(old, name) + part * getattr(new, name)
        for name in ('x', 'y', 'width', 'light'))
    x += 1.5 * np.sin(5.1 * time_s)
    y += 1.2 * np.sin(3.7 * time_s + 1)
    angle = np.deg2rad(1.5 * np.sin(1.9 * time_s))
    scale = width / WIDTH
    cosine, sine = scale * np.cos(angle), scale * np.sin(angle)
    to_picture = np.array([
        [cosine, -sine, x - cosine * WIDTH / 2 + sine * HEIGHT / 2],
        [sine, cosine, y - sine * WIDTH / 2 - cosine * HEIGHT / 2]])
    image = cv2.warpAffine(picture, to_picture, (WIDTH, HEIGHT),
                           flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
                           borderMode=cv2.BORDER_REFLECT)
    return np.asarray(cv2.convertScaleAbs(image, alpha=light), dtype=np.uint8)


def items() -> Iterator[CameraImage | AudioBlock | Words]:
    """Yield everything that the bag holds, in no order; a bag is read in order of time."""
    picture = portrait()
    for index in range(round(LENGTH_S * FRAME_RATE)):
        time_s = index / FRAME_RATE
        yield CameraImage(BAG_START + nanoseconds(time_s), see(picture, time_s), 'camera')
    sound = np.random.default_rng(0).normal(0.0, NOISE, round(LENGTH_S * SAMPLE_RATE))
    for line in LINES:
        voice = speak(line)
        begin = round(line.begin_s * SAMPLE_RATE)
        sound[begin:begin + len(voice)] += voice
        duration = nanoseconds(len(voice) / SAMPLE_RATE)
        yield Words(BAG_START + nanoseconds(line.begin_s) + duration, line.text,
                    frame_id='microphone', language='en', duration=duration)
    for begin in range(0, len(sound), BLOCK):
        yield AudioBlock(
            BAG_START + nanoseconds(begin / SAMPLE_RATE),
            sound[begin:begin + BLOCK, np.newaxis].astype(np.float32), SAMPLE_RATE, 'microphone')


def main() -> None:
    """Write the sample."""
    if shutil.which('espeak-ng') is None:
        sys.exit('espeak-ng is missing; install it, on Debian: apt-get install espeak-ng')
    with tempfile.TemporaryDirectory() as folder:
        bag = Path(folder) / TARGET.stem
        with BagWriter(bag) as writer:
            for item in items():
                write_input(writer, item)
        shutil.copyfile(bag / TARGET.name, TARGET)
    print(f'{TARGET}: {TARGET.stat().st_size / 1e6:.2f} MB')


if __name__ == '__main__':
    main()
