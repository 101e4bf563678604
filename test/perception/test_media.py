from fractions import Fraction
from itertools import pairwise
from pathlib import Path
import socket

import av
from av.stream import Disposition
import cv2
import numpy as np
from numpy.typing import NDArray
import pytest
import soundfile

from mer_ros.data import AudioBlock, BadInput, CameraImage, NANOSECONDS
from mer_ros.perception.media import read_media
from mer_ros.remarks import Remarks

START = 40 * NANOSECONDS


def split(path: Path) -> tuple[list[CameraImage], list[AudioBlock]]:
    items = list(read_media(path, start=START))
    assert all(first.stamp <= second.stamp for first, second in pairwise(items))
    return ([item for item in items if isinstance(item, CameraImage)],
            [item for item in items if isinstance(item, AudioBlock)])


def seconds(stamp: int) -> float:
    return (stamp - START) / NANOSECONDS


def write_video(path: Path, rotation: int = 0) -> None:
    """Write a second of video and sound; at 0.5 s the upper half turns white and a tone begins."""
    with av.open(str(path), 'w') as container:
        video = container.add_stream('mpeg4', rate=20)
        video.width, video.height, video.pix_fmt = 64, 48, 'yuv420p'
        video.bit_rate = 1_000_000
        if rotation:
            video.set_display_rotation(rotation)
        audio = container.add_stream('pcm_s16le', rate=16000, layout='stereo')
        for index in range(20):
            pixels = np.zeros((48, 64, 3), dtype=np.uint8)
            pixels[:24] = 255 * (index >= 10)
            frame = av.VideoFrame.from_ndarray(pixels, format='rgb24')
            frame.pts, frame.time_base = index, Fraction(1, 20)
            container.mux(video.encode(frame))
        tone = np.sin(2 * np.pi * 1000 * np.arange(16000) / 16000)
        tone[:8000] = 0
        stereo = np.round(np.stack([tone, tone / 2], axis=1) * 20000).astype(np.int16)
        sound = av.AudioFrame.from_ndarray(stereo.reshape(1, -1), format='s16', layout='stereo')
        sound.sample_rate, sound.pts, sound.time_base = 16000, 0, Fraction(1, 16000)
        container.mux(audio.encode(sound))
        for stream in (video, audio):
            container.mux(stream.encode(None))


