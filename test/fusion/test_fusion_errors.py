"""What fusion refuses, and that it says why."""

import numpy as np
import pytest

from mer_ros.fusion import fuse, Rule, RULES

A = [1.0, 2.0, 3.0]


@pytest.mark.parametrize('value', [np.nan, np.inf, -np.inf, 1.01e300, -2e300])
@pytest.mark.parametrize('preset', ['paper', 'basic', 'calibrated'])
def test_refuses_a_logit_that_is_not_finite_or_too_large(value, preset):
    with pytest.raises(ValueError, match=r"'text' hold .* at index \(1, 0\); allowed are finite"):
        fuse({'face': A, 'text': [A, [value, 0.0, 0.0]]}, preset=preset)


def test_refuses_bad_values_even_where_they_would_be_ignored():
    with pytest.raises(ValueError, match='finite'):
        fuse({'a': [np.nan, 1.0, 2.0]}, named={'a': [False, True, True]})
    with pytest.raises(ValueError, match='finite'):
        fuse({'a': [np.inf, 1.0, 2.0], 'b': A}, reliability={'a': 0.0})


@pytest.mark.parametrize(('logits', 'message'), [
    ({}, 'pass a mapping'),
    ([A, A], 'pass a mapping'),
    ({'a': A, 'b': [1.0, 2.0]}, "{'a': 3, 'b': 2} classes"),
    ({'a': 1.0}, r'shape \(\)'),
    ({'a': []}, r'shape \(0,\)'),
    ({'a': ['x', 'y']}, "'a' are no array of numbers"),
    ({'a': [[1.0, 2.0], [1.0]]}, "'a' are no array of numbers"),
    ({'a': np.zeros((2, 3)), 'b': np.zeros((4, 3))}, 'do not broadcast'),
])
def test_refuses_logits_that_do_not_fit(logits, message):
    with pytest.raises(ValueError, match=message):
        fuse(logits)


@pytest.mark.parametrize(('options', 'message'), [
    ({'classes': 4}, "{'a': 3, 'b': 3} classes; .* same 4"),
    ({'classes': 0}, 'classes=0'),
    ({'preset': 'best'}, r"'best'; known: \['basic', 'calibrated', 'paper'\]"),
    ({'evidence': 'sigmoid'}, r"'sigmoid'; known: \['exp', 'expm1', 'given'"),
    ({'rule': 'vote'}, "'vote'; known: .*'dempster'"),
    ({'reference': 'mean'}, "'mean' was given; allowed are global, own"),
    ({'reference': {'a': 1.0}}, r"no value for \['b'\]"),
    ({'reference': {'a': 1.0, 'b': 1.0, 'c': 1.0}}, r"\['c'\].*allowed \['a', 'b', 'none'\]"),
    ({'reference': np.inf}, 'within'),
    ({'temperature': 0.0}, 'temperature 0.0 was given'),
    ({'temperature': -1.0}, 'within'),
    ({'temperature': np.nan}, 'within'),
    ({'temperature': {'a': np.inf}}, 'within'),
    ({'temperature': {'c': 1.0}}, r"names \['c'\].*given \['c'\], allowed \['a', 'b', 'none'\]"),
    ({'temperature': 'hot'}, "temperature 'hot' was given"),
    ({'reliability': 1.1}, r'within \[0, 1\]'),
    ({'reliability': {'a': -0.1}}, r'within \[0, 1\]'),
    ({'reliability': {'a': np.nan}}, 'within'),
    ({'reliability': {'c': 1.0}}, r"\['c'\].*allowed \['a', 'b', 'none'\]"),
    ({'reliability': {'a': [0.5, 0.5]}}, r'leading dimensions \(\)'),
    ({'output_temperature': 0.0}, 'output_temperature 0.0'),
    ({'output_temperature': np.nan}, 'output_temperature nan'),
    ({'named': {'c': [True] * 3}}, r"\['c'\].*allowed \['a', 'b', 'none'\]"),
    ({'named': {'a': [True] * 2}}, 'mask of 3 booleans'),
    ({'named': {'a': [False] * 3}}, 'at least one'),
    ({'named': {'a': [1, 0, 1]}}, 'booleans'),
    ({'evidence': 'given'}, 'evidence -4.0 was given'),
])
def test_refuses_an_option_and_says_what_is_allowed(options, message):
    with pytest.raises(ValueError, match=message):
        fuse({'a': A, 'b': [0.5, -4.0, 1.0], 'none': None}, **options)


def test_options_may_name_a_modality_that_is_missing():
    options = {'temperature': {'b': 2.0}, 'reliability': {'b': 0.5}, 'named': {'b': [True] * 3},
               'reference': {'a': 0.0, 'b': 1.0}}
    assert fuse({'a': A, 'b': None}, **options).used == ('a',)


@pytest.mark.parametrize('returned', [
    np.array([np.nan, 0.0, 0.0]), np.array([-1.0, 0.0, 0.0]), np.array([np.inf, 0.0, 0.0]),
    np.zeros(2)])
def test_refuses_what_a_broken_rule_returns(returned):
    with pytest.raises(ValueError, match='must return finite log-scores'):
        fuse({'a': A}, rule=Rule(lambda sources: returned))


def test_refuses_a_plugin_that_is_no_rule(monkeypatch):
    monkeypatch.setattr(RULES, 'get', lambda name: len)
    with pytest.raises(ValueError, match=r'a mer_ros\.fusion\.Rule is required'):
        fuse({'a': A}, rule='odd')
