"""Belief goes only as far as a modality commits itself."""

from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
import numpy as np
import pytest

from mer_ros.fusion import fuse

K = 7
scores = arrays(np.float64, K, elements=st.floats(-8, 8))


def logits(best: float) -> np.ndarray:
    probability = np.full(K, (1.0 - best) / (K - 1))
    probability[3] = best
    return np.log(probability)


def doubted(*modalities: np.ndarray, **options: object) -> object:
    return fuse({f'm{i}': values for i, values in enumerate(modalities)}, output_temperature=1.0,
                doubt=True, **options)


@given(scores)
def test_uncertainty_of_one_modality_is_at_least_the_chance_of_error_relative_to_a_guess(
    values: np.ndarray
) -> None:
    opinion = doubted(values)
    wrong = (1.0 - opinion.probability.max()) / (1.0 - 1.0 / K)
    assert opinion.uncertainty >= wrong - 1e-12
    assert opinion.belief.max() <= 1.0 - wrong + 1e-12


@given(scores, scores)
def test_doubt_changes_neither_probability_nor_the_sum_of_the_masses(
    one: np.ndarray, other: np.ndarray
) -> None:
    plain = fuse({'m0': one, 'm1': other}, output_temperature=1.0)
    opinion = doubted(one, other)
    np.testing.assert_allclose(opinion.probability, plain.probability, rtol=1e-9, atol=1e-15)
    assert opinion.belief.sum() + opinion.uncertainty == pytest.approx(1.0)
    assert opinion.uncertainty >= plain.uncertainty - 1e-12


def test_the_surer_the_modality_the_smaller_the_uncertainty() -> None:
    uncertainty = [float(doubted(logits(best)).uncertainty) for best in (0.2, 0.5, 0.8, 0.99)]
    assert uncertainty == sorted(uncertainty, reverse=True)
    assert uncertainty[0] > 0.9
    assert uncertainty[-1] < 0.02


def test_modalities_that_agree_leave_less_doubt_than_each_alone() -> None:
    one, three = doubted(logits(0.6)), doubted(*[logits(0.6)] * 3)
    assert three.uncertainty < one.uncertainty / 2


def test_a_guess_is_exact_ignorance_and_certainty_is_none() -> None:
    assert doubted(np.zeros(K)).uncertainty == 1.0
    assert doubted(1e3 * np.eye(K)[0]).uncertainty == pytest.approx(0.0, abs=1e-12)


def test_classes_that_a_model_never_learned_do_not_count_as_committed_to() -> None:
    named = {'m0': np.arange(K) < 6}
    known = np.where(named['m0'], np.log([0.5, 0.1, 0.1, 0.1, 0.1, 0.1, 1.0]), 0.0)
    opinion = doubted(known, named=named)
    assert opinion.uncertainty >= 0.5 / (1 - 1 / 6) - 1e-12
    only = doubted(np.eye(K)[0], named={'m0': np.arange(K) < 1})
    assert only.uncertainty == 1.0


def test_doubt_and_reliability_multiply() -> None:
    half = doubted(logits(0.9), reliability=0.5)
    whole = doubted(logits(0.9))
    np.testing.assert_allclose(half.belief, 0.5 * whole.belief)


def test_without_an_output_temperature_nothing_is_doubted() -> None:
    plain, asked = (fuse({'m0': logits(0.5)}, doubt=doubt) for doubt in (False, True))
    np.testing.assert_array_equal(plain.belief, asked.belief)
