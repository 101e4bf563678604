from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st
import numpy as np
import pytest

from mer_ros.data import BadInput, Features, NANOSECONDS, nanoseconds, Speaker
from mer_ros.research.lddu import Judgement
from mer_ros.research.lddu.lddu_engine import LdduEngine

LABELS = ('joy', 'grief', 'pride')


class FakeLddu:
    """Answers with the means of the columns of the text rows, and remembers what it was given."""

    name = 'fake'
    labels = LABELS
    modalities = ('text', 'face')
    dims = {'text': 3, 'face': 2}
    models = {'text': 'lite', 'face': 'lite'}
    threshold = 0.5

    def __init__(self):
        self.given = []

    def judge(self, features):
        self.given.append({name: rows.copy() for name, rows in features.items()})
        probability = features['text'].mean(axis=0) if 'text' in features else np.full(3, 0.25)
        return Judgement(probability, np.array([0.1, 0.2, 0.3], np.float32), {})


def text(seconds, *row, person='', rows=1, **changes):
    values = np.tile(np.array(row or (0.9, 0.7, 0.1), np.float32), (rows, 1))
    item = Features(nanoseconds(seconds), 'text', 'lite', values, person, 'ears')
    return replace(item, **changes)


def face(seconds, person=''):
    values = np.ones((1, 2), np.float32)
    return Features(nanoseconds(seconds), 'face', 'lite', values, person, 'eye')


@pytest.fixture
def model():
    return FakeLddu()


@pytest.fixture
def engine(model):
    return LdduEngine(model, window_length=10.0, period=1.0)


def test_the_first_evidence_is_judged_at_once_and_several_labels_may_be_present(engine):
    [state] = engine.add(text(5, person='ada'), None)
    assert (state.stamp, state.window_start) == (5 * NANOSECONDS, 5 * NANOSECONDS)
    assert (state.person_id, state.frame_id, state.label) == ('ada', 'ears', 'joy')
    assert state.multi_label
    assert state.labels == LABELS
    assert state.present == ('joy', LABELS[1])
    np.testing.assert_allclose(state.probability, [0.9, 0.7, 0.1], rtol=1e-6)
    np.testing.assert_allclose(state.label_uncertainty, [0.1, 0.2, 0.3], rtol=1e-6)
    assert state.confidence == pytest.approx(0.9)
    assert state.uncertainty == pytest.approx(0.1)
    assert (state.belief.size, state.alpha.size, state.conflict) == (0, 0, 0.0)
    assert state.missing == ('face',)
    assert state.valid_for == 10 * NANOSECONDS


def test_below_the_threshold_the_label_is_unknown(engine):
    [state] = engine.add(text(5, 0.1, 0.49, 0.2), None)
    assert (state.label, state.present) == ('unknown', ())
    assert state.confidence == pytest.approx(0.49)
    assert state.uncertainty == pytest.approx(0.2)


def test_another_threshold_lists_other_emotions_as_present(model):
    [state] = LdduEngine(model, threshold=0.8).add(text(5), None)
    assert state.present == ('joy',)
    [state] = LdduEngine(model, threshold=0.05).add(text(5), None)
    assert state.present == LABELS
    with pytest.raises(ValueError, match=r'threshold is 1\.5'):
        LdduEngine(model, threshold=1.5)


def test_all_modalities_of_the_window_are_judged_together(engine, model):
    engine.add(text(5, rows=2), None)
    [state] = engine.add(face(6), None)
    assert {name: len(rows) for name, rows in model.given[-1].items()} == {'text': 2, 'face': 1}
    assert state.missing == ()
    assert (state.stamp, state.frame_id) == (6 * NANOSECONDS, 'eye')
    assert state.window_start == 5 * NANOSECONDS


def test_a_modality_that_left_the_window_is_missing(engine, model):
    engine.add(text(5), None)
    [state] = engine.add(face(15), None)[-1:]
    assert set(model.given[-1]) == {'face'}
    assert state.missing == ('text',)


def test_evidence_within_a_period_waits_until_it_is_over(engine, model):
    engine.add(text(5), None)
    assert engine.add(text(5.25), None) == []
    assert engine.add(text(5.75), None) == []
    assert engine.advance(nanoseconds(5.99)) == []
    [state] = engine.advance(nanoseconds(6))
    assert state.stamp == nanoseconds(5.75)
    assert len(model.given[-1]['text']) == 3
    assert engine.advance(nanoseconds(6.5)) == []


