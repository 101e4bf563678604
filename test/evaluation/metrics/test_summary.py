"""The summary: every figure of one set of predictions, as plain data."""

import json

import numpy as np
import pytest

from mer_ros.emotions import EMOTIONS
from mer_ros.evaluation.metrics import classification as metrics
from mer_ros.evaluation.metrics.summary import CURVE_POINTS, summarise


def random_case(n=60):
    rng = np.random.default_rng(2)
    truth = rng.integers(7, size=n)
    scores = np.exp(rng.normal(size=(n, 7)) + 2 * np.eye(7)[truth])
    return truth, scores / scores.sum(axis=1, keepdims=True)


def test_headline_figures_lie_inside_their_intervals():
    truth, probability = random_case()
    report = summarise(truth, probability, labels=EMOTIONS, resamples=200)
    assert report['accuracy'] == metrics.accuracy(truth, probability)
    for name in ('accuracy', 'uar', 'macro_f1', 'weighted_f1', 'nll', 'brier', 'aurc', 'augrc',
                 'error_auroc'):
        low, high = report['intervals'][name]
        assert low <= report[name] <= high
    for name, bounds in report['intervals'].items():
        assert name in report
        assert bounds is None or bounds[0] <= bounds[1]


def test_only_the_intervals_that_are_asked_for_are_drawn():
    truth, probability = random_case()
    report = summarise(truth, probability, labels=EMOTIONS, resamples=20, intervals_of=['ece'])
    assert list(report['intervals']) == ['ece']


def test_neutral_tolerance_accepts_neutral_and_shows_how_often_it_is_said():
    truth, probability = [0, 1, 1], np.array([[0.6, 0.4], [0.3, 0.7], [0.8, 0.2]])
    report = summarise(truth, probability, labels=['neutral', 'anger'], resamples=0)
    assert report['accuracy'] == report['neutral_rate'] == pytest.approx(2 / 3)
    assert report['neutral_tolerant_accuracy'] == 1.0


def test_errors_are_detected_by_every_measure_of_doubt():
    truth, probability = [0, 0], np.array([[0.8, 0.2], [0.3, 0.7]])
    report = summarise(truth, probability, labels=['a', 'b'], uncertainty=[0.1, 0.2],
                       conflict=[0.5, 0.4], resamples=0)
    assert report['error_auroc'] == report['error_auroc_entropy'] == 1.0
    assert report['error_auroc_uncertainty'] == 1.0
    assert report['error_auroc_conflict'] == 0.0
    assert (report['mean_uncertainty'], report['mean_conflict']) == pytest.approx((0.15, 0.45))
    assert report['mean_confidence'] == pytest.approx(0.75)


def test_curves_are_short_and_end_at_the_error_rate_of_all_rows():
    truth, probability = random_case(n=500)
    curve = summarise(truth, probability, labels=EMOTIONS,
                      resamples=0)['curves']['risk_coverage']
    assert len(curve['risk']) == len(curve['coverage']) == CURVE_POINTS
    assert curve['coverage'][-1] == 1.0
    assert curve['risk'][-1] == pytest.approx(1 - metrics.accuracy(truth, probability))


def test_classes_carry_support_predictions_recall_and_f1():
    truth, probability = random_case()
    report = summarise(truth, probability, labels=EMOTIONS, resamples=0)
    assert sum(c['support'] for c in report['classes'].values()) == len(truth)
    assert sum(c['predicted'] for c in report['classes'].values()) == len(truth)
    assert report['neutral_rate'] == report['classes']['neutral']['predicted'] / len(truth)
    assert 'intervals' not in report


def test_the_report_is_plain_json_without_nan():
    truth, probability = random_case(n=3)
    report = summarise(truth[:1], probability[:1], labels=EMOTIONS, resamples=20)
    assert json.loads(json.dumps(report, allow_nan=False)) is not None


def test_a_frame_without_neutral_has_no_neutral_figures():
    report = summarise([0, 1], [[0.9, 0.1], [0.2, 0.8]], labels=['calm', 'upset'], resamples=0)
    assert 'neutral_rate' not in report
    assert report['macro_f1'] == 1.0
