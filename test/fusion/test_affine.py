"""Affine calibration of logits before they become evidence."""

import numpy as np
import pytest

from mer_ros.fusion import Affine, fuse, PRESETS, untrained_rules

DRAW = np.random.default_rng(7)
FACE, VOICE = DRAW.normal(size=(2, 40, 5)) * 2
FACE_MAP = Affine(DRAW.normal(size=(5, 5)), DRAW.normal(size=5))
VOICE_MAP = Affine(DRAW.normal(size=(5, 5)), DRAW.normal(size=5))


def mapped(logits, affine):
    return (logits - logits.mean(axis=-1, keepdims=True)) @ affine.weights.T + affine.bias


def softmax(scores):
    weights = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return weights / weights.sum(axis=-1, keepdims=True)


@pytest.mark.parametrize('preset', PRESETS)
@pytest.mark.parametrize('rule', untrained_rules())
def test_fusing_calibrated_logits_is_fusing_what_the_map_makes_of_them(preset, rule):
    there = fuse({'face': FACE, 'voice': VOICE}, preset=preset, rule=rule, temperature=1.5,
                 calibration={'face': FACE_MAP, 'voice': VOICE_MAP})
    by_hand = fuse({'face': mapped(FACE, FACE_MAP), 'voice': mapped(VOICE, VOICE_MAP)},
                   preset=preset, rule=rule, temperature=1.5)
    np.testing.assert_allclose(there.belief, by_hand.belief, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(there.uncertainty, by_hand.uncertainty, rtol=1e-9)


def test_dempster_adds_two_logistic_models():
    opinion = fuse({'face': FACE, 'voice': VOICE}, output_temperature=1.0,
                   calibration={'face': FACE_MAP, 'voice': VOICE_MAP})
    np.testing.assert_allclose(
        opinion.probability, softmax(mapped(FACE, FACE_MAP) + mapped(VOICE, VOICE_MAP)), rtol=1e-9)


def test_modalities_that_are_not_named_stay_exactly_as_they_are():
    one = fuse({'face': FACE, 'voice': VOICE}, calibration={'face': FACE_MAP})
    plain = fuse({'voice': VOICE})
    np.testing.assert_array_equal(one.per_modality['voice'].log_scores, plain.log_scores)


@pytest.mark.parametrize('nothing', [None, {}])
def test_no_calibration_changes_nothing(nothing):
    np.testing.assert_array_equal(
        fuse({'face': FACE}, calibration=nothing).log_scores, fuse({'face': FACE}).log_scores)


def test_the_level_of_the_logits_does_not_matter():
    low, high = (fuse({'face': FACE + level}, calibration={'face': FACE_MAP}, preset='paper')
                 for level in (0.0, 100.0))
    np.testing.assert_allclose(low.log_scores, high.log_scores, rtol=1e-9)


def test_a_missing_modality_may_be_calibrated():
    maps = {'face': FACE_MAP, 'voice': VOICE_MAP}
    with_missing = fuse({'face': FACE, 'voice': None}, calibration=maps)
    alone = fuse({'face': FACE}, calibration={'face': FACE_MAP})
    np.testing.assert_array_equal(with_missing.log_scores, alone.log_scores)


def test_a_class_that_was_never_learned_is_neither_supported_nor_opposed():
    mask = [True, True, True, True, False]
    odd = FACE.copy()
    odd[:, 4] = 1e6
    opinion = fuse({'face': odd}, named={'face': mask}, calibration={'face': FACE_MAP})
    scores = opinion.log_scores
    np.testing.assert_allclose(scores[:, 4], scores[:, :4].mean(axis=1), rtol=1e-9)
    np.testing.assert_array_equal(scores, fuse(
        {'face': FACE}, named={'face': mask}, calibration={'face': FACE_MAP}).log_scores)


@pytest.mark.parametrize('preset', PRESETS)
def test_the_largest_numbers_that_are_allowed_give_finite_opinions(preset):
    most = Affine(np.full((5, 5), 1e6) * np.sign(FACE_MAP.weights), np.full(5, -1e300))
    opinion = fuse({'face': [1e300, -1e300, 0.0, 1.0, -1.0]}, preset=preset, temperature=0.01,
                   calibration={'face': most})
    for values in (opinion.belief, opinion.uncertainty, opinion.probability, opinion.alpha):
        assert np.isfinite(values).all()


@pytest.mark.parametrize(('calibration', 'message'), [
    ({'nose': FACE_MAP}, "names \\['nose'\\]"),
    ({'face': Affine(np.eye(4), np.zeros(5))}, 'shape \\(4, 4\\).*shape \\(5, 5\\)'),
    ({'face': Affine(np.eye(5), np.zeros(4))}, 'bias.*shape \\(5,\\)'),
    ({'face': Affine(np.full((5, 5), np.nan), np.zeros(5))}, 'numbers up to'),
    ({'face': Affine(np.eye(5) * 1e7, np.zeros(5))}, 'numbers up to 1e\\+06'),
    ({'face': Affine(np.eye(5), np.full(5, np.inf))}, 'bias'),
    ({'voice': Affine(np.eye(4), np.zeros(4))}, "of 'voice'"),
])
def test_a_calibration_that_cannot_be_is_refused_with_what_is_allowed(calibration, message):
    with pytest.raises(ValueError, match=message):
        fuse({'face': FACE, 'voice': None}, calibration=calibration)
