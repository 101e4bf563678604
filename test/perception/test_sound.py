from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st
import numpy as np
import pytest

from mer_ros.data import AudioBlock, BadInput, NANOSECONDS
from mer_ros.perception.sound import decode_pcm, PcmDecoder, Resampler

START = 5 * NANOSECONDS


@pytest.mark.parametrize(('encoding', 'data'), [
    ('pcm_s16le', np.array([0, 16384, -32768], '<i2')),
    ('pcm_s32le', np.array([0, 2**30, -2**31], '<i4')),
    ('pcm_f32le', np.array([0.0, 0.5, -1.0], '<f4')),
    ('pcm_u8', np.array([128, 192, 0], 'u1')),
    ('pcm-s16', np.array([0, 16384, -32768], '<i2')),
    ('S16LE', np.array([0, 16384, -32768], '<i2')),
])
def test_samples_of_every_encoding_are_scaled_to_one(encoding: str, data: np.ndarray) -> None:
    samples = decode_pcm(encoding, 1, 16000, data.tobytes())
    assert samples.dtype == np.float32
    np.testing.assert_array_equal(samples, [[0.0], [0.5], [-1.0]])


def test_channels_are_told_apart() -> None:
    data = np.array([1, 2, 3, 4, 5, 6], '<f4') / 8
    np.testing.assert_array_equal(
        decode_pcm('pcm_f32le', 2, 48000, data.tobytes()) * 8, [[1, 2], [3, 4], [5, 6]])


def test_samples_beyond_full_scale_are_clipped() -> None:
    data = np.array([1.5, -3.0], '<f4').tobytes()
    np.testing.assert_array_equal(decode_pcm('pcm_f32le', 1, 16000, data), [[1.0], [-1.0]])


@pytest.mark.parametrize(('encoding', 'channels', 'rate', 'data', 'reason', 'text'), [
    ('mp3', 1, 16000, b'', 'encoding', 'send PCM.*format:=wave'),
    ('', 1, 16000, b'', 'encoding', 'pcm_s16le'),
    ('pcm_s16le', 0, 16000, b'', 'channels', '1 to 64'),
    ('pcm_s16le', 1, 0, b'', 'sample_rate', '4000 to 384000'),
    ('pcm_s16le', 1, 10**6, b'', 'sample_rate', '1000000'),
    ('pcm_s16le', 2, 16000, bytes(6), 'odd_bytes', '4 bytes'),
    ('pcm_f32le', 1, 16000, np.array([np.nan, 0], '<f4').tobytes(), 'not_finite', '1 sample'),
    ('pcm_f32le', 1, 16000, np.array([np.inf, 0], '<f4').tobytes(), 'not_finite', 'infinite'),
])
def test_sound_that_cannot_be_used_says_why(
    encoding: str, channels: int, rate: int, data: bytes, reason: str, text: str
) -> None:
    with pytest.raises(BadInput, match=text) as caught:
        decode_pcm(encoding, channels, rate, data)
    assert caught.value.reason == reason


@given(st.lists(st.integers(0, 9), max_size=12), st.integers(1, 3))
def test_blocks_may_cut_a_frame_anywhere(cuts: list[int], channels: int) -> None:
    data = np.arange(20 * channels, dtype='<i2').tobytes()
    decoder = PcmDecoder()
    blocks, at = [], 0
    for length in [*cuts, len(data)]:
        blocks.append(decoder.decode('pcm_s16le', channels, 16000, data[at:at + length]))
        at += length
    np.testing.assert_array_equal(
        np.concatenate(blocks), decode_pcm('pcm_s16le', channels, 16000, data))


def test_a_refused_block_leaves_the_stream_aligned() -> None:
    decoder = PcmDecoder()
    data = np.array([np.nan, 0.25], '<f4').tobytes()
    with pytest.raises(BadInput, match='NaN'):
        decoder.decode('pcm_f32le', 1, 16000, data[:6])
    np.testing.assert_array_equal(decoder.decode('pcm_f32le', 1, 16000, data[6:]), [[0.25]])


def test_another_format_drops_the_cut_frame() -> None:
    decoder = PcmDecoder()
    decoder.decode('pcm_s16le', 1, 16000, b'\x01')
    samples = decoder.decode('pcm_u8', 1, 16000, bytes([192, 128]))
    np.testing.assert_array_equal(samples, [[0.5], [0.0]])


def resampled(samples: np.ndarray, rate: int, block: float) -> list[tuple[int, np.ndarray]]:
    """Return the stamped output of a signal (n, channels) that comes in blocks."""
    resampler, size, parts = Resampler(), round(block * rate), []
    for at in range(0, len(samples), size):
        stamp = START + at * NANOSECONDS // rate
        parts.append(resampler.push(AudioBlock(stamp, samples[at:at + size], rate)))
    return [*parts, resampler.flush()]


@pytest.mark.parametrize('block', [0.01, 0.1])
@pytest.mark.parametrize('rate', [8000, 16000, 22050, 44100, 48000, 96000])
def test_a_tone_keeps_the_time_at_which_it_was_heard(rate: int, block: float) -> None:
    times = np.arange(round(2.0 * rate)) / rate
    burst = (times >= 0.8) & (times < 1.1)
    samples = np.where(burst, np.sin(2 * np.pi * 1000 * times), 0).astype(np.float32)[:, None]
    heard = np.concatenate([
        (stamp - START) / NANOSECONDS + np.flatnonzero(np.abs(part) > 0.3) / 16000
        for stamp, part in resampled(samples, rate, block)])
    assert heard.min() == pytest.approx(0.8, abs=0.002)
    assert heard.max() == pytest.approx(1.1, abs=0.002)


@pytest.mark.parametrize('rate', [8000, 44100])
def test_no_sound_is_lost_and_none_is_heard_twice(rate: int) -> None:
    parts = resampled(np.zeros((rate * 2, 1), dtype=np.float32), rate, 0.02)
    assert sum(len(part) for _, part in parts) == pytest.approx(32000, abs=1)
    given = [(stamp, part) for stamp, part in parts if len(part)]
    for (stamp, part), (following, _) in pairwise(given):
        assert following - stamp == pytest.approx(len(part) * 62500, abs=50)


def test_channels_are_averaged() -> None:
    _, mono = Resampler().push(AudioBlock(
        START, np.array([[0.5, 0.1], [-0.5, 0.5]], dtype=np.float32), 16000))
    np.testing.assert_allclose(mono, [0.3, 0.0], atol=1e-7)


def test_another_rate_or_number_of_channels_starts_afresh() -> None:
    resampler = Resampler()
    resampler.push(AudioBlock(START, np.ones((100, 1), dtype=np.float32), 48000))
    later = START + NANOSECONDS
    stamp, samples = resampler.push(AudioBlock(later, np.ones((160, 2), dtype=np.float32), 16000))
    assert stamp == later
    np.testing.assert_array_equal(samples, np.ones(160))


def test_an_impossible_rate_leaves_the_stream_as_it_was() -> None:
    resampler = Resampler()
    resampler.push(AudioBlock(START, np.ones((160, 1), dtype=np.float32), 16000))
    with pytest.raises(BadInput, match='sample rate'):
        resampler.push(AudioBlock(START, np.ones((160, 1), dtype=np.float32), 10))
    assert resampler.flush()[0] == START + 10_000_000
