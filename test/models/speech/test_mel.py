"""The log-mel spectrogram, held against a computation of another kind."""

import numpy as np
import pytest

from mer_ros.models.speech.mel import log_mel, mel_filters, to_hertz, to_mel


def directly(samples, sample_rate, bands, n_fft, hop):
    """Compute it cell by cell from the definitions, without a fast transform."""
    padded = np.concatenate([np.zeros(n_fft // 2), samples, np.zeros(n_fft // 2)])
    window = np.sin(np.pi * np.arange(n_fft) / n_fft) ** 2
    wave = np.exp(-2j * np.pi * np.outer(np.arange(n_fft // 2 + 1), np.arange(n_fft)) / n_fft)
    power = np.array([np.abs(wave @ (window * padded[start:start + n_fft])) ** 2
                      for start in range(0, len(padded) - n_fft + 1, hop)]).T
    edges = [slaney(place * slaney_of(sample_rate / 2) / (bands + 1))
             for place in range(bands + 2)]
    mel = np.zeros((bands, power.shape[1]))
    for band, (low, middle, high) in enumerate(zip(edges, edges[1:], edges[2:], strict=False)):
        for index in range(n_fft // 2 + 1):
            hertz = index * sample_rate / n_fft
            height = (hertz - low) / (middle - low) if hertz < middle else (
                high - hertz) / (high - middle)
            mel[band] += max(0.0, height) * 2 / (high - low) * power[index]
    decibels = 10 * np.log10(np.maximum(mel, 1e-10))
    return np.maximum(decibels, decibels.max() - 80)


def slaney_of(hertz):
    """15 steps up to 1 kHz, and 27 more to 6.4 kHz."""
    return hertz * 15 / 1000 if hertz < 1000 else 15 + 27 * np.log(hertz / 1000) / np.log(6.4)


def slaney(mel):
    return mel * 1000 / 15 if mel < 15 else 1000 * 6.4 ** ((mel - 15) / 27)


@pytest.mark.parametrize('sample_rate', [8000, 16000])
def test_agrees_with_its_definition(sample_rate):
    noise = np.random.default_rng(0)
    time = np.arange(1500) / sample_rate
    sound = (0.3 * np.sin(2 * np.pi * 700 * time) * time / time[-1]
             + noise.normal(0, 1e-3, len(time))).astype(np.float32)
    found = log_mel(sound, sample_rate, bands=20, n_fft=256, hop=64)
    np.testing.assert_allclose(
        found, directly(sound.astype(np.float64), sample_rate, 20, 256, 64), atol=2e-3)
    assert found.dtype == np.float32


def test_one_and_a_half_seconds_have_the_frames_that_the_model_reckons_with():
    for sample_rate, padded, within in ((16000, 47, 43), (48000, 141, 137)):
        sound = np.zeros(round(1.5 * sample_rate), np.float32)
        assert log_mel(sound, sample_rate).shape == (128, padded)
        assert log_mel(sound, sample_rate, centre=False).shape == (128, within)


def test_a_tone_is_loudest_in_the_band_of_its_frequency():
    time = np.arange(16000) / 16000
    found = log_mel(np.sin(2 * np.pi * 2000 * time).astype(np.float32), 16000)
    middles = to_hertz(np.linspace(0, to_mel(8000), 130))[1:-1]
    assert abs(middles[found[:, 10].argmax()] - 2000) < 40


def test_silence_is_the_quietest_there_is_and_nothing_is_80_db_below_the_loudest():
    np.testing.assert_allclose(log_mel(np.zeros(4000, np.float32), 16000), -100, atol=1e-3)
    loud = log_mel(np.eye(1, 8000, 4000, dtype=np.float32)[0], 16000)
    assert loud.max() - loud.min() <= 80.0 + 1e-4


def test_the_filters_have_the_same_area_each():
    filters = mel_filters(16000, 64, 8192)
    np.testing.assert_allclose(filters.sum(axis=1) * 16000 / 8192, 1.0, atol=0.02)


@pytest.mark.parametrize('sound', [
    np.zeros((2, 4000), np.float32), np.zeros(0, np.float32), np.full(4000, np.nan, np.float32)])
def test_what_is_no_sound_is_refused(sound):
    with pytest.raises(ValueError, match='finite mono sound'):
        log_mel(sound, 16000)


def test_a_sound_shorter_than_a_window_needs_padding():
    with pytest.raises(ValueError, match='at least 2048'):
        log_mel(np.zeros(2000, np.float32), 16000, centre=False)
    assert log_mel(np.zeros(2000, np.float32), 16000).shape == (128, 4)
