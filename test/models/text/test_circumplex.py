"""Valence and arousal that the text model says itself."""

import pytest

from mer_ros.models import load_model


@pytest.fixture(scope='module')
def model():
    return load_model('text', 'lite')


def test_pleasant_sentences_are_more_pleasant_than_unpleasant_ones(model):
    good, plain, bad = (model.judge(text).circumplex.valence for text in (
        'What a wonderful day, I am so happy!', 'The meeting begins at nine.',
        'My dog died and I cannot stop crying.'))
    assert good > plain + 0.1
    assert plain > bad + 0.1


def test_excited_sentences_have_more_arousal_than_calm_ones(model):
    loud, calm = (model.judge(text).circumplex.arousal for text in (
        'I am furious! How could they do that to me?!', 'The lake lay still in the evening.'))
    assert loud > calm + 0.1


def test_the_errors_are_those_of_sentences_that_readers_rated(model):
    point = model.judge('The meeting begins at nine.').circumplex
    assert 0.1 < point.valence_deviation < 0.2
    assert 0.05 < point.arousal_deviation < 0.2


@pytest.mark.parametrize('text', ['', '...', '😀', 'x' * 5000, 'a\n' * 3000])
def test_any_string_has_a_point_on_the_plane(model, text):
    point = model.judge(text, 'en').circumplex
    assert -1.0 <= point.valence <= 1.0
    assert -1.0 <= point.arousal <= 1.0


def test_other_languages_have_none_of_their_own(model):
    assert model.judge('Ich bin so traurig heute', 'de').circumplex is None
