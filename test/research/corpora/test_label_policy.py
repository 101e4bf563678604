"""What the labels of a corpus count as."""

import pytest

from mer_ros.research.corpora.clip import Clip
from mer_ros.research.corpora.label_policy import LabelPolicy


def clip(label, perceived=''):
    return Clip(id='x', person='p', label=label, split='test', perceived=perceived)


@pytest.mark.parametrize(('chosen', 'label', 'counts'), [
    ({}, 'calm', 'calm'), ({'calm': 'neutral'}, 'calm', 'neutral'),
    ({'calm': 'drop'}, 'calm', None),
    ({}, 'contempt', 'contempt'), ({'contempt': 'disgust'}, 'contempt', 'disgust'),
    ({'contempt': 'drop'}, 'contempt', None), ({}, 'hap', 'happiness')])
def test_calm_and_contempt_count_as_chosen(chosen, label, counts):
    assert LabelPolicy(**chosen).label_of(clip(label)) == counts


def test_the_perceived_emotion_takes_the_place_of_the_intended_and_divided_raters_leave_it_out():
    policy = LabelPolicy(truth='perceived')
    assert policy.label_of(clip('ang', 'disgust')) == 'disgust'
    assert policy.label_of(clip('ang')) is None


def test_the_classes_that_are_shown_are_those_that_may_be_answered():
    assert LabelPolicy().within(['anger', 'fear']) is None
    assert LabelPolicy(classes='shown').within(['fear', 'anger', 'calm']).tolist() == [0, 2]


def test_an_unknown_choice_is_answered_with_the_known_ones():
    with pytest.raises(ValueError, match=r"calm='happy' is not one of \['unseen', 'neutral'"):
        LabelPolicy(calm='happy')


def test_the_sentence_names_every_choice():
    told = LabelPolicy(truth='perceived', calm='neutral', contempt='drop',
                       classes='shown').sentence(3)
    assert told == ('Labels: the perceived emotion; calm is taken for neutral, contempt left out; '
                    'only the classes that the clips show may be answered; 3 clips are left out.')
