import numpy as np
import pytest

from mer_ros.models.speech.speech_features import speech_features
from mer_ros.models.speech.speech_frames import band_filters, BIN_HZ, frames_of

SAMPLE_RATE = 16000


def harmonics(pitch, seconds=1.0, count=8):
    time = np.arange(int(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    return (0.1 * sum(np.sin(2 * np.pi * k * pitch * time) / k for k in range(1, count))).astype(
        np.float32)


@pytest.mark.parametrize('pitch', [80, 120, 155.5, 220, 310, 440, 520])
def test_finds_the_pitch_of_a_tone(pitch):
    frames = frames_of(harmonics(pitch))
    hertz = 100 * 2 ** (frames.pitch[frames.voiced] / 12)
    assert np.median(hertz) == pytest.approx(pitch, rel=0.01)
    assert frames.voiced.mean() > 0.9


def test_noise_has_no_pitch():
    noise = np.random.default_rng(0).normal(size=SAMPLE_RATE).astype(np.float32)
    assert frames_of(0.1 * noise).voiced.mean() < 0.2


def test_silence_before_and_after_is_cut_and_pauses_are_marked():
    quiet = np.zeros(SAMPLE_RATE // 2, dtype=np.float32)
    tone = harmonics(200)
    frames = frames_of(np.concatenate([quiet, tone, quiet, tone, quiet]))
    assert len(frames.speech) == pytest.approx(250, abs=8)
    assert not frames.speech[110:140].any()


def test_levels_do_not_depend_on_the_gain():
    loud, soft = (frames_of(gain * harmonics(200)) for gain in (1.0, 0.01))
    np.testing.assert_allclose(loud.level, soft.level, atol=1e-3)
    np.testing.assert_allclose(loud.bands, soft.bands, atol=1e-3)


@pytest.mark.parametrize('samples', [np.zeros(SAMPLE_RATE), np.full(1000, 0.7), np.zeros(1)])
def test_nothing_is_heard_in_silence(samples):
    assert frames_of(samples.astype(np.float32)) is None
    assert speech_features(samples.astype(np.float32)) is None


def test_a_pitch_that_rises_has_a_positive_trend():
    time = np.arange(2 * SAMPLE_RATE) / SAMPLE_RATE
    phase = 2 * np.pi * np.cumsum(150 + 40 * time) / SAMPLE_RATE
    rising = sum(np.sin(k * phase) / k for k in range(1, 8)).astype(np.float32)
    values = speech_features(0.1 * rising)
    falling = speech_features(0.1 * rising[::-1])
    assert values['pitch_trend'] > 3
    assert falling['pitch_trend'] < -3
    assert values['pitch_rising'] > 0.9


def test_a_whisper_has_no_melody_but_has_timbre():
    noise = np.random.default_rng(0).normal(size=SAMPLE_RATE).astype(np.float32)
    differenced = np.diff(noise)
    values = speech_features(0.01 * differenced)
    assert np.isfinite(values['cepstrum1_mean'])
    assert values['voiced_share'] < 0.05


def test_band_filters_cover_their_range_evenly():
    filters = band_filters(20, 100, 6000)
    assert filters.shape == (len(BIN_HZ), 20)
    np.testing.assert_allclose(filters.sum(axis=0), 1.0)
    assert not filters[BIN_HZ < 100].any()
    assert not filters[BIN_HZ > 6000].any()
    centres = (BIN_HZ[:, None] * filters).sum(axis=0)
    assert (np.diff(centres) > 0).all()
