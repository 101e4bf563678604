"""The grid of corruptions, and whether doubt follows accuracy."""

import pytest

from mer_ros.evaluation.corruption import CORRUPTIONS
from mer_ros.evaluation.corruption_grid import agreement, corruption_grid


def levels(accuracy, uncertainty):
    return [{'level': index or None, 'accuracy': a, 'mean_uncertainty': u}
            for index, (a, u) in enumerate(zip(accuracy, uncertainty, strict=True))]


def test_doubt_that_grows_as_accuracy_falls_moves_together_with_it():
    found = agreement(levels([0.9, 0.8, 0.5], [0.1, 0.2, 0.7]))
    assert found == {'trends': {'accuracy': pytest.approx(-1), 'mean_uncertainty':
                                pytest.approx(1)},
                     'rank_correlation': pytest.approx(-1), 'together': True}


def test_doubt_that_shrinks_as_accuracy_falls_does_not():
    found = agreement(levels([0.9, 0.8, 0.5], [0.7, 0.2, 0.1]))
    assert found['rank_correlation'] == pytest.approx(1)
    assert not found['together']


def test_what_never_changes_has_no_trend():
    found = agreement(levels([0.9, 0.8, 0.5], [0.3, 0.3, 0.3]))
    assert found['trends']['mean_uncertainty'] is None
    assert found['rank_correlation'] is None
    assert not found['together']


def test_ranks_agree_with_those_of_scipy():
    oracle = pytest.importorskip('scipy.stats')
    accuracy, doubt = [0.9, 0.7, 0.7, 0.5, 0.6], [0.1, 0.3, 0.2, 0.2, 0.4]
    assert agreement(levels(accuracy, doubt))['rank_correlation'] == pytest.approx(
        oracle.spearmanr(accuracy, doubt).statistic)


def test_the_grid_starts_clean_and_covers_the_given_modalities_alone():
    asked = []

    def measure(modality, inputs):
        asked.append((modality, len(inputs)))
        return {'accuracy': 0.5, 'ece': 0.1, 'mean_uncertainty': 0.2, 'nll': 1.0}

    clean = {'accuracy': 0.8, 'ece': 0.05, 'mean_uncertainty': 0.1}
    grid = corruption_grid({'text': ['a b c', None]}, clean, measure)
    expected = [each for each in CORRUPTIONS if each.modality == 'text']
    assert [each['corruption'] for each in grid] == [each.name for each in expected]
    assert grid[0]['levels'][0] == {'level': None, **clean}
    assert grid[0]['levels'][1] == {
        'level': 10, 'accuracy': 0.5, 'ece': 0.1, 'mean_uncertainty': 0.2}
    assert asked == [('text', 2)] * sum(len(each.levels) for each in expected)
