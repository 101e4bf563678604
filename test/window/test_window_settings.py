"""The settings of windows check themselves."""

import pytest

from mer_ros.data import nanoseconds
from mer_ros.window import WindowSettings


@pytest.mark.parametrize(('name', 'value'), [
    ('length', 0), ('period', 999_999), ('settle', -1), ('max_lateness', -1), ('max_future', -1),
    ('half_life', 0), ('max_age', -1), ('max_people', 0), ('max_messages', 0),
    ('trigger', 'whenever'),
])
def test_a_setting_out_of_range_is_refused_by_name_and_value(name, value):
    with pytest.raises(ValueError, match=f'{name} is .?{value}'):
        WindowSettings(**{name: value})


@pytest.mark.parametrize('value', [0.5, True, '1', None, float('nan')])
def test_a_setting_that_is_not_a_whole_number_is_refused(value):
    with pytest.raises(TypeError, match=r'length is .*give an int'):
        WindowSettings(length=value)


def test_evidence_lives_five_half_lives_unless_told_otherwise():
    assert WindowSettings(half_life=nanoseconds(3)).max_age == nanoseconds(15)
    assert WindowSettings(half_life=nanoseconds(3), max_age=nanoseconds(4)).max_age == 4 * 10**9


def test_evidence_must_outlive_its_window():
    with pytest.raises(ValueError, match=r'max_age is 1000.*length'):
        WindowSettings(length=800, settle=201, period=10**6, half_life=200)
