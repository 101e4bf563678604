"""Samples refuse lists that do not belong together."""

import pytest

from mer_ros.evaluation.datasets.samples import Samples


def test_samples_have_a_length():
    assert len(Samples(['a', 'b'], ['fear', 'anger'], ['x', 'x'], 'text')) == 2


def test_lists_of_different_length_are_refused():
    with pytest.raises(ValueError, match='given 2 inputs, 1 labels, 2 groups'):
        Samples(['a', 'b'], ['fear'], ['x', 'x'], 'text')


def test_labels_outside_the_taxonomy_are_refused():
    with pytest.raises(ValueError, match=r"\['boredom'\] are unknown"):
        Samples(['a'], ['boredom'], ['x'], 'text')
