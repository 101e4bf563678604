"""Discounts."""

from hypothesis import given, settings
from hypothesis import strategies as st
import numpy as np
import pytest

from mer_ros.fusion import fuse, PRESETS

PRESET_NAMES = sorted(PRESETS)
LOGITS = [2.0, -1.0, 0.5]


@pytest.mark.parametrize('preset', PRESET_NAMES)
@settings(max_examples=40, deadline=None)
@given(logits=st.lists(st.floats(-30.0, 30.0), min_size=2, max_size=6),
       reliability=st.floats(0.0, 1.0))
def test_belief_shrinks_by_the_reliability(preset, logits, reliability):
    trusted = fuse({'a': logits}, preset=preset)
    doubted = fuse({'a': logits}, preset=preset, reliability=reliability)
    np.testing.assert_allclose(doubted.belief, reliability * trusted.belief, rtol=1e-9, atol=1e-15)
    np.testing.assert_allclose(
        doubted.uncertainty, 1.0 - reliability + reliability * trusted.uncertainty, rtol=1e-9)


def test_evidence_shrinks_as_the_formula_says():
    evidence, r, k = np.array([6.2, 0.9, 0.0]), 0.7, 3
    strength = evidence.sum() + k
    opinion = fuse({'a': evidence}, preset='paper', evidence='given', reliability={'a': r})
    np.testing.assert_allclose(
        opinion.evidence, k * r * evidence / (strength * (1 - r) + r * k), rtol=1e-12)


def test_full_reliability_is_exactly_the_opinion_and_none_exactly_ignorance():
    logits = np.tile(LOGITS, (3, 1))
    opinion = fuse({'a': logits}, reliability=np.array([1.0, 0.0, 0.5]))
    np.testing.assert_array_equal(opinion.log_scores[0], fuse({'a': LOGITS}).log_scores)
    np.testing.assert_array_equal(opinion.log_scores[1], np.zeros(3))
    assert opinion.uncertainty[1] == 1.0
    assert 0.0 < opinion.log_scores[2, 0] < opinion.log_scores[0, 0]


def test_a_mapping_discounts_only_what_it_names():
    opinion = fuse({'a': LOGITS, 'b': LOGITS}, reliability={'b': 0.5})
    np.testing.assert_array_equal(
        opinion.per_modality['a'].belief, fuse({'a': LOGITS}).belief)
    assert opinion.per_modality['b'].uncertainty > opinion.per_modality['a'].uncertainty


def test_an_unbounded_opinion_can_be_discounted():
    opinion = fuse({'a': [1e300, 0.0]}, reliability=0.9)
    np.testing.assert_allclose(opinion.belief, [0.9, 0.0], rtol=1e-12)
    np.testing.assert_allclose(opinion.uncertainty, 0.1, rtol=1e-12)


@settings(max_examples=60, deadline=None)
@given(logits=st.lists(st.floats(-30.0, 30.0), min_size=2, max_size=6),
       reliability=st.floats(0.0, 1.0))
def test_a_mixture_is_the_source_with_its_reliability_and_noise_otherwise(logits, reliability):
    options = {'output_temperature': 1.0, 'discount': 'mixture'}
    trusted = fuse({'a': logits}, **options).probability
    doubted = fuse({'a': logits}, reliability=reliability, **options).probability
    np.testing.assert_allclose(
        doubted, reliability * trusted + (1.0 - reliability) / len(logits), rtol=1e-9)


def test_a_mixture_of_full_reliability_is_exactly_the_opinion_and_of_none_ignorance():
    logits = np.tile(LOGITS, (2, 1))
    opinion = fuse({'a': logits}, reliability=np.array([1.0, 0.0]), discount='mixture')
    np.testing.assert_array_equal(opinion.log_scores[0], fuse({'a': LOGITS}).log_scores)
    np.testing.assert_array_equal(opinion.log_scores[1], np.zeros(3))


def test_a_mixture_of_an_unbounded_opinion_is_finite():
    opinion = fuse({'a': [1e300, 0.0]}, reliability=0.9, discount='mixture', output_temperature=1.0)
    np.testing.assert_allclose(opinion.probability, [0.95, 0.05], rtol=1e-12)


def test_an_unknown_discount_is_answered_with_the_known_ones():
    with pytest.raises(ValueError, match=r"'magic'; known: \['mixture', 'shafer'\]"):
        fuse({'a': LOGITS}, discount='magic')
