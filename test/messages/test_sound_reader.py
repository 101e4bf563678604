"""One stream of sound messages: what its bytes are is settled once, and nothing shifts it."""

from types import SimpleNamespace as Message

from hypothesis import given
from hypothesis import strategies as st
import numpy as np
import pytest

from mer_ros.data import AudioBlock, BadInput, NANOSECONDS
from mer_ros.messages.sound_reader import parse_format, SoundReader

START = 20 * NANOSECONDS
RAW = 'audio_common_msgs/msg/AudioData'
STAMPED = 'audio_common_msgs/msg/AudioDataStamped'


def read(reader: SoundReader, data: bytes, *, arrival: int = START) -> AudioBlock:
    return reader.read(Message(data=data), kind=RAW, arrival=arrival)


def info(**fields: object) -> Message:
    """Return an AudioInfo of ros-drivers."""
    return Message(**{'channels': 2, 'sample_rate': 48000, 'sample_format': 'S16LE',
                      'bitrate': 128, 'coding_format': 'wave', **fields})


def portaudio_info(number: int = 1) -> Message:
    return Message(format=number, channels=2, rate=44100, chunk=512)


def mp3(frames: int) -> bytes:
    """Return frames of MPEG 1 layer III at 128 kbit/s and 44.1 kHz, of changing content."""
    random = np.random.default_rng(3)
    return b''.join(b'\xff\xfb' + bytes([0x90 | padding << 1, 0x64])
                    + random.integers(0, 255, 413 + padding, np.uint8).tobytes()
                    for padding in np.arange(frames) % 2)


def aac(frames: int) -> bytes:
    random, found = np.random.default_rng(4), b''
    for length in random.integers(100, 700, frames):
        size = int(length)
        found += bytes([0xff, 0xf1, 0x50, 0x80 | size >> 11, size >> 3 & 255, (size & 7) << 5 | 31,
                        0xfc]) + random.integers(0, 255, size - 7, np.uint8).tobytes()
    return found


def refused(reader: SoundReader, stream: bytes, block: int) -> list[str]:
    """Read a stream in blocks; return why each is refused, '' where it is not."""
    reasons = []
    for at in range(0, len(stream), block):
        try:
            read(reader, stream[at:at + block])
            reasons.append('')
        except BadInput as error:
            reasons.append(str(error))
    return reasons


@pytest.mark.parametrize('first', [-1025, -3073, -3585, -257, 0x4449])
def test_no_sample_of_pcm_makes_it_compressed(first: int) -> None:
    reader = SoundReader()
    for _ in range(200):
        sound = np.array([first, 0, 5, -5] * 80, '<i2')
        assert len(read(reader, sound.tobytes()).samples) == 320


