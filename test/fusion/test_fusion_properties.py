"""Laws that hold for every input."""

from itertools import permutations

from hypothesis import assume, given, settings
from hypothesis import strategies as st
import numpy as np
import pytest

from mer_ros.fusion import fuse, PRESETS, RULES
from mer_ros.fusion.evidence import ABSOLUTE, REFERENCED

MAPS = sorted([*ABSOLUTE, *REFERENCED])
BUILT_IN = ['averaging', 'cumulative', 'dempster', 'mean', 'murphy', 'product', 'sum', 'weighted',
            'yager']
PRESET_NAMES = sorted(PRESETS)

ordinary = st.floats(-50.0, 50.0)
any_finite = st.floats(-1e300, 1e300)


def modalities(values, largest_k=6):
    """Return a strategy of logits: up to five modalities, up to ``largest_k`` classes."""
    return st.integers(1, largest_k).flatmap(lambda k: st.dictionaries(
        st.sampled_from('vwxyz'), st.lists(values, min_size=k, max_size=k),
        min_size=1, max_size=5))


def test_every_rule_that_is_promised_is_there():
    assert set(BUILT_IN) <= set(RULES.names())


def check_is_an_opinion(opinion):
    for part in (opinion, *opinion.per_modality.values()):
        numbers = [part.belief, part.uncertainty, part.probability, part.alpha, part.evidence,
                   part.log_scores, part.plausibility, part.conflict, part.yager_uncertainty,
                   *part.pairwise_conflict.values()]
        assert all(np.isfinite(number).all() for number in numbers)
        assert (part.belief >= 0.0).all()
        assert (part.evidence >= 0.0).all()
        assert (part.alpha >= 1.0).all()
        for share in (part.uncertainty, part.conflict, part.yager_uncertainty,
                      *part.pairwise_conflict.values()):
            assert (share >= 0.0).all()
            assert (share <= 1.0 + 1e-12).all()
        np.testing.assert_allclose(part.belief.sum(axis=-1) + part.uncertainty, 1.0, rtol=1e-9)
        np.testing.assert_allclose(part.probability.sum(axis=-1), 1.0, rtol=1e-9)
        np.testing.assert_allclose(part.plausibility.sum(axis=-1), 1.0, rtol=1e-9)


@pytest.mark.filterwarnings('error')
@pytest.mark.parametrize('rule', BUILT_IN)
@pytest.mark.parametrize('evidence', MAPS)
@settings(max_examples=15)
@given(logits=modalities(any_finite) | modalities(ordinary), reference=st.sampled_from(
    ['own', 'global', -1e300, 0.0, 3.5]), temperature=st.floats(1e-300, 1e300),
    reliability=st.floats(0.0, 1.0), output=st.none() | st.floats(5e-324, 1e300),
    preset=st.sampled_from(PRESET_NAMES))
def test_any_finite_input_gives_an_opinion_without_a_warning(
        rule, evidence, logits, reference, temperature, reliability, output, preset):
    if evidence == 'given':
        logits = {name: np.abs(values) for name, values in logits.items()}
    check_is_an_opinion(fuse(
        logits, preset=preset, evidence=evidence, reference=reference, rule=rule,
        output_temperature=output, temperature={next(iter(logits)): temperature},
        reliability={next(iter(logits)): reliability}))


@pytest.mark.filterwarnings('error')
@pytest.mark.parametrize('rule', BUILT_IN)
@pytest.mark.parametrize('evidence', MAPS)
def test_the_extremes_of_the_input_give_an_opinion_without_a_warning(rule, evidence):
    extremes = [0.0, -0.0, 5e-324, 1e-300, 1.0, 700.0, 745.0, 1e16, 1e300]
    if evidence != 'given':
        extremes += [-1.0, -745.0, -1e300]
    rows = np.array([(x, y, 0.0) for x in extremes for y in extremes])
    logits = {'a': rows[:, None], 'b': rows, 'c': np.ones(3)}
    for reference in ('own', 'global'):
        for reliability in (1.0, {'b': 0.5}, {'a': 1e-300, 'b': 0.0}):
            check_is_an_opinion(fuse(logits, preset='paper', evidence=evidence, rule=rule,
                                     reference=reference, reliability=reliability))


