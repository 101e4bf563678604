import numpy as np
import pytest

from mer_ros.models.speech import voice_encoder
from mer_ros.models.speech.voice_encoder import LEAST, LONGEST_S, spectrum, VoiceEncoder, WIDTH
from mer_ros.onnx_session import onnx_session

SAMPLE_RATE = 16000


@pytest.fixture(scope='module')
def encoder():
    return VoiceEncoder()


def test_a_voice_is_heard_as_finite_numbers_that_follow_it(encoder, hum):
    low, again, high = (encoder.describe(hum(pitch, 1.0)) for pitch in (120, 120, 300))
    assert low.shape == (WIDTH,)
    assert np.isfinite(low).all()
    np.testing.assert_array_equal(low, again)
    assert np.abs(low - high).max() > 0.1


def test_the_gain_and_an_offset_do_not_matter(encoder, hum):
    wave = hum(150, 1.0)
    np.testing.assert_allclose(encoder.describe(0.01 * wave + 0.2).astype(np.float32),
                               encoder.describe(wave), atol=0.02)


@pytest.mark.parametrize('seconds', [1 / SAMPLE_RATE, 0.01, 0.11, 1.0001, 7.99, 8.0, 8.01, 30.0])
def test_any_length_is_heard(encoder, hum, seconds):
    wave = np.resize(hum(150, 1.0), max(round(seconds * SAMPLE_RATE), 1))
    assert np.isfinite(encoder.describe(wave)).all()


def test_of_a_long_sound_the_end_is_heard(encoder, hum):
    end = hum(200, LONGEST_S)
    both, alone = (encoder.describe(sound) for sound in (
        np.concatenate([hum(400, 3.0), end]), end))
    assert np.corrcoef(both, alone)[0, 1] > 0.99


def test_silence_around_the_words_is_not_heard(encoder, hum):
    wave = hum(150, 1.0)
    silence = np.zeros(SAMPLE_RATE, dtype=np.float32)
    alone, padded = spectrum(wave), spectrum(np.concatenate([silence, wave, silence]))
    assert abs(alone.shape[1] - padded.shape[1]) <= 4
    heard, again = (encoder.describe(sound) for sound in (
        wave, np.concatenate([silence, wave, silence])))
    assert np.corrcoef(heard, again)[0, 1] > 0.95


@pytest.mark.parametrize('place', [0.0, 0.5, 1.0])
def test_a_click_is_heard_wherever_it_is(place):
    wave = np.zeros(SAMPLE_RATE, dtype=np.float32)
    wave[int(place * (SAMPLE_RATE - 1))] = 1.0
    columns = spectrum(wave)
    assert columns.shape[1] % 2 == 0
    assert columns.shape[1] >= LEAST
    assert np.isfinite(columns).all()


def test_constant_sound_is_no_error(encoder):
    assert np.isfinite(encoder.describe(np.full(SAMPLE_RATE, 0.5, np.float32))).all()


def test_eight_seconds_are_heard_as_the_whole_network_hears_them(encoder, hum):
    onnx = pytest.importorskip('onnx')
    from mer_ros.share import carried

    model = onnx.load(str(carried(voice_encoder.PACKAGE, voice_encoder.FILE)))
    for name in voice_encoder.LAYERS:
        model.graph.output.append(onnx.helper.make_tensor_value_info(
            name, onnx.TensorProto.FLOAT, None))
    whole = onnx_session(model.SerializeToString())
    spectrum = np.random.default_rng(0).normal(size=(1, 80, 800)).astype(np.float32)
    session, positions = encoder._layers
    parts = session.run(voice_encoder.LAYERS, {
        voice_encoder.SPECTRUM: spectrum, voice_encoder.POSITIONS: positions})
    for part, inner in zip(parts, whole.run(voice_encoder.LAYERS, {
            voice_encoder.SPECTRUM: spectrum}), strict=True):
        np.testing.assert_allclose(part, inner, atol=1e-4)


def test_another_version_of_the_network_is_refused_by_what_to_install(monkeypatch, tmp_path):
    other = tmp_path / 'other.onnx'
    other.write_bytes(b'another network')
    monkeypatch.setattr(voice_encoder, 'carried', lambda package, name: other)
    with pytest.raises(FileNotFoundError, match=r'version.*requirements/detector\.txt'):
        VoiceEncoder()


def test_a_missing_network_is_refused_by_what_to_install(monkeypatch):
    monkeypatch.setattr(voice_encoder, 'carried', lambda package, name: None)
    with pytest.raises(FileNotFoundError, match=r'requirements/detector\.txt'):
        VoiceEncoder()
