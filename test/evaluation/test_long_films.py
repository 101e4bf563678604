"""A film of any length is perceived in the same memory."""

from fractions import Fraction
from pathlib import Path
import subprocess
import sys

import av
import numpy as np

RATE = 16000

PROGRAM = '''
import sys
from pathlib import Path
from mer_ros.evaluation.analyze import analyze
analyze(Path(sys.argv[1]), output=Path(sys.argv[2]), transcript='I am so happy')
print(*(line.split()[1] for line in open('/proc/self/status') if line.startswith('VmHWM')))
'''
"""Prints the most memory that the program had, in KiB; ru_maxrss counts what started it, too."""


def write_film(path: Path, seconds: int) -> Path:
    """Write 10 images of 240x180 a second and a tone; decoded, they take 1.3 MB a second."""
    shade = np.arange(180 * 240 * 3, dtype=np.uint8).reshape(180, 240, 3)
    with av.open(str(path), 'w') as container:
        video = container.add_stream('mpeg4', rate=10)
        video.width, video.height, video.pix_fmt = 240, 180, 'yuv420p'
        audio = container.add_stream('pcm_s16le', rate=RATE, layout='mono')
        tone = (8000 * np.sin(np.arange(RATE) / 6)).astype(np.int16)[None]
        for second in range(seconds):
            for index in range(10):
                frame = av.VideoFrame.from_ndarray(shade + np.uint8(index), format='rgb24')
                frame.pts, frame.time_base = 10 * second + index, Fraction(1, 10)
                container.mux(video.encode(frame))
            sound = av.AudioFrame.from_ndarray(tone, format='s16', layout='mono')
            sound.sample_rate, sound.pts = RATE, second * RATE
            sound.time_base = Fraction(1, RATE)
            container.mux(audio.encode(sound))
        for stream in (video, audio):
            container.mux(stream.encode(None))
    return path


def most_memory(film: Path, output: Path) -> float:
    """Return the most memory in MB that a process needs to analyze a film."""
    told = subprocess.run([sys.executable, '-c', PROGRAM, str(film), str(output)], check=True,
                          capture_output=True, text=True).stdout
    return int(told.split()[-1]) / 1024


def test_a_film_ten_times_as_long_takes_no_more_memory(tmp_path: Path) -> None:
    short, long = (most_memory(write_film(tmp_path / f'{seconds}.mkv', seconds), tmp_path / 'out')
                   for seconds in (15, 150))
    assert long < short + 50.0, 'the images alone of 135 s are 175 MB'
