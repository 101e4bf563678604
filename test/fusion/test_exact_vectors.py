"""Opinions that tools/make_fusion_vectors.py worked with exact fractions, set by set."""

import json
from pathlib import Path

import numpy as np
import pytest

from mer_ros.fusion import fuse

CASES = json.loads(Path(__file__).with_name('vectors.json').read_text(encoding='utf-8'))


def fused(case, **options):
    return fuse(case['logits'], preset='paper', classes=case['classes'],
                reference=case['reference'], **options)


def close(actual, expected):
    np.testing.assert_allclose(actual, expected, rtol=1e-12, atol=1e-15)


@pytest.fixture(params=CASES, ids=lambda case: f'{case["title"]}, {case["reference"]}')
def case(request):
    return request.param


def test_dempsters_rule_gives_the_exact_opinion(case):
    opinion, expected = fused(case), case['fused']
    for field in ('belief', 'uncertainty', 'alpha', 'probability', 'conflict'):
        close(getattr(opinion, field), expected[field])


def test_each_modality_has_the_exact_belief(case):
    opinion = fused(case)
    assert set(opinion.used) == case['per_modality'].keys()
    for name, belief in case['per_modality'].items():
        close(opinion.per_modality[name].belief, belief)


def test_yagers_rule_leaves_the_conflict_unknown(case):
    opinion = fused(case, rule='yager')
    close(opinion.belief, case['fused']['yager_belief'])
    close(opinion.uncertainty, 1.0 - sum(case['fused']['yager_belief']))


def test_cumulative_fusion_adds_evidence(case):
    close(fused(case, rule='cumulative').belief, case['fused']['cumulative_belief'])
