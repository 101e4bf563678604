"""When a person counts as feeling an emotion."""

from dataclasses import replace

import numpy as np
import pytest

pytest.importorskip('py_trees')

from mer_ros.behaviours import EmotionCondition
from mer_ros.data import Emotion, NANOSECONDS
from mer_ros.emotions import EMOTIONS

START = 100.0


def state(second, probability=0.8, *, uncertainty=0.2, label='sadness', valid_for=2.0):
    values = np.full(7, (1 - probability) / 6)
    values[EMOTIONS.index('sadness')] = probability
    return Emotion(
        stamp=round((START + second) * NANOSECONDS), window_start=0, person_id='', label=label,
        confidence=float(values.max()), uncertainty=uncertainty, conflict=0.0, labels=EMOTIONS,
        belief=values * (1 - uncertainty), probability=values, alpha=values + 1,
        valid_for=round(valid_for * NANOSECONDS))


def decide(condition, states, now=None):
    """Return whether the emotion holds after each state, as soon as it has come."""
    results = []
    for each in states:
        condition.add(each)
        results.append(condition.check(each.stamp if now is None else now)[0])
    return results


def reason(condition, second):
    return condition.check(round((START + second) * NANOSECONDS))


def test_one_state_is_enough_when_no_time_is_asked_for():
    assert decide(EmotionCondition('sadness'), [state(0)]) == [True]


def test_the_emotion_must_be_perceived_for_the_hold_time():
    condition = EmotionCondition('sadness', hold_time=1.0)
    assert decide(condition, [state(s) for s in (0, 0.4, 0.9, 1.0, 1.3)]) == [
        False, False, False, True, True]


def test_a_state_holds_until_the_next_one_comes():
    condition = EmotionCondition('sadness', hold_time=1.0)
    condition.add(state(0))
    assert reason(condition, 0.9) == (False, 'sadness at 0.80 for 0.9 s of 1.0 s')
    assert reason(condition, 1.0) == (True, 'sadness at 0.80 for 1.0 s')
    condition.add(state(1.1, 0.1))
    assert not reason(condition, 1.2)[0]


def test_a_clock_that_lags_behind_the_evidence_does_not_shorten_the_time():
    condition = EmotionCondition('sadness', hold_time=1.0)
    condition.add(state(0))
    condition.add(state(1))
    assert reason(condition, 0.9)[0]


def test_an_interruption_starts_the_time_again():
    condition = EmotionCondition('sadness', hold_time=1.0)
    states = [state(0), state(0.5, 0.1), state(0.9), state(1.2), state(1.9)]
    assert decide(condition, states) == [False, False, False, False, True]


def test_the_probability_may_fall_a_little_once_the_emotion_has_begun():
    condition = EmotionCondition('sadness', min_probability=0.6, hysteresis=0.1)
    states = [state(0, 0.55), state(1, 0.65), state(2, 0.55), state(3, 0.45), state(4, 0.55)]
    assert decide(condition, states) == [False, True, True, False, False]


def test_without_hysteresis_every_fall_ends_it():
    condition = EmotionCondition('sadness', min_probability=0.6, hysteresis=0.0)
    assert decide(condition, [state(0, 0.6), state(1, 0.59)]) == [True, False]


def test_too_uncertain_is_not_believed():
    condition = EmotionCondition('sadness', max_uncertainty=0.5)
    assert decide(condition, [state(0, uncertainty=0.5), state(1, uncertainty=0.51)]) == [
        True, False]
    assert reason(condition, 1)[1] == 'uncertainty 0.51 is above 0.50'


def test_unknown_is_no_emotion_however_probable_its_best_one_is():
    condition = EmotionCondition('sadness')
    assert decide(condition, [state(0, 0.9, label='unknown')]) == [False]
    assert reason(condition, 0)[1] == 'the emotion is unknown'


def test_another_emotion_is_named():
    condition = EmotionCondition('sadness')
    condition.add(state(0, 0.1, label='fear'))
    assert reason(condition, 0) == (False, 'sadness at 0.10 is below 0.60, perceived is fear')


def test_a_state_counts_until_it_expires():
    condition = EmotionCondition('sadness')
    condition.add(state(0, valid_for=2.0))
    assert reason(condition, 2.0)[0]
    assert reason(condition, 2.5) == (False, 'the last state is 2.5 s old and has expired')


def test_a_gap_in_which_everything_expired_starts_the_time_again():
    condition = EmotionCondition('sadness', hold_time=1.0)
    assert decide(condition, [state(0), state(1), state(4), state(5)]) == [
        False, True, False, True]


def test_a_person_who_has_gone_feels_nothing_any_more():
    condition = EmotionCondition('sadness')
    assert decide(condition, [state(0), state(1, valid_for=0.0)]) == [True, False]
    assert reason(condition, 1)[1] == 'the person is no longer perceived'