def test_the_clock_and_the_next_message_make_the_same_states():
    def states(ticks):
        engine = LdduEngine(FakeLddu())
        found = []
        for seconds in (5.0, 5.5, 6.25, 6.5, 9.0):
            for tick in ticks:
                if tick < seconds:
                    found += engine.advance(nanoseconds(tick))
            found += engine.add(text(seconds), nanoseconds(seconds))
        return [(state.stamp, state.window_start) for state in found]

    assert states(()) == states((6.0, 7.0, 8.0)) == [
        (nanoseconds(5), nanoseconds(5)), (nanoseconds(5.5), nanoseconds(5)),
        (nanoseconds(6.5), nanoseconds(5)), (nanoseconds(9), nanoseconds(5))]


def test_without_a_period_every_message_is_judged(model):
    engine = LdduEngine(model, period=0.0)
    assert [len(engine.add(text(seconds), None)) for seconds in (5, 5.01, 5.02)] == [1, 1, 1]


def test_when_the_last_evidence_has_gone_nothing_is_known_once(engine):
    engine.add(text(5, person='ada'), nanoseconds(5))
    assert engine.advance(nanoseconds(14.9)) == []
    [state] = engine.advance(nanoseconds(15))
    assert (state.label, state.person_id, state.valid_for) == ('unknown', 'ada', 0)
    assert state.stamp == 15 * NANOSECONDS
    assert state.probability.tolist() == [0.5, 0.5, 0.5]
    assert state.label_uncertainty.tolist() == [1.0, 1.0, 1.0]
    assert state.missing == ('text', 'face')
    assert engine.people == ()
    assert engine.advance(nanoseconds(30)) == []


def test_the_deadline_is_when_something_waits_or_a_person_is_gone(engine):
    assert engine.next_deadline() is None
    engine.add(text(5), nanoseconds(5))
    assert engine.next_deadline() == nanoseconds(15)
    engine.add(text(5.5), nanoseconds(5.5))
    assert engine.next_deadline() == nanoseconds(6)


def test_people_do_not_see_each_others_evidence(engine, model):
    engine.add(text(5, 0.9, 0.0, 0.0, person='ada'), None)
    [state] = engine.add(text(5.5, 0.0, 0.8, 0.0, person='bob'), None)
    assert (state.person_id, state.label) == ('bob', 'grief')
    assert [len(given['text']) for given in model.given] == [1, 1]
    assert engine.people == ('ada', 'bob')


def test_the_one_seen_longest_ago_makes_room(model):
    engine = LdduEngine(model, max_people=2)
    for seconds, person in ((5, 'ada'), (4.5, 'bob'), (5.5, 'cleo')):
        engine.add(text(seconds, person=person), None)
    assert engine.people == ('ada', 'cleo')
    assert engine.counts['evicted'] == 1


def test_words_without_a_person_are_those_of_the_active_speaker(engine):
    engine.note_speaker(Speaker(nanoseconds(4.5), 'face_1'))
    [state] = engine.add(text(5), None)
    assert state.person_id == 'face_1'


def test_memory_is_bounded(model):
    engine = LdduEngine(model, max_frames=4)
    for step in range(100):
        engine.add(text(5 + step / 100, rows=3), None)
    engine.add(text(7), None)
    assert len(model.given[-1]['text']) == 4


def test_stamps_that_go_back_clear_everything(engine, model):
    engine.add(text(50, person='ada'), None)
    engine.add(text(50, person='bob'), None)
    [state] = engine.add(text(3, person='ada'), None)
    assert state.stamp == 3 * NANOSECONDS
    assert engine.people == ('ada',)
    assert engine.counts['backward'] == 1
    assert len(model.given[-1]['text']) == 1


def test_a_loop_after_a_long_silence_is_noticed_too(engine):
    now = nanoseconds(1000)
    engine.add(text(50), now)
    assert len(engine.advance(now + nanoseconds(20))) == 1
    [state] = engine.add(text(3), now + nanoseconds(21))
    assert state.stamp == 3 * NANOSECONDS
    assert engine.advance(now + nanoseconds(22)) == []


