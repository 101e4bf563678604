"""The threshold below which nothing is said."""

import numpy as np
import pytest

from mer_ros.calibration.abstain_fit import choose_threshold


def test_the_threshold_covers_as_much_as_the_risk_allows():
    correct = np.array([True, True, False, True, False, False])
    confidence = np.array([0.9, 0.8, 0.7, 0.6, 0.5, 0.4])
    chosen = choose_threshold(correct, confidence, risk=0.25)
    assert (chosen.confidence, chosen.coverage, chosen.risk) == (
        0.6, pytest.approx(4 / 6), pytest.approx(0.25))
    assert correct[confidence >= chosen.confidence].mean() == 0.75


def test_equal_confidences_are_accepted_together():
    chosen = choose_threshold(
        np.array([True, True, False]), np.array([0.9, 0.5, 0.5]), risk=0.1)
    assert (chosen.confidence, chosen.coverage) == (0.9, pytest.approx(1 / 3))


def test_nothing_is_held_back_where_everything_is_good_enough():
    chosen = choose_threshold(np.array([True, False]), np.array([0.9, 0.3]), risk=0.5)
    assert (chosen.confidence, chosen.coverage, chosen.risk) == (0.0, 1.0, 0.5)


def test_a_modality_with_many_rows_does_not_outvote_one_with_few():
    correct = np.array([False] + [True] * 99)
    confidence = np.array([0.9] + [0.8] * 99)
    alike = choose_threshold(correct, confidence, risk=0.5, kinds=['a'] + ['b'] * 99)
    assert (alike.coverage, alike.risk) == (pytest.approx(1.0), pytest.approx(0.5))
    assert choose_threshold(correct, confidence, risk=0.5).risk == pytest.approx(0.01)


@pytest.mark.parametrize('risk', [-0.1, 1.1, float('nan')])
def test_a_risk_that_is_no_share_is_refused(risk):
    with pytest.raises(ValueError, match=r'must be in \[0, 1\]'):
        choose_threshold(np.array([True]), np.array([0.5]), risk=risk)


def test_a_risk_that_nothing_reaches_is_refused_with_what_can_be_had():
    with pytest.raises(ValueError, match=r'the surest decisions have 0\.500'):
        choose_threshold(np.array([False, True]), np.array([0.9, 0.9]), risk=0.2)
