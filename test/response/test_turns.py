"""When the robot answers; every clock is the test's own."""

from dataclasses import replace

import numpy as np
import pytest

from mer_ros.data import BadInput, Emotion, ModalityOpinion, nanoseconds, Speaker, Words
from mer_ros.emotions import EMOTIONS
from mer_ros.response.turns import TurnSettings, TurnTaking
from mer_ros.response.wording import Wording

T = nanoseconds(1000.0)
NOTHING = np.empty(0)


def at(seconds):
    return T + nanoseconds(seconds)


def words(seconds, text='I lost my job', **more):
    return Words(at(seconds), text, **more)


def state(seconds, label='sadness', *, text_at=None, missing=(), confidence=0.9, **more):
    opinions = () if text_at is None else (ModalityOpinion(
        'text', 'lite', NOTHING, 0.1, NOTHING, age=at(seconds) - at(text_at), weight=1.0),)
    return replace(Emotion(
        stamp=at(seconds), window_start=at(seconds), person_id='', label=label,
        confidence=confidence, uncertainty=0.1, conflict=0.0, labels=EMOTIONS, belief=NOTHING,
        probability=NOTHING, alpha=NOTHING, modalities=opinions, missing=missing), **more)


def engine(**settings):
    return TurnTaking(TurnSettings(**settings), Wording(),
                      alarm=lambda words: 'help' in words.text)


def stamps(turns):
    return [(turn.emotion.stamp - T) / nanoseconds(1.0) for turn in turns]


def test_words_are_answered_with_the_first_state_from_after_them():
    taking = engine()
    assert taking.perceive(state(0.9), at(0.9)) == []
    assert taking.hear(words(1.0), at(1.01)) == []
    (turn,) = taking.perceive(state(1.1), at(1.2))
    assert (turn.words.text, turn.emotion.label) == ('I lost my job', 'sadness')
    assert stamps([turn]) == [1.1]
    assert taking.perceive(state(1.2), at(1.3)) == []
    assert taking.advance(at(9.0)) == []


def test_a_state_that_came_before_the_words_answers_them_at_once():
    taking = engine()
    taking.perceive(state(1.0), at(1.0))
    assert stamps(taking.hear(words(1.0), at(1.1))) == [1.0]


def test_where_text_is_fused_the_state_must_have_taken_the_words_in():
    taking = engine()
    taking.hear(words(1.0), at(1.0))
    assert taking.perceive(state(1.05, 'happiness', missing=('text',)), at(1.1)) == []
    assert taking.perceive(state(1.1, 'happiness', text_at=0.2), at(1.1)) == []
    (turn,) = taking.perceive(state(1.15, 'sadness', text_at=1.0), at(1.2))
    assert turn.emotion.label == 'sadness'


def test_after_a_while_the_nearest_state_must_do():
    taking = engine(wait_for_emotion=nanoseconds(1.0))
    for second in (0.1, 0.8):
        taking.perceive(state(second), at(second))
    taking.hear(words(1.0), at(1.0))
    assert taking.advance(at(1.99)) == []
    assert stamps(taking.advance(at(2.0))) == [0.8]
    assert taking.counts['no_emotion'] == 0


def test_an_emotion_from_long_ago_or_of_somebody_else_is_not_taken():
    taking = engine(max_emotion_age=nanoseconds(3.0))
    taking.perceive(state(0.0), at(0.0))
    taking.perceive(state(4.9, person_id='ben'), at(4.9))
    taking.hear(words(5.0, person_id=''), at(5.0))
    (turn,) = taking.advance(at(9.0))
    assert (turn.emotion.label, turn.emotion.uncertainty, turn.person_id) == ('unknown', 1.0, '')
    assert stamps([turn]) == [5.0]
    assert taking.counts['no_emotion'] == 1


def test_a_person_who_was_just_answered_is_not_answered_again():
    taking = engine(min_interval=nanoseconds(2.0), wait_for_emotion=0)
    assert len(taking.hear(words(1.0), at(1.0))) == 1
    assert taking.hear(words(2.9), at(2.9)) == []
    assert taking.advance(at(9.0)) == []
    assert taking.counts['rate_limited'] == 1
    assert len(taking.hear(words(2.9, person_id='ben'), at(2.9))) == 1
    assert len(taking.hear(words(3.0), at(3.0))) == 1


def test_urgent_words_are_answered_at_once_and_always():
    taking = engine(min_interval=nanoseconds(60.0))
    taking.perceive(state(0.5), at(0.5))
    (turn,) = taking.hear(words(1.0, 'help'), at(1.0))
    assert turn.urgent
    assert stamps([turn]) == [0.5]
    (again,) = taking.hear(words(1.1, 'help me'), at(1.1))
    assert again.urgent


def test_urgent_words_are_not_lost_among_those_that_follow():
    taking = engine()
    assert taking.hear(words(1.0, 'help'), 0) == []
    assert taking.hear(words(1.5, 'so it is'), 0) == []
    (turn,) = taking.advance(at(2.0))
    assert turn.urgent
    assert turn.words.text == 'help so it is'


def test_urgent_words_in_two_parts_are_urgent():
    taking = engine()
    assert taking.hear(words(1.0, 'please he'), at(1.0)) == []
    taking._alarm = lambda heard: heard.text == 'please he lp me'
    (turn,) = taking.hear(words(1.5, 'lp me'), at(1.5))
    assert turn.urgent