@pytest.mark.parametrize('rule', BUILT_IN)
@settings(max_examples=25)
@given(logits=modalities(ordinary), preset=st.sampled_from(PRESET_NAMES))
def test_order_never_matters(rule, logits, preset):
    expected = fuse(logits, preset=preset, rule=rule)
    for order in list(permutations(logits))[:6]:
        opinion = fuse({name: logits[name] for name in order}, preset=preset, rule=rule)
        np.testing.assert_allclose(opinion.belief, expected.belief, rtol=1e-9, atol=1e-12)
        np.testing.assert_allclose(opinion.probability, expected.probability, rtol=1e-9)
        np.testing.assert_allclose(opinion.conflict, expected.conflict, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize('rule', BUILT_IN)
@settings(max_examples=25)
@given(logits=modalities(ordinary), level=ordinary, preset=st.sampled_from(PRESET_NAMES))
def test_missing_and_reliability_zero_are_the_exact_identity(rule, logits, level, preset):
    expected = fuse(logits, preset=preset, rule=rule)
    width = len(next(iter(logits.values())))
    for extra, reliability in ((None, 1.0), (np.arange(width) * level, 0.0)):
        opinion = fuse({'first': extra, **logits, 'last': extra}, preset=preset, rule=rule,
                       reliability={'first': reliability, 'last': reliability})
        np.testing.assert_array_equal(opinion.log_scores, expected.log_scores)
        np.testing.assert_array_equal(opinion.probability, expected.probability)
        np.testing.assert_allclose(opinion.conflict, expected.conflict, atol=1e-15)


@settings(max_examples=50)
@given(logits=modalities(ordinary), shift=st.floats(-1e3, 1e3))
def test_paper_ignores_a_constant_added_to_every_modality(logits, shift):
    moved = {name: np.array(values) + shift for name, values in logits.items()}
    np.testing.assert_allclose(fuse(moved, preset='paper').probability,
                               fuse(logits, preset='paper').probability, rtol=1e-9)


@settings(max_examples=50)
@given(logits=modalities(ordinary), shifts=st.lists(
    st.floats(-1e3, 1e3), min_size=5, max_size=5))
def test_calibrated_ignores_a_constant_added_to_any_modality(logits, shifts):
    moved = {name: np.array(logits[name]) + shift
             for name, shift in zip(logits, shifts, strict=False)}
    one, other = fuse(moved), fuse(logits)
    np.testing.assert_allclose(one.probability, other.probability, rtol=1e-9)
    np.testing.assert_allclose(one.uncertainty, other.uncertainty, rtol=1e-9)


@settings(max_examples=50)
@given(level=any_finite, width=st.integers(1, 9))
def test_calibrated_takes_flat_logits_for_ignorance(level, width):
    assert fuse({'a': np.full(width, level)}).uncertainty == 1.0


@settings(max_examples=50)
@given(logits=modalities(ordinary), preset=st.sampled_from(PRESET_NAMES))
def test_dempster_never_leaves_more_uncertainty_than_its_surest_source(logits, preset):
    opinion = fuse(logits, preset=preset)
    surest = min(part.uncertainty for part in opinion.per_modality.values())
    assert opinion.uncertainty <= surest * (1.0 + 1e-12)


@settings(max_examples=50)
@given(logits=modalities(st.floats(-8.0, 8.0)), preset=st.sampled_from(PRESET_NAMES))
def test_conflict_equals_the_ratio_of_uncertainties(logits, preset):
    opinion = fuse(logits, preset=preset)
    parts = np.prod([part.uncertainty for part in opinion.per_modality.values()])
    np.testing.assert_allclose(1.0 - opinion.conflict, parts / opinion.uncertainty,
                               rtol=1e-9, atol=1e-13)


@settings(max_examples=50)
@given(logits=modalities(ordinary), preset=st.sampled_from(PRESET_NAMES))
def test_the_decision_is_the_largest_log_score(logits, preset):
    opinion = fuse(logits, preset=preset)
    best, rest = opinion.log_scores.max(), opinion.log_scores
    assume(np.sum(rest > best - 1e-9) == 1)
    assert opinion.probability.argmax() == opinion.belief.argmax() == rest.argmax()
