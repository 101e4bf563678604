"""Every rule against an independent form, in opinion space or over the power set."""

from itertools import combinations
from itertools import product as cartesian
from math import prod

import numpy as np
import pytest

from mer_ros.fusion import fuse, Rule

MODALITIES = ['a', 'b', 'c', 'd', 'e']
DRAWS = [(classes, count, seed) for classes in (2, 3, 5) for count in (2, 3) for seed in range(4)]


def draw_evidence(classes, count, seed):
    draw = np.random.default_rng([classes, count, seed])
    evidence = draw.gamma(0.5, 10.0, size=(count, classes))
    evidence[draw.random((count, classes)) < 0.3] = 0.0
    return dict(zip(MODALITIES, evidence, strict=False))


def opinions(evidence):
    table = np.array(list(evidence.values()))
    strength = table.sum(axis=1) + table.shape[1]
    return table / strength[:, None], table.shape[1] / strength


def close(actual, expected):
    np.testing.assert_allclose(actual, expected, rtol=1e-10, atol=1e-14)


def fused(evidence, rule):
    return fuse(evidence, preset='paper', evidence='given', rule=rule)


def others(uncertainty, n):
    return prod(u for m, u in enumerate(uncertainty) if m != n)


def dempster_over_the_power_set(beliefs, uncertainties):
    """Intersect every choice of focal sets; return belief, uncertainty and conflict."""
    classes = beliefs.shape[1]
    frame = frozenset(range(classes))
    focal = [[*((frozenset([k]), b) for k, b in enumerate(belief)), (frame, u)]
             for belief, u in zip(beliefs, uncertainties, strict=True)]
    mass = {}
    for choice in cartesian(*focal):
        meet = frozenset.intersection(*(subset for subset, _ in choice))
        mass[meet] = mass.get(meet, 0.0) + prod(m for _, m in choice)
    conflict = mass.pop(frozenset(), 0.0)
    belief = np.array([mass.get(frozenset([k]), 0.0) for k in range(classes)])
    return belief / (1 - conflict), mass[frame] / (1 - conflict), conflict


def dempster_pairwise(first, second):
    """Eqs. (6)-(8) as printed."""
    (b1, u1), (b2, u2) = first, second
    conflict = sum(b1[i] * b2[j] for i in range(len(b1)) for j in range(len(b2)) if i != j)
    return (b1 * b2 + b1 * u2 + b2 * u1) / (1 - conflict), u1 * u2 / (1 - conflict)


@pytest.mark.parametrize('draw', DRAWS)
def test_dempster_equals_the_power_set_and_the_printed_equations(draw):
    evidence = draw_evidence(*draw)
    b, u = opinions(evidence)
    opinion = fused(evidence, 'dempster')
    belief, uncertainty, conflict = dempster_over_the_power_set(b, u)
    close(opinion.belief, belief)
    close(opinion.uncertainty, uncertainty)
    close(opinion.conflict, conflict)
    folded = (b[0], u[0])
    for more in zip(b[1:], u[1:], strict=True):
        folded = dempster_pairwise(folded, more)
    close(opinion.belief, folded[0])
    close(opinion.uncertainty, folded[1])


@pytest.mark.parametrize('draw', DRAWS)
def test_cumulative_equals_its_form_on_opinions(draw):
    evidence = draw_evidence(*draw)
    b, u = opinions(evidence)
    n = len(u)
    weight = sum(others(u, m) for m in range(n)) - (n - 1) * prod(u)
    opinion = fused(evidence, 'cumulative')
    close(opinion.belief, sum(b[m] * others(u, m) for m in range(n)) / weight)
    close(opinion.uncertainty, prod(u) / weight)


@pytest.mark.parametrize('draw', DRAWS)
def test_averaging_equals_its_form_on_opinions(draw):
    evidence = draw_evidence(*draw)
    b, u = opinions(evidence)
    n = len(u)
    weight = sum(others(u, m) for m in range(n))
    opinion = fused(evidence, 'averaging')
    close(opinion.belief, sum(b[m] * others(u, m) for m in range(n)) / weight)
    close(opinion.uncertainty, n * prod(u) / weight)


@pytest.mark.parametrize('draw', DRAWS)
def test_weighted_equals_its_form_on_opinions(draw):
    evidence = draw_evidence(*draw)
    b, u = opinions(evidence)
    n = len(u)
    if all(u == 1.0):
        expected_b, expected_u = np.zeros(b.shape[1]), 1.0
    else:
        weight = sum(others(u, m) for m in range(n)) - n * prod(u)
        expected_b = sum(b[m] * (1 - u[m]) * others(u, m) for m in range(n)) / weight
        expected_u = (n - sum(u)) * prod(u) / weight
    opinion = fused(evidence, 'weighted')
    close(opinion.belief, expected_b)
    close(opinion.uncertainty, expected_u)


