"""Modalities that never learned some of the classes."""

from hypothesis import given, settings
from hypothesis import strategies as st
import numpy as np
import pytest

from mer_ros.fusion import fuse, PRESETS

PRESET_NAMES = sorted(PRESETS)
MASK = [True, True, False, True, False]
SPEECH = [2.0, -1.0, 0.0, 0.5, 0.0]
FACE = [0.3, 0.2, 1.9, -0.4, 0.1]


@pytest.mark.parametrize('reliability', [1.0, 0.4])
@pytest.mark.parametrize('preset', PRESET_NAMES)
def test_the_log_score_of_an_unnamed_class_is_the_mean_of_the_named_ones(preset, reliability):
    opinion = fuse({'speech': SPEECH, 'face': FACE}, preset=preset, named={'speech': MASK},
                   reliability=reliability)
    scores = opinion.per_modality['speech'].log_scores
    np.testing.assert_allclose(scores[[2, 4]], scores[[0, 1, 3]].mean(), rtol=1e-14)


@pytest.mark.parametrize('preset', PRESET_NAMES)
@settings(max_examples=30)
@given(ignored=st.floats(-1e300, 1e300))
def test_values_of_unnamed_classes_are_ignored(preset, ignored):
    def fused(value):
        speech = np.where(MASK, SPEECH, value)
        return fuse({'speech': speech, 'face': FACE}, preset=preset, named={'speech': MASK})

    np.testing.assert_array_equal(fused(ignored).probability, fused(0.0).probability)
    np.testing.assert_array_equal(fused(ignored).uncertainty, fused(0.0).uncertainty)


def test_an_unnamed_class_keeps_its_odds_against_the_geometric_mean_of_the_named_ones():
    alone = fuse({'face': FACE}, output_temperature=1.0).probability
    both = fuse({'face': FACE, 'speech': SPEECH}, named={'speech': MASK},
                output_temperature=1.0).probability

    def lead(p):
        return np.log(p[2]) - np.log(p[[0, 1, 3]]).mean()

    np.testing.assert_allclose(lead(both), lead(alone), rtol=1e-12)


def test_given_evidence_at_unnamed_classes_may_even_be_negative():
    opinion = fuse({'a': [1.0, -5.0, 3.0]}, preset='paper', evidence='given',
                   named={'a': [True, False, True]})
    np.testing.assert_allclose(opinion.evidence[[0, 2]], [1.0, 3.0], rtol=1e-12)


def test_a_modality_that_names_a_single_class_says_nothing_about_any_when_calibrated():
    opinion = fuse({'a': [9.0, 1.0, 1.0]}, named={'a': [True, False, False]})
    assert opinion.uncertainty == 1.0


def test_the_minimum_of_equal_named_values_is_not_moved_by_rounding():
    assert np.sum(np.full(7, 1e300)) / 7 < 1e300  # rounded below the values themselves
    opinion = fuse({'a': [1e300] * 7 + [0.0]}, named={'a': [True] * 7 + [False]})
    assert opinion.uncertainty == 1.0


def test_masks_hold_for_every_window_of_a_batch():
    draw = np.random.default_rng(4)
    speech, face = draw.normal(size=(6, 2, 5)), draw.normal(size=(2, 5))
    whole = fuse({'speech': speech, 'face': face}, named={'speech': MASK})
    one = fuse({'speech': speech[3, 1], 'face': face[1]}, named={'speech': MASK})
    np.testing.assert_allclose(whole.belief[3, 1], one.belief, rtol=1e-12)


def test_a_mask_that_names_everything_changes_nothing():
    named = fuse({'face': FACE}, named={'face': [True] * 5})
    np.testing.assert_array_equal(named.belief, fuse({'face': FACE}).belief)