def test_a_bag_that_begins_again_begins_anew():
    condition = EmotionCondition('sadness', hold_time=1.0)
    assert decide(condition, [state(50), state(51), state(0), state(1)]) == [
        False, True, False, True]


def test_what_is_left_of_before_the_clock_went_back_does_not_count():
    condition = EmotionCondition('sadness')
    condition.add(state(50))
    assert reason(condition, 0) == (
        False, 'the last state lies 50.0 s ahead: do the clocks agree?')


def test_there_is_no_emotion_before_the_first_state_nor_before_time_begins():
    condition = EmotionCondition('sadness')
    assert reason(condition, 0) == (False, 'nothing has been perceived yet')
    condition.add(state(0))
    assert condition.check(0) == (False, 'there is no time yet: is /clock published?')


def test_the_decision_is_the_same_whenever_the_tree_is_ticked():
    states = [state(0.1 * n, p) for n, p in enumerate([.7, .55, .52, .3, .7, .8, .9, .6, .55])]
    often, rarely = (EmotionCondition('sadness', hold_time=0.3) for _ in range(2))
    decided = decide(often, states)
    for each in states:
        rarely.add(each)
    assert decided[-1]
    assert rarely.check(states[-1].stamp) == often.check(states[-1].stamp)


@pytest.mark.parametrize(('given', 'message'), [
    ({'label': 'unknown'}, 'name one that the states have'),
    ({'label': ''}, 'name one'),
    ({'min_probability': 0.0}, '0 < p <= 1'),
    ({'min_probability': float('nan')}, '0 < p <= 1'),
    ({'max_uncertainty': 1.5}, '0 to 1'),
    ({'hold_time': -1.0}, '0 or more'),
    ({'hold_time': float('nan')}, '0 or more'),
    ({'hysteresis': 0.6}, '0 <= h < 0.6'),
])
def test_a_value_out_of_range_is_refused_with_the_range(given, message):
    with pytest.raises(ValueError, match=message):
        EmotionCondition(**{'label': 'sadness', **given})


def test_an_emotion_that_no_state_knows_is_refused_with_those_that_they_know():
    with pytest.raises(ValueError, match=r"'sad' is not among the labels \['anger'"):
        EmotionCondition('sad').add(state(0))


def both(second, *, pride, doubt, label='joy'):
    """Return a state of joy and, beside it, this much pride."""
    return Emotion(
        stamp=round((START + second) * NANOSECONDS), window_start=0, person_id='', label=label,
        confidence=0.9, uncertainty=0.9, conflict=0.0, labels=('joy', 'pride'),
        belief=np.empty(0), probability=np.array([0.9, pride]), alpha=np.empty(0),
        valid_for=2 * NANOSECONDS, multi_label=True, label_uncertainty=np.array([0.9, doubt]))


def test_of_several_emotions_at_once_each_counts_by_its_own_uncertainty():
    condition = EmotionCondition('pride')
    assert decide(condition, [both(0, pride=0.7, doubt=0.3)]) == [True]
    assert decide(condition, [both(1, pride=0.7, doubt=0.6)]) == [False]
    assert reason(condition, 1) == (False, 'uncertainty 0.60 is above 0.50')
    assert decide(condition, [both(2, pride=0.4, doubt=0.3)]) == [False]
    assert decide(EmotionCondition('joy'), [both(0, pride=0.7, doubt=0.3)]) == [False]


@pytest.mark.parametrize('odd', [float('nan'), float('inf'), -float('inf'), 7.0, -1.0])
def test_what_is_no_share_is_never_felt(odd):
    condition = EmotionCondition('sadness')
    assert decide(condition, [state(0, probability=odd)]) == [False]
    assert decide(condition, [state(1, uncertainty=odd)]) == [False]
    assert decide(condition, [state(2), state(3, uncertainty=odd)]) == [True, False]
    assert decide(condition, [state(4), state(5, probability=odd)]) == [True, False]


def present(second, *labels, pride=0.55):
    return replace(both(second, pride=pride, doubt=0.3), present=labels)


def test_without_a_probability_what_the_state_lists_as_present_counts():
    condition = EmotionCondition('pride')
    assert decide(condition, [present(0, 'joy', 'pride')]) == [True]
    assert decide(condition, [present(1, 'joy')]) == [False]
    assert 'pride is not present; present is joy' in condition.check(
        round((START + 1) * NANOSECONDS))[1]


def test_a_probability_that_is_asked_for_counts_whatever_is_present():
    assert decide(EmotionCondition('pride', min_probability=0.6),
                  [present(0, 'joy', 'pride')]) == [False]
    assert decide(EmotionCondition('pride', min_probability=0.6),
                  [present(0, 'joy', pride=0.7)]) == [True]
