"""Hand-worked fusions, batches and settings."""

from fractions import Fraction

import numpy as np
import pytest

from mer_ros.fusion import fuse, Opinion, PRESETS

LOGITS = {
    'face': [4.2, -1.1, 0.3, -2.0, 0.8, -0.5, 0.1],
    'speech': [2.9, 0.4, -0.7, -1.8, 1.2, 0.0, -0.6],
    'text': [0.2, -0.9, -0.4, 0.6, 3.1, -0.3, 0.5],
}
PRESET_NAMES = sorted(PRESETS)


def close(actual, expected):
    np.testing.assert_allclose(actual, expected, rtol=1e-12, atol=1e-15)


def batch(size, seed=1):
    draw = np.random.default_rng(seed)
    return {name: draw.normal(scale=3.0, size=(size, 7)) for name in LOGITS}


def same(one, other):
    for part in ('log_scores', 'belief', 'uncertainty', 'probability', 'conflict'):
        np.testing.assert_array_equal(getattr(one, part), getattr(other, part))


def test_two_modalities_of_two_classes_follow_the_equations_by_hand():
    # Minimum -1/2: evidence (2, 0) and (3/4, 5/4), S = 4 and 4, so b1 = (1/2, 0), u1 = 1/2,
    # b2 = (3/16, 5/16), u2 = 1/2; c = 1/2 * 5/16 = 5/32.
    opinion = fuse({'a': [1.5, -0.5], 'b': [0.25, 0.75]}, preset='paper')
    close(opinion.conflict, 5 / 32)
    close(opinion.belief, [(3 / 32 + 1 / 4 + 3 / 32) / (27 / 32), (5 / 32) / (27 / 32)])
    close(opinion.uncertainty, 8 / 27)
    close(opinion.probability, [2 / 3, 1 / 3])
    close(opinion.alpha, [4.5, 2.25])


def test_contradiction_lowers_the_uncertainty_of_dempster_and_raises_that_of_yager():
    spikes = {'a': [10.0] + 6 * [0.0], 'b': [0.0, 10.0] + 5 * [0.0]}
    opinion = fuse(spikes, preset='paper')
    close(opinion.uncertainty, 7 / 27)
    close(opinion.probability, [11 / 27, 11 / 27] + 5 * [1 / 27])
    close(opinion.conflict, (10 / 17) ** 2)
    close(opinion.yager_uncertainty, (7 / 17) ** 2 + (10 / 17) ** 2)
    close(opinion.pairwise_conflict['a', 'b'], (10 / 17) ** 3)
    assert opinion.probability.argmax() == 0


def test_three_large_contradicting_spikes_lose_no_digit():
    spikes = {name: np.eye(7)[k] * 1e6 for k, name in enumerate('abc')}
    opinion = fuse(spikes, preset='paper')
    close(opinion.uncertainty, float(Fraction(7, 3000007)))
    close(opinion.probability[:3], float(Fraction(1000001, 3000007)))
    close(opinion.probability[3:], float(Fraction(1, 3000007)))


def test_calibrated_with_an_output_temperature_is_the_product_of_softmax_experts():
    scaled = {'face': 2.0, 'speech': 0.5}
    total = sum(np.array(LOGITS[name]) / scaled.get(name, 1.0) for name in LOGITS)
    expected = np.exp(total) / np.exp(total).sum()
    close(fuse(LOGITS, temperature=scaled, output_temperature=1.0).probability, expected)
    cooled = np.exp(total / 3.0) / np.exp(total / 3.0).sum()
    close(fuse(LOGITS, temperature=scaled, output_temperature=3.0).probability, cooled)


def test_basic_takes_positive_logits_as_evidence():
    opinion = fuse({'a': [2.0, -3.0, 1.0]}, preset='basic')
    close(opinion.evidence, [2.0, 0.0, 1.0])


@pytest.mark.parametrize(('name', 'evidence'), [
    ('shift_min', [0.0, 3.0]),
    ('expm1', [0.0, 2.0 * np.expm1(3.0)]),
    ('relu', [0.0, 2.0]),
    ('softplus', [np.log1p(np.exp(-1.0)), np.log1p(np.exp(2.0))]),
    ('exp', [np.exp(-1.0), np.exp(2.0)]),
])
def test_each_map_gives_its_evidence(name, evidence):
    close(fuse({'a': [-1.0, 2.0]}, preset='paper', evidence=name).evidence, evidence)


def test_given_evidence_is_taken_as_it_is():
    evidence = [0.25, 0.0, 7.0]
    close(fuse({'a': evidence}, preset='paper', evidence='given').evidence, evidence)


def test_the_references_set_where_evidence_is_zero():
    logits = {'a': [1.0, 2.0], 'b': [5.0, 3.0]}

    def check(reference, a, b):
        opinion = fuse(logits, preset='paper', reference=reference)
        close(opinion.per_modality['a'].evidence, a)
        close(opinion.per_modality['b'].evidence, b)

    check('global', [0.0, 1.0], [4.0, 2.0])
    check('own', [0.0, 1.0], [2.0, 0.0])
    check(1.5, [0.0, 0.5], [3.5, 1.5])
    check({'a': 0.0, 'b': 4.0}, [1.0, 2.0], [1.0, 0.0])


def test_a_numeric_reference_is_in_the_unit_of_the_logits():
    opinion = fuse({'a': [5.0, 3.0]}, preset='paper', reference=1.0, temperature=2.0)
    close(opinion.evidence, [2.0, 1.0])


