"""The taxonomy and its label maps."""

import numpy as np
import pytest

from mer_ros.emotions import ALIASES, align, CIRCUMPLEX, circumplex, emotion_of, EMOTIONS


def test_the_frame_has_the_seven_classes_in_their_fixed_order():
    assert EMOTIONS == (
        'anger', 'disgust', 'fear', 'happiness', 'neutral', 'sadness', 'surprise')


def test_every_alias_leads_to_its_emotion_and_every_emotion_names_itself():
    assert set(ALIASES) == set(EMOTIONS)
    for emotion, names in ALIASES.items():
        assert emotion in names
        assert {emotion_of(name) for name in names} == {emotion}


def test_no_alias_belongs_to_two_emotions():
    names = [name for aliases in ALIASES.values() for name in aliases]
    assert len(names) == len(set(names))


@pytest.mark.parametrize(('name', 'emotion'), [
    ('Joy', 'happiness'), (' ANGRY ', 'anger'), ('boredom', None), ('', None)])
def test_foreign_names_are_understood_or_refused_never_guessed(name, emotion):
    assert emotion_of(name) == emotion


def test_aligning_orders_by_name():
    backwards = EMOTIONS[::-1]
    aligned, named = align(backwards, np.arange(7.0))
    assert aligned.tolist() == [6.0, 5.0, 4.0, 3.0, 2.0, 1.0, 0.0]
    assert named.all()


def test_classes_that_a_model_never_learned_hold_the_mean_and_are_marked():
    aligned, named = align(('sadness', 'anger'), [[1.0, 3.0], [0.0, 0.0]])
    assert named.tolist() == [True, False, False, False, False, True, False]
    assert aligned[0].tolist() == [3.0, 2.0, 2.0, 2.0, 2.0, 1.0, 2.0]
    assert aligned[1].tolist() == [0.0] * 7


@pytest.mark.parametrize(('labels', 'logits', 'message'), [
    (('anger', 'boredom'), [1.0, 2.0], r"\['boredom'\] are not in the frame"),
    (('anger', 'anger'), [1.0, 2.0], r"repeats \['anger'\]"),
    ((), [], 'is empty'),
    (('anger', 'fear'), [1.0], r'2 labels .* shape \(1,\)'),
    (('anger',), 1.0, r'shape \(\)'),
])
def test_labels_that_do_not_fit_are_refused_with_what_was_given(labels, logits, message):
    with pytest.raises(ValueError, match=message):
        align(labels, logits)


def test_valence_and_arousal_are_those_expected_under_the_probabilities():
    certain = np.eye(len(EMOTIONS))
    assert circumplex(EMOTIONS, certain[EMOTIONS.index('happiness')]) == (0.81, 0.51)
    assert circumplex(EMOTIONS, certain[EMOTIONS.index('neutral')]) == (0.0, 0.0)
    assert circumplex(('happiness', 'sadness'), [0.5, 0.5]) == pytest.approx((0.09, 0.12))


def test_every_emotion_has_a_place_on_the_circumplex_and_others_have_none():
    assert set(CIRCUMPLEX) == set(EMOTIONS)
    assert all(-1 <= number <= 1 for place in CIRCUMPLEX.values() for number in place)
    assert np.isnan(circumplex(('happiness', 'boredom'), [0.5, 0.5])).all()
