"""How strongly and surely an emotion may be spoken about."""

from dataclasses import replace

import numpy as np
import pytest

from mer_ros.data import Emotion
from mer_ros.emotions import EMOTIONS
from mer_ros.response.wording import Mood, Wording

NOTHING = np.empty(0)
STATE = Emotion(
    stamp=1, window_start=1, person_id='', label='sadness', confidence=0.9, uncertainty=0.1,
    conflict=0.0, labels=EMOTIONS, belief=NOTHING, probability=NOTHING, alpha=NOTHING)


def read(**changes):
    return Wording().read(replace(STATE, **changes))


def test_a_probable_and_certain_emotion_is_strong_and_sure():
    assert read() == Mood('sadness', 'high', True)


@pytest.mark.parametrize(('confidence', 'uncertainty', 'intensity', 'sure'), [
    (0.95, 0.05, 'high', True), (0.79, 0.26, 'medium', True), (1.0, 0.31, 'medium', False),
    (0.69, 0.1, 'medium', False), (0.45, 0.5, 'low', False), (0.62, 0.44, 'low', False)])
def test_strength_is_probability_times_certainty(confidence, uncertainty, intensity, sure):
    mood = read(confidence=confidence, uncertainty=uncertainty)
    assert (mood.intensity, mood.sure) == (intensity, sure)


@pytest.mark.parametrize('changes', [
    {'label': 'unknown'}, {'uncertainty': 0.61}, {'uncertainty': float('nan')},
    {'label': 'unknown', 'conflict': 0.9}, {'uncertainty': 0.9, 'conflict': 0.5}])
def test_nothing_is_claimed_about_what_is_unknown_or_too_uncertain(changes):
    assert read(**changes).emotion == 'unknown'


def test_contradiction_makes_the_signals_mixed():
    assert read(conflict=0.4).emotion == 'mixed'
    assert read(conflict=0.39).emotion == 'sadness'


def test_an_uncertainty_that_comes_of_the_contradiction_is_no_ignorance():
    assert read(conflict=0.5, uncertainty=0.75).emotion == 'mixed'
    assert read(conflict=0.5, uncertainty=0.85).emotion == 'unknown'
    assert read(conflict=0.39, uncertainty=0.75).emotion == 'unknown'


def test_a_probability_that_is_no_number_is_never_sure():
    assert read(confidence=float('nan')) == Mood('sadness', 'low', False)


@pytest.mark.parametrize('options', [
    {'medium': 0.8}, {'sure_uncertainty': 0.7}, {'high': 1.1}, {'mixed_conflict': float('nan')}])
def test_numbers_that_do_not_fit_together_are_refused(options):
    with pytest.raises(ValueError, match=next(iter(options))):
        Wording(**options)
