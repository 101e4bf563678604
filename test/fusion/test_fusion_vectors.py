"""Worked cases computed with 80 digits, when the shared data is there."""

import json
from pathlib import Path

import numpy as np
import pytest

from mer_ros.fusion import fuse

FILE = Path(__file__).resolve().parents[3] / 'shared' / 'vectors' / 'fusion_cases.json'
if not FILE.is_file():
    pytest.skip('the folder ../shared/vectors is not there', allow_module_level=True)

MAPS = {
    'shift_global_min': {},
    'shift_own_min': {'reference': 'own'},
    'expm1_own_min': {'evidence': 'expm1', 'reference': 'own'},
}


@pytest.fixture(scope='module')
def cases():
    return json.loads(FILE.read_text(encoding='utf-8'))['cases']


def fused(case, **options):
    mode = case['evidence_mode']
    numbers = case['evidence'] if mode == 'given' else case['logits']
    chosen = MAPS.get(mode, {'evidence': mode})
    return fuse(numbers, preset='paper', classes=case['K'], **chosen, **options)


def close(actual, expected):
    np.testing.assert_allclose(actual, expected, rtol=1e-12, atol=1e-15)


def test_every_case_gives_the_worked_fused_opinion(cases):
    for case in cases:
        opinion, expected = fused(case), case['expected']
        close(opinion.belief, expected['fused']['b'])
        close(opinion.uncertainty, expected['fused']['u'])
        close(opinion.evidence, expected['fused']['evidence'])
        close(opinion.alpha, expected['fused']['alpha'])
        close(opinion.probability, expected['fused']['p'])
        close(opinion.log_scores, expected['fused']['log_scores'])
        close(opinion.plausibility, expected['fused']['plausibility_p'])
        close(1.0 - opinion.conflict, expected['one_minus_total_conflict'])
        assert opinion.probability.argmax() == expected['fused']['argmax'], case['id']


def test_every_case_gives_the_worked_opinion_of_each_modality(cases):
    for case in cases:
        opinion = fused(case)
        for name, expected in case['expected']['per_modality'].items():
            close(opinion.per_modality[name].belief, expected['b'])
            close(opinion.per_modality[name].uncertainty, expected['u'])
            close(opinion.per_modality[name].evidence, expected['evidence'])


def test_conflict_of_the_first_n_modalities_follows_the_worked_steps(cases):
    for case in cases:
        numbers = case['evidence'] if case['evidence_mode'] == 'given' else case['logits']
        used = [name for name in case['modalities'] if numbers[name] is not None]
        if case['evidence_mode'] == 'shift_global_min':
            floor = min((min(numbers[name]) for name in used), default=0.0)
            case = {**case, 'logits': {
                name: None if numbers[name] is None else [x - floor for x in numbers[name]]
                for name in numbers}, 'evidence_mode': 'relu'}
            numbers = case['logits']
        field = 'evidence' if case['evidence_mode'] == 'given' else 'logits'
        kept = 1.0
        for n, step in enumerate(case['expected']['step_conflict'], start=2):
            names = case['modalities'][:n]
            kept *= 1.0 - step
            conflict = fused({**case, field: {name: numbers[name] for name in names}}).conflict
            np.testing.assert_allclose(conflict, 1.0 - kept, rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize('rule', ['cumulative', 'averaging', 'weighted', 'yager', 'murphy'])
def test_every_alternative_rule_gives_its_worked_opinion(cases, rule):
    worked = [case for case in cases if rule in case['expected'].get('alternatives', {})]
    assert worked
    for case in worked:
        opinion, expected = fused(case, rule=rule), case['expected']['alternatives'][rule]
        close(opinion.belief, expected['b'])
        close(opinion.uncertainty, expected['u'])
        close(opinion.probability, expected['p'])


def test_yager_uncertainty_and_pairwise_conflict_match_the_worked_ones(cases):
    worked = [case for case in cases if 'yager' in case['expected'].get('alternatives', {})]
    assert worked
    for case in worked:
        opinion, expected = fused(case), case['expected']['alternatives']
        close(opinion.yager_uncertainty, expected['yager']['u'])
        close(list(opinion.pairwise_conflict.values()), expected['ecml_pairwise_conflict'])