@pytest.mark.parametrize('preset', PRESET_NAMES)
def test_every_keyword_overrides_the_preset(preset):
    paper = {'evidence': 'shift_min', 'reference': 'global', 'rule': 'dempster'}
    opinion = fuse(LOGITS, preset=preset, **paper)
    np.testing.assert_array_equal(opinion.belief, fuse(LOGITS, preset='paper').belief)


@pytest.mark.parametrize('preset', PRESET_NAMES)
def test_nothing_present_is_vacuous(preset):
    opinion = fuse({'face': None, 'text': None}, preset=preset, classes=4)
    np.testing.assert_array_equal(opinion.probability, np.full(4, 0.25))
    np.testing.assert_array_equal(opinion.belief, np.zeros(4))
    np.testing.assert_array_equal(opinion.alpha, np.ones(4))
    assert opinion.uncertainty == 1.0
    assert opinion.conflict == 0.0
    assert opinion.yager_uncertainty == 1.0
    assert opinion.pairwise_conflict == {}
    assert opinion.used == ()
    assert opinion.missing == ('face', 'text')


def test_the_frame_has_seven_classes_when_nothing_says_otherwise():
    assert fuse({'face': None}).belief.shape == (7,)


def test_used_and_missing_name_the_modalities_in_the_order_given():
    opinion = fuse({'text': None, 'speech': LOGITS['speech'], 'face': LOGITS['face']})
    assert opinion.used == ('speech', 'face')
    assert opinion.missing == ('text',)
    assert set(opinion.per_modality) == {'text', 'speech', 'face'}
    assert opinion.per_modality['text'].uncertainty == 1.0


def test_a_modality_says_the_same_alone_and_in_company():
    opinion = fuse(LOGITS).per_modality['face']
    same(opinion, fuse({'face': LOGITS['face']}))
    assert opinion.conflict == 0.0
    assert isinstance(opinion, Opinion)


@pytest.mark.parametrize('preset', PRESET_NAMES)
def test_a_batch_equals_its_windows_one_by_one(preset):
    logits = batch(20)
    whole = fuse(logits, preset=preset)
    for row in range(20):
        one = fuse({name: array[row] for name, array in logits.items()}, preset=preset)
        close(whole.belief[row], one.belief)
        close(whole.uncertainty[row], one.uncertainty)
        close(whole.probability[row], one.probability)
        close(whole.conflict[row], one.conflict)
        close(whole.yager_uncertainty[row], one.yager_uncertainty)
        close(whole.pairwise_conflict['face', 'text'][row], one.pairwise_conflict['face', 'text'])


def test_leading_dimensions_broadcast():
    draw = np.random.default_rng(2)
    face, text = draw.normal(size=(4, 1, 7)), draw.normal(size=(5, 7))
    opinion = fuse({'face': face, 'text': text})
    assert opinion.belief.shape == opinion.per_modality['face'].belief.shape == (4, 5, 7)
    assert opinion.uncertainty.shape == opinion.conflict.shape == (4, 5)
    close(opinion.belief[2, 3], fuse({'face': face[2, 0], 'text': text[3]}).belief)


def test_an_empty_batch_gives_an_empty_batch():
    opinion = fuse({'face': np.zeros((0, 7)), 'text': np.zeros(7)})
    assert opinion.probability.shape == (0, 7)
    assert opinion.conflict.shape == (0,)


def test_half_precision_logits_are_fused_in_double_precision():
    half = {name: np.array(values, dtype=np.float16) for name, values in LOGITS.items()}
    double = {name: values.astype(np.float64) for name, values in half.items()}
    same(fuse(half, preset='paper'), fuse(double, preset='paper'))
    large = np.array([60000.0] + 6 * [0.0], dtype=np.float16)
    close(fuse({'a': large, 'b': large}, preset='paper').evidence[0],
          7 * ((1 + 60000 / 7) ** 2 - 1))


def test_the_inputs_are_left_as_they_were():
    logits = {name: np.array(values) for name, values in LOGITS.items()}
    fuse(logits, temperature=3.0, reliability=0.5, named={'face': [True] * 6 + [False]})
    for name, values in LOGITS.items():
        np.testing.assert_array_equal(logits[name], values)


def test_equal_scores_decide_for_the_lowest_index():
    for preset in PRESETS:
        opinion = fuse({'a': [0.1, 0.7, 0.7, 0.2], 'b': [0.3, 0.9, 0.9, 0.9]}, preset=preset)
        assert opinion.probability.argmax() == opinion.belief.argmax() == 1


def test_a_row_of_reliability_zero_is_exactly_a_missing_modality():
    logits = batch(6)
    masked = {**logits, 'text': logits['text'].copy()}
    masked['text'][::2] = -1e9
    present = np.arange(6) % 2 == 1
    for preset in PRESETS:
        for rule in ('dempster', 'averaging', 'mean', 'murphy', 'sum'):
            both = fuse(masked, preset=preset, rule=rule, reliability={'text': present})
            without = fuse({**masked, 'text': None}, preset=preset, rule=rule)
            within = fuse(logits, preset=preset, rule=rule)
            np.testing.assert_array_equal(both.log_scores[::2], without.log_scores[::2])
            np.testing.assert_array_equal(both.probability[::2], without.probability[::2])
            np.testing.assert_array_equal(both.conflict[::2], without.conflict[::2])
            np.testing.assert_array_equal(both.log_scores[1::2], within.log_scores[1::2])
