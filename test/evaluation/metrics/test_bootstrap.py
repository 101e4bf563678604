"""Bootstrap intervals: seeded, percentile, by row or by group."""

import numpy as np
import pytest

from mer_ros.evaluation.metrics.bootstrap import interval


def test_the_interval_of_a_mean_matches_the_normal_approximation():
    values = np.random.default_rng(0).normal(5.0, 2.0, size=400)
    low, high = interval(np.mean, values)
    half = 1.96 * values.std() / np.sqrt(len(values))
    assert low == pytest.approx(values.mean() - half, abs=0.03)
    assert high == pytest.approx(values.mean() + half, abs=0.03)


def test_equal_seeds_give_equal_intervals_and_others_do_not():
    values = np.random.default_rng(0).normal(size=50)
    assert interval(np.mean, values, seed=4) == interval(np.mean, values, seed=4)
    assert interval(np.mean, values, seed=4) != interval(np.mean, values, seed=5)


def test_arrays_are_resampled_together():
    values = np.arange(30.0)
    low, high = interval(lambda a, b: np.abs(a - b).max(), values, values + 2)
    assert low == high == 2.0


def test_whole_groups_are_drawn():
    values = np.repeat([0.0, 1.0], 500)
    groups = ['a'] * 500 + ['b'] * 500
    by_row = interval(np.mean, values)
    assert by_row[1] - by_row[0] < 0.1
    assert interval(np.mean, values, groups=groups) == (0.0, 1.0)


def test_undefined_resamples_are_left_out():
    values = np.array([0.0, 1.0])
    assert interval(lambda a: 1.0 if a.min() == a.max() else None, values) == (1.0, 1.0)
    assert interval(lambda a: None, values) is None


def test_a_level_outside_its_range_is_refused():
    with pytest.raises(ValueError, match='between 0 and 1'):
        interval(np.mean, np.ones(3), level=95)