@pytest.mark.parametrize('draw', DRAWS)
def test_yager_gives_the_conflict_to_ignorance(draw):
    evidence = draw_evidence(*draw)
    b, u = opinions(evidence)
    agreed = np.prod(b + u[:, None], axis=0) - np.prod(u)
    opinion = fused(evidence, 'yager')
    close(opinion.belief, agreed)
    close(opinion.uncertainty, 1.0 - agreed.sum())
    close(opinion.yager_uncertainty, opinion.uncertainty)


@pytest.mark.parametrize('draw', DRAWS)
def test_murphy_combines_the_mean_opinion_with_itself(draw):
    evidence = draw_evidence(*draw)
    b, u = opinions(evidence)
    average = (b.mean(axis=0), u.mean())
    expected = average
    for _ in range(len(u) - 1):
        expected = dempster_pairwise(expected, average)
    opinion = fused(evidence, 'murphy')
    close(opinion.belief, expected[0])
    close(opinion.uncertainty, expected[1])


@pytest.mark.parametrize('draw', DRAWS)
def test_mean_and_product_pool_the_probabilities(draw):
    evidence = draw_evidence(*draw)
    b, u = opinions(evidence)
    p = b + u[:, None] / b.shape[1]
    mean = fused(evidence, 'mean')
    close(mean.belief, b.mean(axis=0))
    close(mean.uncertainty, u.mean())
    close(mean.probability, p.mean(axis=0))
    pooled = np.prod(p, axis=0) / np.prod(p, axis=0).sum()
    product = fused(evidence, 'product')
    close(product.probability, pooled)
    close(product.uncertainty, b.shape[1] * pooled.min())
    close(product.belief, pooled - pooled.min())


@pytest.mark.parametrize('preset', ['paper', 'basic', 'calibrated'])
def test_sum_is_the_softmax_of_summed_logits_under_every_preset(preset):
    draw = np.random.default_rng(3)
    logits = {name: draw.normal(size=(9, 4)) for name in 'abc'}
    options = {'temperature': {'a': 2.0}, 'reliability': {'b': 0.5}}
    total = np.exp(logits['a'] / 2.0 + logits['b'] * 0.5 + logits['c'])
    opinion = fuse(logits, preset=preset, rule='sum', **options)
    close(opinion.probability, total / total.sum(axis=-1, keepdims=True))
    close(opinion.uncertainty, 4 * opinion.probability.min(axis=-1))


@pytest.mark.parametrize('rule', ['mean', 'product', 'sum'])
def test_output_temperature_sharpens_a_pooled_probability(rule):
    logits = {'a': [1.0, 2.0, 0.5], 'b': [0.3, -1.0, 0.0]}
    pooled = fuse(logits, rule=rule).probability
    sharp = fuse(logits, rule=rule, output_temperature=0.5).probability
    close(sharp, pooled**2 / (pooled**2).sum())


@pytest.mark.parametrize('rule', ['cumulative', 'averaging', 'weighted', 'yager', 'murphy', 'mean'])
def test_evidence_rules_leave_a_single_modality_as_it_is(rule):
    evidence = {'a': [3.0, 0.0, 0.25]}
    close(fused(evidence, rule).evidence, evidence['a'])


@pytest.mark.parametrize('rule', ['cumulative', 'averaging', 'weighted', 'murphy', 'mean'])
def test_two_against_one_stays_two_to_one_where_uncertainty_underflows(rule):
    opinion = fuse({'a': [1e300, 0.0], 'b': [1e300, 0.0], 'c': [0.0, 1e300]}, rule=rule)
    close(opinion.belief, [8 / 9, 1 / 9] if rule == 'murphy' else [2 / 3, 1 / 3])


def test_conflict_and_pairs_do_not_depend_on_the_rule():
    evidence = draw_evidence(5, 3, 0)
    b, u = opinions(evidence)
    p = b + u[:, None] / 5
    for rule in ('dempster', 'averaging', 'yager', 'product'):
        opinion = fused(evidence, rule)
        close(opinion.conflict, dempster_over_the_power_set(b, u)[2])
        for i, j in combinations(range(3), 2):
            expected = 0.5 * np.abs(p[i] - p[j]).sum() * (1 - u[i]) * (1 - u[j])
            close(opinion.pairwise_conflict[MODALITIES[i], MODALITIES[j]], expected)


def test_a_rule_may_be_given_as_an_object_and_sees_every_source():
    seen = []

    def strongest(sources):
        seen.append(sources)
        return sources.log_scores.max(axis=0)

    opinion = fuse({'a': [0.0, 3.0], 'b': None, 'c': [1.0, 0.0]}, rule=Rule(strongest),
                   reliability={'c': 0.0}, temperature=2.0)
    close(opinion.log_scores, [0.0, 1.5])
    assert seen[0].names == ('a', 'c')
    close(seen[0].scores, [[0.0, 1.5], [0.5, 0.0]])
    assert seen[0].present.tolist() == [True, False]
