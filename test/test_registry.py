"""Named parts and plug-ins."""

from importlib.metadata import EntryPoint, EntryPoints
import logging

import pytest

from mer_ros import registry
from mer_ros.registry import Registry

BUILTIN = {'sqrt': 'math:sqrt'}


@pytest.fixture
def offer(monkeypatch):
    """Offer entry points as an installed package would."""
    def offer(**values):
        entries = EntryPoints(
            EntryPoint(name, value, 'things') for name, value in values.items())
        monkeypatch.setattr(registry, '_installed', lambda: entries)
    offer()
    return offer


def test_built_in_parts_are_found_by_name(offer):
    assert Registry('thing', 'things', BUILTIN).get('sqrt')(9.0) == 3.0


def test_an_unknown_name_is_answered_with_the_known_ones(offer):
    with pytest.raises(ValueError, match=r"no thing is called 'cbrt'; known: \['sqrt'\]"):
        Registry('thing', 'things', BUILTIN).get('cbrt')


def test_plug_ins_join_the_built_in_parts(offer):
    offer(floor='math:floor')
    things = Registry('thing', 'things', BUILTIN)
    assert things.names() == ['floor', 'sqrt']
    assert things.get('floor')(2.7) == 2


def test_a_plug_in_that_fails_to_load_is_named_with_its_reason_and_skipped(offer, caplog):
    offer(broken='no_such_module:thing', floor='math:floor')
    with caplog.at_level(logging.WARNING):
        assert Registry('thing', 'things', BUILTIN).names() == ['floor', 'sqrt']
    assert "'broken' of no_such_module:thing is skipped: ModuleNotFoundError" in caplog.text


def test_a_plug_in_cannot_take_over_a_built_in_name(offer, caplog):
    offer(sqrt='math:floor')
    assert Registry('thing', 'things', BUILTIN).get('sqrt')(9.0) == 3.0
    with caplog.at_level(logging.WARNING):
        Registry('thing', 'things', BUILTIN).names()
    assert 'the name is built in' in caplog.text
