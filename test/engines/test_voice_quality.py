import numpy as np
import pytest

from mer_ros.data import nanoseconds
from mer_ros.engines.remarks import DOUBTS
from mer_ros.engines.voice_quality import BAND, doubted, LENGTH, NOISE, STRANGE
from mer_ros.perception.segments import Utterance

RATE = 16000


def utterance(seconds=3.0, *, noise_db=-80.0, highest=8000.0, level=0.1, voiced=1.0):
    """Make bursts of noise, half of the time, over steady noise; up to a frequency."""
    random = np.random.default_rng(0)
    time = np.arange(round(seconds * RATE)) / RATE
    bursts = random.standard_normal(len(time)) * (time % 0.5 < 0.25)
    steady = random.standard_normal(len(time)) * 10 ** (noise_db / 20)
    spectrum = np.fft.rfft(level * (bursts + steady))
    spectrum[np.fft.rfftfreq(len(time), 1 / RATE) > highest] = 0.0
    wave = np.clip(np.fft.irfft(spectrum, len(time)), -1.0, 1.0).astype(np.float32)
    return Utterance(0, nanoseconds(seconds), wave, voiced)


def test_a_clean_voice_is_trusted_fully_and_without_doubt():
    quality, doubts = doubted(utterance(), strangeness=0.1)
    assert quality > 0.95
    assert doubts == ()


@pytest.mark.parametrize(('name', 'worse'), [
    ('pauses', {'voiced': 0.3}), ('overdriven', {'level': 2.0}), ('short', {'seconds': 0.3}),
    ('noisy', {'noise_db': 0.0}), ('narrow_band', {'highest': 700.0})])
def test_what_lowers_the_trust_is_named(name, worse):
    quality, doubts = doubted(utterance(**worse))
    assert quality < 0.9
    assert name in doubts
    assert set(doubts) <= set(DOUBTS)


def test_a_sound_far_from_all_voices_is_not_trusted_at_all():
    assert doubted(utterance(), strangeness=0.95) == (0.0, ('strange_voice',))


def test_a_model_that_knows_no_strangers_doubts_none():
    assert doubted(utterance())[1] == ()


@pytest.mark.parametrize('curve', [LENGTH, NOISE, BAND, STRANGE])
def test_a_curve_goes_one_way_between_nothing_and_all(curve):
    measures, shares = curve
    assert list(measures) == sorted(measures)
    assert list(shares) in (sorted(shares), sorted(shares, reverse=True))
    assert max(shares) == 1.0
    assert min(shares) >= 0.0


@pytest.mark.parametrize('seconds', [0.01, 0.1, 0.5, 1.0, 2.0])
def test_a_longer_voice_is_never_trusted_less(seconds):
    assert doubted(utterance(seconds))[0] <= doubted(utterance(2 * seconds))[0] + 1e-9