@pytest.mark.parametrize('suffix', ['.mov', '.mkv', '.avi'])
def test_what_happens_together_in_a_video_has_the_same_stamp(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f'clip{suffix}'
    write_video(path)
    images, blocks = split(path)
    assert len(images) == 20
    assert images[0].pixels.shape == (48, 64, 3)
    white = [seconds(image.stamp) for image in images if image.pixels[:20].mean() > 128]
    assert white[0] == pytest.approx(0.5, abs=0.06)
    assert {block.samples.shape[1] for block in blocks} == {2}
    sound = np.concatenate([block.samples for block in blocks])
    assert np.flatnonzero(np.abs(sound[:, 0]) > 0.3)[0] / 16000 == pytest.approx(0.5, abs=0.06)
    assert np.abs(sound[:, 1]).max() == pytest.approx(np.abs(sound[:, 0]).max() / 2, abs=0.01)


@pytest.mark.skipif(not hasattr(av.VideoStream, 'set_display_rotation'),
                    reason='this PyAV cannot write the angle of a video')
@pytest.mark.parametrize(('rotation', 'white'), [
    (90, np.s_[:, :20]), (-90, np.s_[:, -20:]), (180, np.s_[-20:])])
def test_a_lying_video_is_stood_upright(
    tmp_path: Path, rotation: int, white: tuple[slice, ...]
) -> None:
    path = tmp_path / 'clip.mov'
    write_video(path, rotation)
    images, _ = split(path)
    assert images[-1].pixels.shape == ((64, 48, 3) if rotation != 180 else (48, 64, 3))
    assert images[-1].pixels[white].mean() > 200
    assert images[-1].pixels.mean() < 150


@pytest.mark.parametrize('suffix', ['wav', 'flac', 'ogg', 'mp3'])
def test_sound_comes_in_short_blocks_without_a_seam(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f'sound.{suffix}'
    samples = 0.5 * np.sin(2 * np.pi * 440 * np.arange(22050) / 22050)
    soundfile.write(path, np.stack([samples, samples], axis=1), 22050)
    images, blocks = split(path)
    assert images == []
    assert seconds(blocks[0].stamp) == pytest.approx(0.0, abs=0.015)
    for first, second in pairwise(blocks):
        assert second.stamp == pytest.approx(first.end, abs=2)
        assert 0.02 <= len(first.samples) / first.sample_rate <= 0.05
    assert {block.sample_rate for block in blocks} == {22050}
    sound = np.concatenate([block.samples for block in blocks])
    assert sound.shape[1] == 2
    assert seconds(blocks[-1].end) == pytest.approx(1.0, abs=0.06)
    assert np.sqrt((sound[2000:20000] ** 2).mean()) == pytest.approx(0.5 / np.sqrt(2), rel=0.02)


def test_a_still_image_is_repeated(tmp_path: Path) -> None:
    path = tmp_path / 'red.png'
    cv2.imwrite(str(path), np.full((8, 9, 3), (0, 0, 255), dtype=np.uint8))
    images, blocks = split(path)
    assert blocks == []
    assert [seconds(image.stamp) for image in images] == pytest.approx(np.arange(20) / 10)
    np.testing.assert_array_equal(images[0].pixels, np.full((8, 9, 3), (255, 0, 0)))


def test_a_file_is_told_by_its_content(tmp_path: Path) -> None:
    path = tmp_path / 'sound.mp4'
    soundfile.write(path, np.zeros(1600), 16000, format='WAV')
    _, blocks = split(path)
    assert seconds(blocks[-1].end) == 0.1


@pytest.mark.parametrize('suffix', ['.mp4', '.flv'])
def test_clips_are_read_whole(sample_film: Path, suffix: str) -> None:
    images, blocks = split(sample_film.with_suffix(suffix))
    assert {image.pixels.shape for image in images} == {(240, 320, 3)}
    assert len(images) == 30
    assert seconds(blocks[0].stamp) == pytest.approx(0.0, abs=0.07)
    assert seconds(blocks[-1].end) == pytest.approx(3.0, abs=0.13)
    assert seconds(images[-1].stamp) == pytest.approx(2.9, abs=0.07)


def test_the_sound_of_a_video_lies_where_its_recording_has_it(sample_film: Path) -> None:
    levels = []
    for suffix in ('.mp4', '.wav'):
        _, blocks = split(sample_film.with_suffix(suffix))
        levels.append([np.sqrt((block.samples ** 2).mean()) for block in blocks][:55])
    lags = range(-5, 6)
    match = [np.corrcoef(levels[0][5:50], levels[1][5 + lag:50 + lag])[0, 1] for lag in lags]
    assert abs(lags[int(np.argmax(match))]) <= 1


@pytest.mark.parametrize('format', ['WAV', 'FLAC', 'OGG'])
def test_sound_alone_is_read(
    sentence: NDArray[np.float32], tmp_path: Path, format: str
) -> None:
    soundfile.write(tmp_path / 'sound', sentence, 16000, format=format)
    images, blocks = split(tmp_path / 'sound')
    assert not images
    assert seconds(blocks[-1].end) == pytest.approx(len(sentence) / 16000, abs=0.01)
    assert max(np.abs(block.samples).max() for block in blocks) > 0.1


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r'nothing\.mp4 is no file'):
        read_media(tmp_path / 'nothing.mp4')


@pytest.mark.parametrize(('name', 'content'), [
    ('notes.txt', b'no picture and no sound'), ('empty.mp4', b''),
    ('broken.png', b'\x89PNG\r\n\x1a\n and then nothing'),
])
def test_a_file_that_cannot_be_decoded_is_named(
    tmp_path: Path, name: str, content: bytes
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(BadInput, match=f'{name} cannot be decoded') as caught:
        read_media(path)
    assert caught.value.reason == 'undecodable'


def test_the_cover_of_an_album_is_no_video(tmp_path: Path) -> None:
    path = tmp_path / 'song.mp3'
    with av.open(str(path), 'w') as container:
        audio = container.add_stream('mp3', rate=44100, layout='mono')
        cover = container.add_stream('png', rate=1)
        cover.width, cover.height, cover.pix_fmt = 16, 16, 'rgb24'
        cover.disposition = Disposition.attached_pic.value
        picture = av.VideoFrame.from_ndarray(np.zeros((16, 16, 3), np.uint8), format='rgb24')
        container.mux(cover.encode(picture))
        tone = np.sin(2 * np.pi * 440 * np.arange(44100) / 44100).astype(np.float32)
        sound = av.AudioFrame.from_ndarray(tone[None], format='fltp', layout='mono')
        sound.sample_rate, sound.pts, sound.time_base = 44100, 0, Fraction(1, 44100)
        container.mux(audio.encode(sound))
        container.mux(audio.encode(None))
    with av.open(str(path)) as written:
        assert written.streams.video
    images, blocks = split(path)
    assert images == []
    assert seconds(blocks[-1].end) == pytest.approx(1.0, abs=0.06)


@pytest.mark.parametrize('suffix', ['.mkv', '.avi', '.mov'])
def test_damaged_places_are_counted_and_the_rest_is_decoded(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f'clip{suffix}'
    write_video(path)
    content = bytearray(path.read_bytes())
    for place in range(len(content) // 4, len(content) * 3 // 4, 1500):
        content[place:place + 300] = b'\xff' * 300
    path.write_bytes(content)
    remarks = Remarks()
    assert list(read_media(path, start=START, remarks=remarks))


def test_a_film_that_is_cut_short_is_read_to_the_cut(tmp_path: Path) -> None:
    path = tmp_path / 'clip.mkv'
    write_video(path)
    path.write_bytes(path.read_bytes()[:40_000])
    images, blocks = split(path)
    assert len(images) + len(blocks) > 5


@pytest.mark.parametrize('name', [
    '2024-05-01T12:30:00.mkv', 'http:clip.mkv', 'take%03d.mkv', 'caf\udce9 [red] $x$.mkv'])
def test_a_file_may_have_any_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
                                  ) -> None:
    write_video(tmp_path / 'clip.mkv')
    (tmp_path / 'clip.mkv').rename(tmp_path / name)
    cv2.imwrite(str(tmp_path / 'still.png'), np.zeros((8, 8, 3), np.uint8))
    (tmp_path / 'still.png').rename(tmp_path / name.replace('mkv', 'png'))
    monkeypatch.chdir(tmp_path)
    assert len(split(Path(name))[0]) == 20
    assert len(split(Path(name.replace('mkv', 'png')))[0]) == 20


def test_what_a_playlist_names_is_never_opened(tmp_path: Path) -> None:
    with socket.create_server(('127.0.0.1', 0)) as server:
        server.setblocking(False)
        host = f'127.0.0.1:{server.getsockname()[1]}'
        for name, content in (
                ('list.m3u8', f'#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nhttp://{host}/0.ts\n'
                              f'#EXT-X-ENDLIST\n'),
                ('list.ffconcat', f"ffconcat version 1.0\nfile 'http://{host}/0.mp4'\n")):
            (tmp_path / name).write_text(content)
            with pytest.raises(BadInput, match='cannot be decoded'):
                list(read_media(tmp_path / name))
        with pytest.raises(BlockingIOError):
            server.accept()


def write_animation(path: Path) -> None:
    """Write 3 frames of 0.1 s, each brighter than the one before."""
    frames = [np.full((32, 32, 3), shade, np.uint8) for shade in (0, 120, 240)]
    animation = cv2.Animation()
    animation.frames, animation.durations = frames, [100, 100, 100]
    assert cv2.imwriteanimation(str(path), animation)


@pytest.mark.skipif(not hasattr(cv2, 'imwriteanimation'), reason='this OpenCV cannot write them')
@pytest.mark.parametrize('suffix', ['gif', 'webp', 'png', 'avif'])
def test_an_animated_picture_is_a_film(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f'moving.{suffix}'
    try:
        write_animation(path)
    except cv2.error:
        pytest.skip(f'this OpenCV cannot write {suffix}')
    images, _ = split(path)
    assert [seconds(image.stamp) for image in images] == pytest.approx([0.0, 0.1, 0.2], abs=0.01)
    np.testing.assert_allclose([image.pixels.mean() for image in images], [0, 120, 240], atol=4)
