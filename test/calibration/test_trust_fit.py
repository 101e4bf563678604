"""Temperature and reliability, fitted together."""

import numpy as np
import pytest

from mer_ros.calibration.trust_fit import fit_trust, mixture_loss
from mer_ros.evaluation.metrics.classification import negative_log_likelihood
from mer_ros.fusion import fuse

K = 7
ALL = np.ones(K, dtype=np.bool_)


def answers(rows, *, temperature, reliability, seed=0, named=ALL):
    """Return logits and a truth that they tell at this temperature, save where they are noise."""
    draw = np.random.default_rng(seed)
    logits = draw.normal(size=(rows, K)) * 3
    scores = np.where(named, logits / temperature + draw.gumbel(size=logits.shape), -np.inf)
    noise = np.flatnonzero(named)[draw.integers(named.sum(), size=rows)]
    return logits, np.where(draw.random(rows) < reliability, scores.argmax(axis=1), noise)


@pytest.mark.parametrize(('temperature', 'reliability'), [(1.0, 1.0), (2.0, 0.8), (0.6, 0.5)])
def test_the_fit_finds_how_sharp_and_how_reliable_a_modality_is(temperature, reliability):
    found = fit_trust(*answers(6000, temperature=temperature, reliability=reliability), ALL)
    assert found[0] == pytest.approx(temperature, rel=0.12)
    assert found[1] == pytest.approx(reliability, abs=0.04)


@pytest.mark.parametrize('reliability', [0.0, 0.3, 1.0])
def test_the_likelihood_is_that_of_the_fusion_among_the_learned_classes(reliability):
    named = np.arange(K) != 6
    logits, truth = answers(50, temperature=2.0, reliability=0.8, named=named)
    probability = fuse({'it': logits}, temperature=1.7, reliability=reliability,
                       named={'it': named}, output_temperature=1.0).probability[:, named]
    expected = negative_log_likelihood(truth, probability / probability.sum(axis=1, keepdims=True))
    assert mixture_loss(logits / 1.7, truth, named)(reliability) == pytest.approx(expected)


def test_pure_noise_is_not_trusted():
    logits, truth = answers(3000, temperature=1.0, reliability=0.0)
    temperature, reliability = fit_trust(logits, truth, ALL)
    assert reliability < 0.1 or temperature > 4.0


def test_a_class_that_was_never_learned_does_not_count():
    named = np.arange(K) != 6
    logits, truth = answers(6000, temperature=2.0, reliability=0.8, named=named)
    found = fit_trust(logits, truth, named)
    assert found == pytest.approx((2.0, 0.8), rel=0.12)
    logits[:, 6] = 50.0
    assert fit_trust(logits, truth, named) == found


def test_a_few_right_answers_say_less_than_many():
    few, many = (fit_trust(3 * np.eye(K)[truth], truth, ALL)[0]
                 for truth in (np.arange(10) % K, np.arange(1000) % K))
    assert many < few < 1.0
