"""From the several labels of a text to one class."""

import pytest

from mer_ros.emotions import EMOTIONS
from mer_ros.evaluation.datasets.single_label import class_counts, EKMAN, single_label
from mer_ros.evaluation.datasets.text_sets import rows_of


def test_every_label_of_goemotions_has_one_class():
    labels = [label for labels in EKMAN.values() for label in labels]
    assert len(labels) == len(set(labels)) == 28
    assert tuple(EKMAN) == EMOTIONS


@pytest.mark.parametrize(('labels', 'alone', 'first', 'rarest'), [
    (['joy', 'love'], 'happiness', 'happiness', 'happiness'),
    (['neutral', 'grief'], 'sadness', 'neutral', 'sadness'),
    (['annoyance', 'embarrassment'], '', 'anger', 'sadness'),
    (['neutral'], 'neutral', 'neutral', 'neutral'), ([], '', '', '')])
def test_several_labels_become_one_as_the_rule_says(labels, alone, first, rarest):
    counts = {'anger': 9, 'sadness': 3}
    assert [single_label(labels, rule, counts) for rule in ('alone', 'first', 'rarest')] == [
        alone, first, rarest]


def test_unknown_rules_and_labels_are_answered_with_the_known_ones():
    with pytest.raises(ValueError, match=r"known: \['alone', 'first', 'rarest'\]"):
        single_label(['joy'], 'majority')
    with pytest.raises(ValueError, match='rarest needs counts'):
        single_label(['joy'], 'rarest')
    with pytest.raises(ValueError, match=r"\['boredom'\] are no labels"):
        single_label(['boredom'])


def test_a_text_counts_once_for_each_of_its_classes():
    assert class_counts([['joy', 'love'], ['joy', 'grief'], ['neutral']]) == {
        'happiness': 2, 'sadness': 1, 'neutral': 1}


def test_the_rule_alone_is_that_of_the_prepared_column(shared_data):
    rows = list(rows_of('goemotions', shared_data, 'train'))
    assert len(rows) > 40_000
    assert [single_label(row['labels'].split('|')) for row in rows] == [
        row['ekman7'] for row in rows]