@given(st.binary(max_size=6000), st.integers(1, 700))
def test_any_pcm_is_read_however_it_is_cut(data: bytes, block: int) -> None:
    reader = SoundReader()
    parts = [read(reader, data[at:at + block]).samples for at in range(0, len(data), block)]
    whole = np.frombuffer(data[:len(data) // 2 * 2], '<i2') / 32768
    np.testing.assert_array_equal(np.concatenate([np.empty((0, 1)), *parts])[:, 0],
                                  whole.astype(np.float32))


@given(st.integers(-32768, 32767), st.integers(-32768, 32767), st.integers(1, 50))
def test_a_square_wave_is_no_compressed_sound(high: int, low: int, period: int) -> None:
    wave = np.where(np.arange(9000) // period % 2, high, low).astype('<i2').tobytes()
    assert set(refused(SoundReader(), wave, 640)) == {''}


@pytest.mark.parametrize(('stream', 'name'), [(mp3(30), 'mp3'), (aac(30), 'aac')])
@pytest.mark.parametrize('joined_at', [0, 1, 1000, 5001])
@pytest.mark.parametrize('block', [417, 500, 4096])
def test_compressed_sound_is_recognised_wherever_it_is_joined(
    stream: bytes, name: str, joined_at: int, block: int
) -> None:
    reasons = refused(SoundReader(), stream[joined_at:], block)
    settled = [f'({name})' in reason and 'format:=wave' in reason for reason in reasons]
    assert all(settled[4:])
    assert settled == sorted(settled)  # once it is settled, it stays


@pytest.mark.parametrize(('begin', 'name'), [
    (b'ID3\x04\x00', 'mp3'), (b'OggS\x00\x02', 'ogg'), (b'fLaC\x00\x00', 'flac')])
def test_files_are_recognised_by_how_they_begin(begin: bytes, name: str) -> None:
    assert f'({name})' in refused(SoundReader(), begin + bytes(700), 1000)[0]


def test_a_driver_that_says_mp3_is_believed_before_any_byte() -> None:
    reader = SoundReader()
    reader.inform(info(coding_format='mp3'))
    with pytest.raises(BadInput, match=r'\(mp3\)') as caught:
        read(reader, bytes(640))
    assert caught.value.reason == 'encoding'


def test_a_driver_that_says_wave_is_believed_whatever_the_bytes_are() -> None:
    reader = SoundReader()
    reader.inform(info())
    assert set(refused(reader, mp3(8), 500)) == {''}


@pytest.mark.parametrize(('said', 'rate', 'channels', 'itemsize'), [
    (info(), 48000, 2, 2), (info(sample_format='F32LE', channels=1), 48000, 1, 4),
    (info(sample_format='', sample_rate=0), 16000, 2, 2), (portaudio_info(), 44100, 2, 4),
    (portaudio_info(8), 44100, 2, 2)])
def test_raw_bytes_are_what_the_driver_says(
    said: Message, rate: int, channels: int, itemsize: int
) -> None:
    reader = SoundReader()
    reader.inform(said)
    block = read(reader, bytes(10 * channels * itemsize))
    assert (block.sample_rate, block.samples.shape) == (rate, (10, channels))


def test_what_the_user_says_counts_more_than_what_the_driver_says() -> None:
    reader = SoundReader({'sample_rate': 8000})
    assert read(reader, bytes(4)).samples.shape == (2, 1)
    reader.inform(info())
    block = read(reader, bytes(8))
    assert (block.sample_rate, block.samples.shape) == (8000, (2, 2))


def test_a_format_that_cannot_be_read_is_named() -> None:
    reader = SoundReader()
    reader.inform(info(sample_format='S24LE'))
    with pytest.raises(BadInput, match='S24LE'):
        read(reader, bytes(6))


def block_of(stamp: int, data: bytes) -> Message:
    return Message(header=Message(stamp=Message(sec=stamp, nanosec=0), frame_id='ears'),
                   audio=Message(data=data))


@pytest.mark.parametrize('stamp', [0, 2**31 - 1, -5])
def test_a_refused_block_of_odd_size_leaves_the_stream_aligned(stamp: int) -> None:
    reader = SoundReader()
    data = np.array([100, 200, 300], '<i2').tobytes()
    with pytest.raises(BadInput):
        reader.read(block_of(stamp, data[:3]), kind=STAMPED)
    block = reader.read(block_of(20, data[3:]), kind=STAMPED)
    np.testing.assert_array_equal(np.round(block.samples[:, 0] * 32768), [200, 300])


def test_sound_before_the_clock_starts_leaves_the_stream_aligned() -> None:
    reader = SoundReader()
    with pytest.raises(BadInput, match='clock'):
        read(reader, b'\1\2\3', arrival=0)
    np.testing.assert_array_equal(read(reader, b'\4\5\6').samples[:, 0] * 32768,
                                  [0x0403, 0x0605])


def test_half_a_frame_can_be_forgotten() -> None:
    reader = SoundReader()
    read(reader, b'\1\2\3')
    reader.forget()
    assert len(read(reader, b'\4\5').samples) == 1


@pytest.mark.parametrize(('text', 'found'), [
    ('', {}), ('rate=8000', {'sample_rate': 8000}),
    ('rate=48000,channels=2,encoding=pcm_u8',
     {'sample_rate': 48000, 'channels': 2, 'encoding': 'pcm_u8'})])
def test_the_format_is_read_from_an_option(text: str, found: dict[str, object]) -> None:
    assert parse_format(text) == found


@pytest.mark.parametrize('text', [
    '48000', 'rate=x', 'rate=10', 'channels=0', 'encoding=mp3', 'a=1'])
def test_an_option_that_is_no_format_says_what_is_allowed(text: str) -> None:
    with pytest.raises(ValueError, match=r'rate=HZ|4000 to|1 to 64'):
        parse_format(text)
