"""Discounts."""

from hypothesis import given, settings
from hypothesis import strategies as st
import numpy as np
import pytest

from mer_ros.fusion import fuse, PRESETS

PRESET_NAMES = sorted(PRESETS)
LOGITS = [2.0, -1.0, 0.5]


@pytest.mark.parametrize('preset', PRESET_NAMES)
@settings(max_examples=40)
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


@settings(max_examples=60)
@given(logits=st.lists(st.floats(-30.0, 30.0), min_size=2, max_size=6),
       reliability=st.floats(0.0, 1.0))
def test_with_an_output_temperature_a_doubted_source_is_noise_for_the_rest(logits, reliability):
    trusted = fuse({'a': logits}, output_temperature=1.0).probability
    doubted = fuse({'a': logits}, reliability=reliability, output_temperature=1.0)
    expected = reliability * trusted + (1.0 - reliability) / len(logits)
    np.testing.assert_allclose(doubted.probability, expected, rtol=1e-9)
    np.testing.assert_allclose(doubted.per_modality['a'].probability, expected, rtol=1e-9)
    np.testing.assert_array_equal(
        doubted.belief, fuse({'a': logits}, reliability=reliability).belief)


def test_doubted_sources_are_independent_experts():
    other = [0.0, 1.0, 3.0]
    trust = {'a': 0.8, 'b': 0.3}
    both = fuse({'a': LOGITS, 'b': other}, reliability=trust, output_temperature=1.0)
    alone = [fuse({name: logits}, reliability=trust[name], output_temperature=1.0).probability
             for name, logits in (('a', LOGITS), ('b', other))]
    product = alone[0] * alone[1]
    np.testing.assert_allclose(both.probability, product / product.sum(), rtol=1e-12)


def test_a_source_without_reliability_leaves_the_probability_as_it_was():
    alone = fuse({'a': LOGITS}, output_temperature=1.0).probability
    both = fuse({'a': LOGITS, 'b': LOGITS}, reliability={'b': 0.0}, output_temperature=1.0)
    np.testing.assert_allclose(both.probability, alone, rtol=1e-12)


def test_an_unbounded_opinion_mixes_to_a_finite_probability():
    opinion = fuse({'a': [1e300, 0.0]}, reliability=0.9, output_temperature=1.0)
    np.testing.assert_allclose(opinion.probability, [0.95, 0.05], rtol=1e-12)
