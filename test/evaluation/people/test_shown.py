"""How calm what is shown looks."""

import numpy as np
import pytest

from mer_ros.data import Emotion, NANOSECONDS
from mer_ros.emotions import EMOTIONS
from mer_ros.evaluation.people.shown import Shown, shown

START = 1000 * NANOSECONDS


def state(second: float, label: str, hold: float = 60.0) -> Emotion:
    seventh = np.full(7, 1 / 7)
    return Emotion(
        START + round(second * NANOSECONDS), START, '', label, 0.5, 0.5, 0.0, EMOTIONS,
        seventh / 2, seventh, seventh + 1, valid_for=round(hold * NANOSECONDS))


def minute(*states: Emotion) -> dict[str, float]:
    return shown(states, origin=START, end=START + 60 * NANOSECONDS).figures()


def test_a_calm_minute_shows_nothing() -> None:
    figures = minute(state(0, 'neutral'), state(30, 'neutral'), state(50, 'neutral'))
    assert figures == {'seconds': 60.0, 'emotion_share': 0.0, 'anger_share': 0.0,
                       'emotions_a_minute': 0.0, 'changes_a_minute': 0.0}


def test_every_second_with_an_emotion_counts_and_every_change() -> None:
    figures = minute(state(0, 'neutral'), state(10, 'happiness'), state(16, 'happiness'),
                     state(25, 'anger'), state(28, 'unknown'), state(58, 'neutral'))
    assert figures['emotion_share'] == pytest.approx(18 / 60)
    assert figures['anger_share'] == pytest.approx(3 / 60)
    assert figures['emotions_a_minute'] == pytest.approx(3)
    assert figures['changes_a_minute'] == pytest.approx(4)


def test_a_state_is_shown_no_longer_than_it_is_valid() -> None:
    figures = minute(state(0, 'anger', hold=6.0), state(30, 'neutral'))
    assert figures['anger_share'] == pytest.approx(0.1)


def test_recordings_add_up() -> None:
    one, other = Shown(30.0, 3.0, 1.0, 2, 1), Shown(90.0, 0.0, 0.0, 0, 3)
    assert (one + other).figures() == pytest.approx({
        'seconds': 120.0, 'emotion_share': 3 / 120, 'anger_share': 1 / 120,
        'emotions_a_minute': 1.0, 'changes_a_minute': 2.0})


def test_nothing_at_all_is_calm() -> None:
    assert Shown().figures()['emotion_share'] == 0.0
