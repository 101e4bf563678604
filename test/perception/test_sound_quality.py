import numpy as np
import pytest

from mer_ros.perception.sound_quality import MOST_DB, sound_quality

RATE = 16000


def speech(noise_db=-80.0, highest=8000.0):
    """Make bursts of coloured noise, half of the time, over steady noise of a level in dB."""
    random = np.random.default_rng(0)
    time = np.arange(3 * RATE) / RATE
    bursts = random.standard_normal(len(time)) * (time % 0.5 < 0.25)
    steady = random.standard_normal(len(time)) * 10 ** (noise_db / 20)
    spectrum = np.fft.rfft(0.1 * (bursts + steady))
    spectrum[np.fft.rfftfreq(len(time), 1 / RATE) > highest] = 0.0
    return np.fft.irfft(spectrum, len(time)).astype(np.float32)


@pytest.mark.parametrize('noise_db', [-40.0, -30.0, -20.0, -10.0])
def test_the_noise_is_measured_in_the_pauses(noise_db):
    assert sound_quality(speech(noise_db)).above_noise == pytest.approx(-noise_db, abs=2.0)


def test_a_digital_silence_in_the_pauses_is_as_clean_as_can_be():
    assert sound_quality(speech(-200.0)).above_noise == MOST_DB


@pytest.mark.parametrize('highest', [1000.0, 3400.0, 5500.0])
def test_the_band_ends_where_nothing_is_heard_any_more(highest):
    assert sound_quality(speech(highest=highest)).band == pytest.approx(highest, abs=300)


def test_clipped_samples_are_counted():
    wave = speech()
    wave[:480] = -1.0
    assert sound_quality(wave).clipped == pytest.approx(0.01)


@pytest.mark.parametrize('gain', [1e-3, 1.0, 5.0])
def test_the_gain_does_not_matter_to_noise_and_band(gain):
    plain, loud = sound_quality(speech(-20.0)), sound_quality(speech(-20.0) * np.float32(gain))
    assert (loud.above_noise, loud.band) == pytest.approx((plain.above_noise, plain.band), abs=0.2)


@pytest.mark.parametrize('count', [0, 1, 500])
def test_what_is_too_short_to_be_measured_is_not_held_against_it(count):
    found = sound_quality(np.zeros(count, np.float32))
    assert (found.above_noise, found.band) == (MOST_DB, RATE / 2)