def test_words_that_follow_before_the_answer_are_answered_together():
    taking = engine(max_characters=20)
    taking.hear(words(1.0, 'I lost my job.'), at(1.0))
    taking.hear(words(1.5, 'What now?'), at(1.5))
    assert taking.advance(at(2.2)) == []
    (turn,) = taking.advance(at(2.5))
    assert turn.words.text == 'ost my job. What now?'[-20:]
    assert turn.words.stamp == at(1.5)


def test_nothing_is_answered_before_there_is_time():
    taking = engine(speak_first=True, speak_first_after=0)
    taking.perceive(state(0.9), 0)
    taking.hear(words(1.0), 0)
    assert taking.perceive(state(1.1, 'anger'), 0) == []
    assert taking.advance(0) == []
    assert stamps(taking.advance(at(1.2))) == [1.1]


def test_words_of_nobody_are_those_of_the_active_speaker():
    taking = engine()
    taking.note_speaker(Speaker(at(0.5), 'ana'))
    taking.hear(words(2.0, duration=nanoseconds(2.0)), at(2.0))
    (turn,) = taking.perceive(state(2.1, person_id='ana'), at(2.1))
    assert (turn.person_id, turn.words.person_id) == ('ana', 'ana')


@pytest.mark.parametrize(('heard', 'reason'), [
    (Words(0, 'hello'), 'unstamped'), (Words(T, ' \n'), 'empty')])
def test_words_without_time_or_content_are_refused(heard, reason):
    with pytest.raises(BadInput) as caught:
        engine().hear(heard, T)
    assert caught.value.reason == reason


def changes(taking, *moods):
    """Return when the robot speaks on its own, as each label is perceived every 0.5 s."""
    spoken = []
    for index, mood in enumerate(moods):
        seconds = 10.0 + index / 2
        label, confidence = mood if isinstance(mood, tuple) else (mood, 0.9)
        spoken += taking.perceive(state(seconds, label, confidence=confidence), at(seconds))
    return [(turn.emotion.label, turn.words) for turn in spoken]


def test_a_change_that_lasts_is_spoken_about_once():
    taking = engine(speak_first=True)
    assert changes(taking, *['neutral'] * 3, *['anger'] * 5) == [('anger', None)]


@pytest.mark.parametrize('moods', [
    ['anger'] * 6,  # the first that is seen is no change
    ['neutral'] * 3 + ['anger', 'neutral', 'anger', 'neutral'],  # does not last
    ['anger'] * 3 + ['neutral'] * 4,  # calm is nothing to speak about
    ['neutral'] * 3 + [('anger', 0.3)] * 4,  # too weak
    ['neutral'] * 3 + [('unknown', 0.9)] * 4])
def test_what_is_no_marked_change_is_not_spoken_about(moods):
    assert changes(engine(speak_first=True), *moods) == []


def test_by_default_the_robot_never_speaks_first():
    assert changes(engine(), *['neutral'] * 3, *['anger'] * 5) == []


def test_somebody_who_was_just_answered_is_not_spoken_to_again():
    taking = engine(speak_first=True, min_interval=nanoseconds(60.0), wait_for_emotion=0)
    changes(taking, *['neutral'] * 3)
    assert taking.hear(words(11.4), at(11.4))
    assert changes(taking, *['neutral'] * 3, *['anger'] * 5) == []
    assert taking.counts['rate_limited'] == 1


def test_only_so_many_people_are_followed():
    taking = engine(people=2, min_interval=nanoseconds(60.0), wait_for_emotion=0)
    for name in 'abc':
        assert taking.hear(words(1.0, person_id=name), at(1.0))
    assert taking.counts['evicted'] == 1
    assert taking.hear(words(2.0, person_id='a'), at(2.0)), 'a was forgotten'
    assert taking.hear(words(2.0, person_id='c'), at(2.0)) == [], 'c was not'


def test_stamps_that_go_back_for_good_start_afresh():
    taking = engine(wait_for_emotion=0, min_interval=nanoseconds(60.0))
    taking.perceive(state(50.0), at(50.0))
    assert taking.hear(words(50.0), at(50.0))
    (turn,) = taking.hear(words(1.0), at(60.0))
    assert turn.emotion.label == 'unknown'
    assert taking.counts['restart'] == 1


def test_reset_forgets_everybody():
    taking = engine(wait_for_emotion=0)
    taking.perceive(state(1.0), at(1.0))
    taking.hear(words(1.1), 0)
    taking.reset()
    assert taking.advance(at(9.0)) == []
    (turn,) = taking.hear(words(1.2), at(9.0))
    assert turn.emotion.label == 'unknown'


def test_states_and_people_are_bounded():
    taking = engine(people=3)
    for index in range(500):
        taking.perceive(replace(state(index / 100), person_id=str(index % 7)), at(index / 100))
    assert len(taking._people) == 3
    assert all(len(person.states) <= 64 for person in taking._people.values())


def test_settings_may_change_while_it_runs():
    taking = engine(min_interval=nanoseconds(60.0), wait_for_emotion=0)
    assert taking.hear(words(1.0), at(1.0))
    taking.configure(TurnSettings(min_interval=0, wait_for_emotion=0), Wording())
    assert taking.hear(words(1.5), at(1.5))