def test_a_little_disorder_is_put_in_order(engine, model):
    engine.add(text(5, 0.1, 0.1, 0.1), None)
    engine.add(text(4.5, 0.2, 0.2, 0.2), None)
    engine.add(text(6.5), None)
    assert len(engine.advance(nanoseconds(7))) == 1
    np.testing.assert_allclose(model.given[-1]['text'][:, 0], [0.2, 0.1, 0.9])


def test_evidence_that_is_older_than_the_window_is_late(engine):
    engine.add(face(50), None)
    assert engine.add(text(30), None) == []
    assert engine.add(text(31, person='bob'), nanoseconds(50)) == []
    assert engine.counts['late'] == 2


@pytest.mark.parametrize(('features', 'reason'), [
    (text(0), 'unstamped'),
    (text(7), 'future'),
    (text(5, modality='smell'), 'unknown_modality'),
    (text(5, model='paper'), 'model'),
    (text(5, values=np.ones((2, 4), np.float32)), 'shape'),
    (text(5, values=np.ones((0, 3), np.float32)), 'shape'),
    (text(5, values=np.ones(3, np.float32)), 'shape'),
    (text(5, 1.0, np.nan, 0.0), 'not_finite'),
    (text(5, 1.0, -np.inf, 0.0), 'not_finite'),
    (text(5, 1.0, 2e6, 0.0), 'too_large'),
])
def test_what_cannot_be_used_is_refused_by_its_reason(engine, features, reason):
    with pytest.raises(BadInput) as caught:
        engine.add(features, nanoseconds(6))
    assert caught.value.reason == reason
    assert engine.people == ()


def test_the_refusal_of_another_model_names_both(engine):
    with pytest.raises(BadInput, match=r"model 'paper' cannot be .* those of 'lite'"):
        engine.add(text(5, model='paper'), None)


def test_a_network_that_answers_with_nan_publishes_nothing(engine, model):
    model.judge = lambda features: Judgement(
        np.array([0.5, np.nan, 0.5]), np.zeros(3), {})
    with pytest.raises(BadInput) as caught:
        engine.add(text(5), None)
    assert caught.value.reason == 'model_output'


def test_reset_forgets_people_and_keeps_the_counts(engine):
    engine.add(face(50), None)
    engine.add(text(30), None)
    engine.reset()
    assert engine.people == ()
    assert engine.counts['late'] == 1
    assert len(engine.add(text(3), None)) == 1


@pytest.mark.parametrize('wrong', [
    {'window_length': 0.0, 'period': 0.0}, {'period': -1.0}, {'max_frames': 0}, {'max_people': 0},
    {'max_future': -0.1}, {'window_length': float('nan')}, {'period': 10.5}])
def test_settings_out_of_range_are_refused(model, wrong):
    with pytest.raises(ValueError, match='cannot be used'):
        LdduEngine(model, **wrong)


PEOPLE = ('ada', 'bob', 'cleo')


@settings(max_examples=200)
@given(st.lists(st.tuples(st.sampled_from(PEOPLE), st.sampled_from(('text', 'face')),
                          st.floats(0.001, 60.0), st.integers(1, 9)), max_size=40),
       st.sampled_from((0.0, 0.5, 2.0)))
def test_whatever_comes_in_any_order_people_stay_apart_and_memory_bounded(messages, period):
    model = FakeLddu()
    engine = LdduEngine(model, window_length=2.0, period=period, max_frames=5, max_people=2)
    for person, modality, seconds, rows in messages:
        values = np.full((rows, model.dims[modality]), PEOPLE.index(person) / 4, np.float32)
        item = Features(nanoseconds(seconds), modality, 'lite', values, person)
        for state in [*engine.add(item, nanoseconds(seconds)), *engine.advance(None)]:
            assert np.isfinite(state.probability).all()
            assert state.window_start <= state.stamp
            assert state.stamp - state.window_start < nanoseconds(2.0) or not state.valid_for
            if state.valid_for and 'text' not in state.missing:
                np.testing.assert_allclose(state.probability, PEOPLE.index(state.person_id) / 4)
        assert len(engine.people) <= 2
    for given_rows in model.given:
        assert all(1 <= len(rows) <= 5 for rows in given_rows.values())
        assert len({float(value) for rows in given_rows.values() for value in np.unique(rows)}) == 1
