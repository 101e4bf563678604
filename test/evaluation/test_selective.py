"""Risk-coverage areas and error detection against values worked by hand."""

from itertools import permutations

import numpy as np
import pytest

from mer_ros.evaluation.selective import augrc, aurc, error_auroc

CORRECT = np.array([True, False, True, False])
CONFIDENCE = np.array([0.9, 0.8, 0.7, 0.6])
"""Errors among the surest 1..4: 0, 1, 1, 2."""


def test_aurc_is_the_mean_error_rate_over_all_coverages():
    assert aurc(CORRECT, CONFIDENCE) == pytest.approx((0 + 1 / 2 + 1 / 3 + 2 / 4) / 4)


def test_augrc_is_the_mean_share_of_accepted_errors():
    assert augrc(CORRECT, CONFIDENCE) == pytest.approx((0 + 1 + 1 + 2) / 16)


def test_error_auroc_counts_the_pairs_in_the_right_order():
    assert error_auroc(CORRECT, CONFIDENCE) == 0.75


@pytest.mark.parametrize('measure', [aurc, augrc, error_auroc])
def test_ties_take_the_expected_value_over_all_orders(measure):
    tied = np.array([0.9, 0.5, 0.5, 0.5])
    broken = [measure(CORRECT[[0, *order]], CONFIDENCE) for order in permutations([1, 2, 3])]
    assert measure(CORRECT, tied) == pytest.approx(np.mean(broken))


def test_a_perfect_confidence_detects_every_error():
    assert error_auroc([True, True, False], [0.9, 0.8, 0.1]) == 1.0
    assert error_auroc([True, True, False], [0.1, 0.2, 0.9]) == 0.0


@pytest.mark.parametrize('correct', [[True, True], [False, False]])
def test_error_auroc_is_undefined_without_both_outcomes(correct):
    assert error_auroc(correct, [0.1, 0.2]) is None


def test_unusable_confidence_is_refused():
    with pytest.raises(ValueError, match='finite'):
        aurc([True, False], [0.5, np.nan])
    with pytest.raises(ValueError, match='N >= 1'):
        augrc([], [])


def test_error_auroc_agrees_with_scikit_learn():
    oracle = pytest.importorskip('sklearn.metrics')
    rng = np.random.default_rng(3)
    correct = rng.random(300) < 0.7
    confidence = np.round(rng.random(300) + 0.3 * correct, 1)
    assert error_auroc(correct, confidence) == pytest.approx(
        oracle.roc_auc_score(correct, confidence))
