"""Risk-coverage areas and error detection against values worked by hand."""

from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st
import numpy as np
import pytest

from mer_ros.evaluation.metrics.selective import (
    augrc,
    aurc,
    coverage_at_risk,
    error_auroc,
    risk_coverage,
)

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


def test_risk_and_coverage_count_the_surest_rows_first():
    coverage, risk = risk_coverage(CORRECT, CONFIDENCE)
    assert coverage.tolist() == [0.25, 0.5, 0.75, 1.0]
    assert risk == pytest.approx([0, 1 / 2, 1 / 3, 1 / 2])


def test_rows_of_equal_confidence_are_accepted_together():
    coverage, risk = risk_coverage(CORRECT, [0.9, 0.5, 0.5, 0.5])
    assert coverage.tolist() == [0.25, 1.0]
    assert risk.tolist() == [0.0, 0.5]


@pytest.mark.parametrize(('risk', 'coverage'), [(0.05, 0.25), (0.4, 0.75), (0.5, 1.0)])
def test_coverage_at_a_risk_is_the_largest_that_keeps_it(risk, coverage):
    assert coverage_at_risk(CORRECT, CONFIDENCE, risk=risk) == coverage


def test_no_coverage_keeps_the_risk_when_the_surest_row_is_wrong():
    assert coverage_at_risk([False, True], [0.9, 0.1]) == 0.0


rows = st.lists(st.tuples(st.booleans(), st.sampled_from([0.1, 0.2, 0.5, 0.7, 0.9])),
                min_size=1, max_size=40)


@given(rows=rows, order=st.randoms())
def test_order_and_scale_of_the_confidence_never_matter(rows, order):
    shuffled = order.sample(rows, len(rows))
    for measure in (aurc, augrc, error_auroc, coverage_at_risk):
        value = measure(*zip(*rows, strict=True))
        correct, confidence = zip(*shuffled, strict=True)
        assert measure(correct, np.exp(confidence)) == (
            None if value is None else pytest.approx(value))
        assert value is None or 0.0 <= value <= 1.0
