"""Media files as people have them.  The next kind is one more function."""

from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import soundfile

from corpus.cases import Case, case

MEDIA: list[Case] = []

SAID = ('--transcript', 'I am so happy')
"""What is said in each, so that something is perceived where the file can be read."""


def film(path: Path, seconds: float = 1.0, rate: int = 20) -> Path:
    with av.open(str(path), 'w', format='matroska') as container:
        video = container.add_stream('mpeg4', rate=rate)
        video.width, video.height, video.pix_fmt = 64, 48, 'yuv420p'
        rng = np.random.default_rng(1)
        for index in range(round(seconds * rate)):
            frame = av.VideoFrame.from_ndarray(
                rng.integers(0, 256, (48, 64, 3), dtype=np.uint8), format='rgb24')
            frame.pts, frame.time_base = index, Fraction(1, rate)
            container.mux(video.encode(frame))
        container.mux(video.encode(None))
    return path


@case(MEDIA, r'0\.95 +0\.95 .*happiness', *SAID)
def name_like_an_address(folder: Path) -> Path:
    return film(folder / '2024-05-01T12:30:00 $x$ [red].mkv').rename(
        folder / 'http:12:30 $x$ [red].mkv')


@case(MEDIA, r'happiness', *SAID)
def name_that_is_no_text(folder: Path) -> Path:
    return film(folder / 'film.mkv').rename(folder / 'caf\udce9.mkv')


@case(MEDIA, r'there is no image from [01]\.\d\d to [34]\.\d\d s', *SAID)
def film_with_a_damaged_place(folder: Path) -> Path:
    path = film(folder / 'film.mkv', 5.0)
    raw = bytearray(path.read_bytes())
    raw[len(raw) // 4:len(raw) * 3 // 4] = bytes(len(raw) // 2)
    path.write_bytes(raw)
    return path


@case(MEDIA, r'the last image is at 1\.\d\d s of 5\.00 s', *SAID)
def film_that_is_cut_short(folder: Path) -> Path:
    path = film(folder / 'film.mkv', 5.0)
    raw = path.read_bytes()
    path.write_bytes(raw[:len(raw) // 3])
    return path


@case(MEDIA, r'cannot be decoded')
def text_file(folder: Path) -> Path:
    (folder / 'film.mp4').write_text('no film')
    return folder / 'film.mp4'


@case(MEDIA, r'cannot be decoded')
def empty_file(folder: Path) -> Path:
    (folder / 'film.mp4').touch()
    return folder / 'film.mp4'


@case(MEDIA, r'cannot be decoded')
def playlist(folder: Path) -> Path:
    (folder / 'list.m3u8').write_text('#EXTM3U\n#EXTINF:9,\nhttp://127.0.0.1:9/0.ts\n')
    return folder / 'list.m3u8'


@case(MEDIA, r'1\.90 +1\.90 .*happiness', *SAID)
def still(folder: Path) -> Path:
    cv2.imwrite(str(folder / 'still.png'), np.zeros((48, 64, 3), np.uint8))
    return folder / 'still.png'


@case(MEDIA, r'0\.20 +0\.20 .*happiness', *SAID)
def animated_picture(folder: Path) -> Path:
    with av.open(str(folder / 'a.gif'), 'w') as container:
        stream = container.add_stream('gif', rate=10)
        stream.width, stream.height, stream.pix_fmt = 64, 48, 'rgb8'
        for shade in (0, 100, 250):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(
                np.full((48, 64, 3), shade, np.uint8), format='rgb24').reformat(format='rgb8')))
        container.mux(stream.encode(None))
    return folder / 'a.gif'


@case(MEDIA, r'nothing was perceived')
def silence(folder: Path) -> Path:
    soundfile.write(folder / 'silence.wav', np.zeros(16000), 16000)
    return folder / 'silence.wav'


@case(MEDIA, r'1\.00 +1\.00 .*happiness', *SAID)
def sound_at_an_odd_rate(folder: Path) -> Path:
    soundfile.write(folder / 'odd.wav', np.zeros((11127, 6)), 11127)
    return folder / 'odd.wav'


@case(MEDIA, r'the image is (broken; what could be made|cut short)', *SAID)
def jpeg_that_is_cut_short(folder: Path) -> Path:
    pixels = np.random.default_rng(1).integers(0, 256, (400, 400, 3), dtype=np.uint8)
    jpeg = np.asarray(cv2.imencode('.jpg', pixels)[1]).tobytes()
    (folder / 'cut.jpg').write_bytes(jpeg[:len(jpeg) // 2])
    return folder / 'cut.jpg'


@case(MEDIA, r'cannot be decoded \(the animation is broken\)', *SAID)
def animation_that_is_broken(folder: Path) -> Path:
    (folder / 'a.webp').write_bytes(
        b'RIFF\x50\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00\x02\x00\x00\x00' + bytes(60))
    return folder / 'a.webp'


@case(MEDIA, r'x damaged: a part of the video', *SAID)
def film_whose_damage_is_filled_in(folder: Path) -> Path:
    film(folder / 'film.mkv', 2.0)
    with av.open(str(folder / 'film.mkv')) as source, av.open(
            str(folder / 'film.mp4'), 'w') as target:
        stream = target.add_stream_from_template(source.streams.video[0])
        for packet in source.demux(video=0):
            if packet.dts is not None:
                packet.stream = stream
                target.mux(packet)
    raw = bytearray((folder / 'film.mp4').read_bytes())
    for place in range(500, len(raw) - 3000, 1500):
        raw[place:place + 200] = b'\xff' * 200
    (folder / 'film.mp4').write_bytes(raw)
    return folder / 'film.mp4'
