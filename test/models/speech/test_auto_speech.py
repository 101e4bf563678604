import json
import logging
import shutil

import numpy as np
import pytest

from mer_ros.models import load_model
from mer_ros.models.session import WEIGHTS
from mer_ros.models.speech import voice_encoder
from mer_ros.models.speech.lite_speech import LiteSpeech


@pytest.fixture(scope='module')
def model():
    return load_model('speech', 'lite')


@pytest.fixture(scope='module')
def alone():
    return load_model('speech', 'lite_statistics')


def test_the_built_in_model_hears_through_the_encoder(model, alone, hum):
    assert model.stands_in == ''
    wave = hum(150, 2.0)
    assert len(model.describe(wave)) > len(alone.describe(wave)) == len(alone.statistics)


def test_its_statistics_are_those_of_the_model_without(model, alone, hum):
    wave = hum(150, 2.0)
    np.testing.assert_array_equal(
        model.describe(wave)[:len(alone.statistics)], alone.describe(wave))
    np.testing.assert_allclose(model.features(wave), alone.features(wave), atol=1e-3)


def test_without_the_package_of_the_encoder_statistics_stand_in_and_say_so(
        monkeypatch, caplog, alone, hum):
    monkeypatch.setattr(voice_encoder, 'carried', lambda package, name: None)
    with caplog.at_level(logging.WARNING):
        found = load_model('speech', 'lite')
    assert 'requirements/detector.txt' in found.stands_in
    assert found.stands_in in caplog.text
    np.testing.assert_array_equal(found.logits([hum(150)]), alone.logits([hum(150)]))


def test_a_file_that_was_asked_for_is_not_replaced(monkeypatch):
    monkeypatch.setattr(voice_encoder, 'carried', lambda package, name: None)
    with pytest.raises(FileNotFoundError, match='pipecat-ai'):
        load_model('speech', 'lite', path=WEIGHTS / 'lite_speech_encoder.onnx')
    assert isinstance(load_model('speech', 'lite', path=WEIGHTS / 'lite_speech.onnx'), LiteSpeech)


def test_long_sound_is_heard_whole(model, hum):
    start, end = hum(120, 8.0), hum(300, 8.0)
    both = model.describe(np.concatenate([start, end]))
    np.testing.assert_allclose(both, (model.describe(start) + model.describe(end)) / 2, rtol=1e-6)


def test_a_file_that_says_nothing_of_an_encoder_knows_statistics_alone(tmp_path, alone, hum):
    description = json.loads((WEIGHTS / 'lite_speech.json').read_text())
    del description['heard']
    (tmp_path / 'own.json').write_text(json.dumps(description))
    shutil.copy(WEIGHTS / 'lite_speech.onnx', tmp_path / 'own.onnx')
    own = load_model('speech', 'lite', path=tmp_path / 'own.onnx')
    np.testing.assert_array_equal(own.logits([hum(150)]), alone.logits([hum(150)]))
