"""The metrics against values worked by hand, and against scikit-learn where it is installed."""

from hypothesis import given
from hypothesis import strategies as st
import numpy as np
import pytest

from mer_ros.evaluation.metrics import classification as metrics

TRUTH = np.array([0, 0, 1, 2])
PROBABILITY = np.array([[0.7, 0.2, 0.1], [0.3, 0.6, 0.1], [0.1, 0.8, 0.1], [0.5, 0.25, 0.25]])
"""Predicted classes 0, 1, 1, 0: two of four are right."""


def random_case(seed=0, n=400, k=7):
    rng = np.random.default_rng(seed)
    truth = rng.integers(k, size=n)
    scores = rng.normal(size=(n, k)) + 1.5 * np.eye(k)[truth]
    return truth, np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)


def weighted_f1(truth, probability):
    return metrics.weighted_f1_of(metrics.confusion(truth, probability))


def brier(truth, probability):
    return metrics.squared_distances(truth, probability).mean()


def test_accuracy_counts_the_rows_whose_best_class_is_true():
    assert metrics.accuracy(TRUTH, PROBABILITY) == 0.5


def test_confusion_has_true_rows_and_predicted_columns():
    assert metrics.confusion(TRUTH, PROBABILITY).tolist() == [[1, 1, 0], [0, 1, 0], [1, 0, 0]]


def test_recall_and_f1_follow_the_confusion():
    counts = metrics.confusion(TRUTH, PROBABILITY)
    assert metrics.recall_by_class(counts).tolist() == [0.5, 1.0, 0.0]
    assert metrics.f1_by_class(counts) == pytest.approx([0.5, 2 / 3, 0.0])
    assert metrics.balanced_accuracy(TRUTH, PROBABILITY) == 0.5
    assert metrics.macro_f1(TRUTH, PROBABILITY) == pytest.approx(7 / 18)
    assert metrics.weighted_f1_of(counts) == pytest.approx((0.5 * 2 + 2 / 3) / 4)


def test_macro_f1_leaves_out_a_class_that_never_occurs():
    truth = np.array([0, 0, 1])
    assert metrics.macro_f1(truth, PROBABILITY[[0, 3, 2]]) == 1.0


def test_log_loss_is_clipped_at_the_stated_probability():
    certain = np.array([[1.0, 0.0], [1.0, 0.0]])
    assert metrics.negative_log_likelihood([0, 1], certain) == pytest.approx(-np.log(1e-12) / 2)


def test_brier_runs_from_zero_to_two():
    certain = np.array([[1.0, 0.0]])
    assert metrics.squared_distances([0], certain) == [0.0]
    assert metrics.squared_distances([1], certain) == [2.0]
    assert metrics.squared_distances([0], [[0.5, 0.5]]) == [0.5]


def test_calibration_error_is_the_weighted_gap_between_confidence_and_accuracy():
    # Bins of width 1/2: three rows in (0.5, 1] with gap sum (1-.7)+(0-.6)+(1-.8), one at 0.5.
    expected = (abs(0.3 - 0.6 + 0.2) + 0.5) / 4
    assert metrics.calibration_error(TRUTH, PROBABILITY, bins=2) == pytest.approx(expected)


def test_adaptive_calibration_error_fills_its_bins_equally():
    # By confidence 0.5, 0.6 | 0.7, 0.8 with outcomes wrong, wrong | right, right.
    expected = (0.5 + 0.6 + 0.3 + 0.2) / 4
    assert metrics.calibration_error(TRUTH, PROBABILITY, bins=2,
                                     adaptive=True) == pytest.approx(expected)


def test_the_reliability_bins_add_up_to_the_calibration_error():
    truth, probability = random_case()
    bins = metrics.reliability(truth, probability)
    assert sum(each['count'] for each in bins) == len(truth)
    assert all(each['low'] < each['confidence'] <= each['high'] for each in bins)
    gaps = [each['count'] * abs(each['accuracy'] - each['confidence']) for each in bins]
    assert sum(gaps) / len(truth) == pytest.approx(metrics.calibration_error(truth, probability))


def test_an_empty_reliability_bin_is_left_out():
    assert metrics.reliability([0, 1], [[0.9, 0.1], [0.9, 0.1]], bins=2) == [
        {'low': 0.5, 'high': 1.0, 'count': 2, 'confidence': 0.9, 'accuracy': 0.5}]


@given(seed=st.integers(0, 10_000), n=st.integers(1, 30))
def test_figures_stay_in_range_and_do_not_depend_on_order_or_names_of_classes(seed, n):
    truth, probability = random_case(seed, n, k=4)
    rng = np.random.default_rng(seed)
    rows, classes = rng.permutation(len(truth)), rng.permutation(4)
    renamed = np.argsort(classes)[truth[rows]], probability[rows][:, classes]
    for metric, highest in (
            (metrics.accuracy, 1), (metrics.balanced_accuracy, 1), (metrics.macro_f1, 1),
            (weighted_f1, 1), (brier, 2), (metrics.calibration_error, 1),
            (metrics.negative_log_likelihood, -np.log(metrics.CLIP))):
        value = metric(truth, probability)
        assert 0.0 <= value <= highest
        assert metric(*renamed) == pytest.approx(value)


@pytest.mark.parametrize('adaptive', [False, True])
def test_calibration_error_does_not_depend_on_the_order_of_rows(adaptive):
    truth, probability = random_case()
    probability = np.round(probability, 1) + 1e-3
    probability /= probability.sum(axis=1, keepdims=True)
    shuffled = np.random.default_rng(1).permutation(len(truth))
    assert metrics.calibration_error(truth, probability, adaptive=adaptive) == pytest.approx(
        metrics.calibration_error(truth[shuffled], probability[shuffled], adaptive=adaptive))


@pytest.mark.parametrize(('truth', 'probability', 'message'), [
    ([], np.zeros((0, 3)), 'N >= 1'),
    ([0, 1], PROBABILITY, 'given'),
    ([0, 1, 2, 3], PROBABILITY, 'class indices 0..2'),
    ([0.0, 1.0, 2.0, 0.0], PROBABILITY, 'class indices'),
    (TRUTH, PROBABILITY * 3, 'sum to 1'),
    (TRUTH, PROBABILITY * np.nan, 'sum to 1'),
])
def test_bad_input_is_refused_with_what_is_allowed(truth, probability, message):
    with pytest.raises(ValueError, match=message):
        metrics.accuracy(truth, probability)


def test_scores_agree_with_scikit_learn():
    oracle = pytest.importorskip('sklearn.metrics')
    truth, probability = random_case()
    predicted = probability.argmax(axis=1)
    assert metrics.accuracy(truth, probability) == oracle.accuracy_score(truth, predicted)
    assert metrics.balanced_accuracy(truth, probability) == pytest.approx(
        oracle.balanced_accuracy_score(truth, predicted))
    assert metrics.macro_f1(truth, probability) == pytest.approx(
        oracle.f1_score(truth, predicted, average='macro'))
    assert weighted_f1(truth, probability) == pytest.approx(
        oracle.f1_score(truth, predicted, average='weighted'))
    assert metrics.negative_log_likelihood(truth, probability) == pytest.approx(
        oracle.log_loss(truth, probability))
    assert brier(truth, probability) == pytest.approx(np.mean(
        [7 * oracle.mean_squared_error(np.eye(7)[y], p)
         for y, p in zip(truth, probability, strict=True)]))
    assert (metrics.confusion(truth, probability)
            == oracle.confusion_matrix(truth, predicted)).all()
