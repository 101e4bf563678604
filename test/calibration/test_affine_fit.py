"""Fit of affine calibrations."""

import numpy as np
import pytest

from mer_ros.calibration.affine_fit import fit_affine
from mer_ros.evaluation.metrics.classification import negative_log_likelihood
from mer_ros.fusion import fuse

K = 4


def world(rows=6000, seed=0):
    """Return truth and the logits of two modalities, each confused in its own way."""
    draw = np.random.default_rng(seed)
    truth = draw.integers(K, size=rows)
    logits = {}
    for name, noise in (('face', 1.0), ('voice', 2.0)):
        mixing = np.eye(K) + 0.5 * draw.normal(size=(K, K))
        logits[name] = (np.eye(K)[truth] * 2 + noise * draw.normal(size=(rows, K))) @ mixing
    return truth, logits


def loss(truth, logits, calibration, names):
    opinion = fuse({name: logits[name] if name in names else None for name in logits},
                   calibration=calibration, output_temperature=1.0)
    return negative_log_likelihood(truth, opinion.probability)


def test_the_fit_finds_the_map_that_made_the_truth():
    draw = np.random.default_rng(1)
    logits = draw.normal(size=(40_000, K)) * 2
    weights = np.eye(K) + 0.3 * draw.normal(size=(K, K))
    bias = np.array([1.0, 0.0, -1.0, 0.0])
    scores = (logits - logits.mean(axis=1, keepdims=True)) @ weights.T + bias
    truth = (scores + draw.gumbel(size=scores.shape)).argmax(axis=1)
    found = fit_affine({'it': logits}, truth, classes=K)['it']
    # Only differences between classes and logits without their mean are determined.
    centre = np.eye(K) - 1 / K
    np.testing.assert_allclose(
        centre @ found.weights @ centre, centre @ weights @ centre, atol=0.08)
    np.testing.assert_allclose(centre @ found.bias, centre @ bias, atol=0.08)


def test_calibrated_fusion_is_better_than_each_modality_and_than_none():
    truth, logits = world()
    half = len(truth) // 2
    fitted = fit_affine({name: x[:half] for name, x in logits.items()}, truth[:half], classes=K)
    held_out = {name: x[half:] for name, x in logits.items()}
    both = loss(truth[half:], held_out, fitted, ('face', 'voice'))
    assert both < loss(truth[half:], held_out, fitted, ('face',))
    assert both < loss(truth[half:], held_out, fitted, ('voice',))
    assert both < loss(truth[half:], held_out, None, ('face', 'voice'))


def test_one_calibration_serves_every_choice_of_modalities():
    draw = np.random.default_rng(3)
    truth = draw.integers(K, size=6000)
    shared = draw.normal(size=(6000, K))
    # Both err together, so that what is best for the two is too cautious for one alone.
    logits = {name: 2 * np.eye(K)[truth] + shared + 0.3 * draw.normal(size=(6000, K))
              for name in ('face', 'voice')}
    every = fit_affine(logits, truth, classes=K)
    joint = fit_affine(logits, truth, classes=K, choices=[('face', 'voice')])
    both = ('face', 'voice')
    assert loss(truth, logits, joint, both) <= loss(truth, logits, every, both)
    assert loss(truth, logits, every, ('face',)) < loss(truth, logits, joint, ('face',)) - 0.02


def test_few_rows_stay_near_the_identity():
    truth, logits = world()
    found = fit_affine({'face': logits['face'][:3]}, truth[:3], classes=K, penalty=1e3)['face']
    np.testing.assert_allclose(found.weights, np.eye(K), atol=0.02)


def test_descriptions_that_are_no_logits_start_at_zero():
    truth, _ = world()
    spoken = np.eye(9)[np.random.default_rng(2).integers(9, size=len(truth))]
    found = fit_affine({'words': spoken}, truth, classes=K, penalty=1e6)['words']
    assert found.weights.shape == (K, 9)
    np.testing.assert_allclose(found.weights, 0.0, atol=1e-2)


@pytest.mark.parametrize('penalty', [0.0, -1.0, float('nan')])
def test_a_penalty_that_holds_nothing_back_is_refused(penalty):
    truth, logits = world(rows=40)
    with pytest.raises(ValueError, match='must be > 0'):
        fit_affine(logits, truth, classes=K, penalty=penalty)


def test_answers_that_are_all_right_still_have_a_finite_fit():
    truth = np.arange(40) % K
    found = fit_affine({'it': 1e3 * np.eye(K)[truth]}, truth, classes=K)['it']
    assert np.isfinite(found.weights).all()
