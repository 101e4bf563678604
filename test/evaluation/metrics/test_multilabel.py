"""Figures of several labels at once."""

import numpy as np
import pytest

from mer_ros.evaluation.metrics.multilabel import (
    as_published,
    best_threshold,
    correlation_cosine,
    f1_by_label,
    figures,
    label_correlation,
    mean_jaccard,
    micro_f1,
    precision,
    recall,
)

TRUTH = np.array([[1, 1, 0], [0, 1, 0], [0, 0, 0], [1, 0, 1]])
PREDICTED = np.array([[1, 0, 0], [0, 1, 1], [0, 0, 0], [1, 0, 1]])


def test_accuracy_is_the_mean_jaccard_index_of_samples():
    assert mean_jaccard(TRUTH, PREDICTED) == pytest.approx((1 / 2 + 1 / 2 + 0 + 1) / 4)


def test_nothing_predicted_for_nothing_scores_what_is_asked_for():
    assert mean_jaccard(TRUTH, PREDICTED, of_nothing=1.0) == pytest.approx(3 / 4)


def test_micro_figures_count_labels_of_all_samples():
    assert precision(TRUTH, PREDICTED) == pytest.approx(4 / 5)
    assert recall(TRUTH, PREDICTED) == pytest.approx(4 / 5)
    fewer = PREDICTED * [1, 1, 0]
    assert precision(TRUTH, fewer) == pytest.approx(1.0)
    assert recall(TRUTH, fewer) == pytest.approx(3 / 5)
    assert micro_f1(TRUTH, fewer) == pytest.approx(2 * 3 / (5 + 3))


def test_figures_agree_with_scikit_learn():
    metrics = pytest.importorskip('sklearn.metrics')
    rng = np.random.default_rng(0)
    truth, predicted = (rng.random((200, 6)) < 0.3, rng.random((200, 6)) < 0.4)
    found = figures(truth, predicted)
    assert found['accuracy'] == pytest.approx(
        metrics.jaccard_score(truth, predicted, average='samples', zero_division=0))
    for name, metric in (('precision', metrics.precision_score), ('recall', metrics.recall_score),
                         ('micro_f1', metrics.f1_score)):
        assert found[name] == pytest.approx(metric(truth, predicted, average='micro'))
    assert f1_by_label(truth, predicted) == pytest.approx(
        metrics.f1_score(truth, predicted, average=None))


def test_a_higher_threshold_raises_precision_and_lowers_the_one_the_papers_print():
    rng = np.random.default_rng(1)
    truth = rng.random((500, 6)) < 0.3
    probability = np.clip(0.3 * truth + 0.7 * rng.random((500, 6)), 0, 1)
    low, high = (figures(truth, probability >= threshold) for threshold in (0.3, 0.6))
    assert high['precision'] > low['precision']
    assert as_published(high)['P'] < as_published(low)['P']
    assert as_published(low) == {'Acc': low['accuracy'], 'P': low['recall'],
                                 'R': low['precision'], 'miF1': low['micro_f1']}


def test_nothing_at_all_scores_zero_and_is_no_error():
    nothing = np.zeros((3, 2))
    assert set(figures(nothing, nothing).values()) == {0.0}


def test_the_best_threshold_separates_what_can_be_separated():
    truth = np.array([[1, 0], [0, 1]])
    threshold, score = best_threshold(truth, np.array([[0.3, 0.1], [0.2, 0.4]]))
    assert 0.2 < threshold <= 0.3
    assert score == 1.0


def test_of_equal_thresholds_the_one_nearest_a_half_is_taken():
    assert best_threshold([[1, 0]], [[0.9, 0.1]])[0] == 0.5


@pytest.mark.parametrize(('truth', 'predicted'), [
    ([[0.5, 1]], [[0, 1]]), ([[0, 1]], [[0, 2]]), ([0, 1], [0, 1]), ([[0, 1]], [[0]]),
    (np.empty((0, 3)), np.empty((0, 3)))])
def test_anything_but_zeros_and_ones_of_one_shape_is_refused(truth, predicted):
    with pytest.raises(ValueError, match=r'must'):
        figures(truth, predicted)


@pytest.mark.parametrize('wrong', [1.5, -0.1, float('nan')])
def test_numbers_that_are_no_probabilities_are_refused(wrong):
    with pytest.raises(ValueError, match='between 0 and 1'):
        best_threshold([[1, 0]], [[wrong, 0.5]])


def test_the_correlation_of_labels_is_that_of_numpy_and_constant_labels_have_none():
    labels = np.random.default_rng(0).integers(0, 2, (40, 4))
    labels[:, 3] = 1
    found = label_correlation(labels)
    np.testing.assert_allclose(found[:3, :3], np.corrcoef(labels[:, :3].T), atol=1e-12)
    assert found[3].tolist() == [0.0, 0.0, 0.0, 1.0]


def test_the_cosine_of_correlations_is_one_for_the_truth_and_less_for_labels_by_chance():
    draw = np.random.default_rng(1)
    joy = draw.integers(0, 2, 200)
    truth = np.stack([joy, joy, draw.integers(0, 2, 200)], 1)
    assert correlation_cosine(truth, truth) == pytest.approx(1.0)
    assert correlation_cosine(truth, draw.integers(0, 2, truth.shape)) < 0.9
