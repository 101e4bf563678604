"""The summary: every figure of one set of predictions, as plain data."""

import json

import numpy as np

from mer_ros.emotions import EMOTIONS
from mer_ros.evaluation import metrics
from mer_ros.evaluation.summary import HEADLINE, summarise


def random_case(n=60):
    rng = np.random.default_rng(2)
    truth = rng.integers(7, size=n)
    scores = np.exp(rng.normal(size=(n, 7)) + 2 * np.eye(7)[truth])
    return truth, scores / scores.sum(axis=1, keepdims=True)


def test_headline_figures_lie_inside_their_intervals():
    truth, probability = random_case()
    report = summarise(truth, probability, labels=EMOTIONS, resamples=200)
    assert report['accuracy'] == metrics.accuracy(truth, probability)
    for name in ('accuracy', 'uar', 'macro_f1', 'weighted_f1', 'nll', 'brier'):
        low, high = report['intervals'][name]
        assert low <= report[name] <= high
    assert set(report['intervals']) == set(HEADLINE)


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
