"""What a site allows, and what it does not."""

from datetime import datetime, timezone
from pathlib import Path

import pytest

from mer_ros import site_policy
from mer_ros.site_policy import find_policy, SitePolicy, VARIABLE

EVERYTHING = """
site: Foyer of the city museum
contact: Front desk
use: guide visitors
prohibited_uses: [workplace, education]
modalities_off: [face]
hours: {mon-fri: "09:00-18:00", sat: "22:00-02:00"}
retention_days: 7
audit_log: false
"""
MONDAY, SATURDAY, SUNDAY = 30, 28, 29
"""Days of November 2026."""


@pytest.fixture
def policy(tmp_path):
    def read(text):
        path = tmp_path / 'policy.yaml'
        path.write_text(text)
        return find_policy(str(path))
    return read


def at(day, hour, minute=0):
    return datetime(2026, 11, day, hour, minute, tzinfo=timezone.utc)


def test_without_a_file_everything_is_allowed(monkeypatch):
    monkeypatch.delenv(VARIABLE, raising=False)
    monkeypatch.setattr(site_policy, 'USUAL_PLACE', Path('/no/such/policy.yaml'))
    assert find_policy() == SitePolicy()
    assert SitePolicy().forbids(['face'], at(MONDAY, 3)) == ''
    assert SitePolicy().words() == []


def test_a_file_is_found_by_parameter_then_variable_then_place(monkeypatch, tmp_path):
    paths = {name: tmp_path / f'{name}.yaml' for name in ('given', 'named', 'usual')}
    for name, path in paths.items():
        path.write_text(f'site: {name}')
    monkeypatch.setattr(site_policy, 'USUAL_PLACE', paths['usual'])
    monkeypatch.delenv(VARIABLE, raising=False)
    assert find_policy().site == 'usual'
    monkeypatch.setenv(VARIABLE, str(paths['named']))
    assert find_policy().site == 'named'
    assert find_policy(str(paths['given'])).site == 'given'


def test_every_key_is_read_and_told(policy):
    found = policy(EVERYTHING)
    assert len(found.digest) == 64
    assert found.words() == [
        'site: Foyer of the city museum', 'questions: Front desk', 'use: guide visitors',
        'prohibited uses: workplace, education', 'not perceived: face',
        'hours: mon 09:00-18:00, tue 09:00-18:00, wed 09:00-18:00, thu 09:00-18:00, '
        'fri 09:00-18:00, sat 22:00-02:00', 'collected segments: at most 7 days']


@pytest.mark.parametrize(('when', 'open_'), [
    (at(MONDAY, 8, 59), False), (at(MONDAY, 9), True), (at(MONDAY, 17, 59), True),
    (at(MONDAY, 18), False), (at(SATURDAY, 21, 59), False), (at(SATURDAY, 22), True),
    (at(SUNDAY, 1, 59), True), (at(SUNDAY, 2), False)])
def test_hours_hold_also_over_midnight(policy, when, open_):
    assert (policy(EVERYTHING).forbids(['text'], when) == '') == open_


@pytest.mark.parametrize(('hours', 'when', 'open_'), [
    ('"08:00-24:00"', at(SUNDAY, 23, 59), True), ('"08:00-24:00"', at(SUNDAY, 0), False),
    ('{sat-mon: "08:00-09:00"}', at(SUNDAY, 8), True),
    ('{sat-mon: "08:00-09:00"}', at(SUNDAY - 3, 8), False)])
def test_hours_may_be_those_of_every_day_or_of_days_around_the_weekend(
        policy, hours, when, open_):
    assert (policy(f'hours: {hours}').forbids([], when) == '') == open_


def test_a_modality_that_is_off_is_forbidden_at_any_time(policy):
    found = policy(EVERYTHING)
    assert found.forbids(['face', 'speech'], at(MONDAY, 10)) == 'face must not be perceived here'
    assert found.forbids(['speech'], at(MONDAY, 10)) == ''


def test_a_prohibited_use_forbids_everything(policy):
    found = policy('{use: education, prohibited_uses: [workplace, education]}')
    assert found.forbids([], at(MONDAY, 10)) == "the use 'education' is prohibited here"


@pytest.mark.parametrize(('text', 'said'), [
    ('modalties_off: [face]', "'modalties_off' is no key of a policy; is 'modalities_off' meant"),
    ('modalities_off: [fcae]', r"names \['fcae'\]; allowed are face, speech, text"),
    ('modalities_off: face', "is 'face'; needed is a list"),
    ('hours: 9-18', "hours of mon-sun is '9-18'; needed is a text such as"),
    ('hours: "24:00-25:00"', 'needed is a text such as'),
    ('hours: {monday: "09:00-18:00"}', "has the days 'monday'; allowed are mon, tue"),
    ('retention_days: -1', 'retention_days is -1; allowed is 0 to 3650'),
    ('retention_days: .nan', 'allowed is 0 to 3650'),
    ('audit_log: 1', 'allowed are true and false'),
    ('site: [a]', 'needed is a text'),
    ('- a', 'it holds list'),
    ('site: "a', 'not understood'),
    ('site: ' + 'a' * 70_000, 'larger than'),
])
def test_what_is_not_understood_allows_nothing_and_says_why(policy, text, said):
    with pytest.raises(ValueError, match=said) as error:
        policy(text)
    assert 'policy.yaml allows nothing' in str(error.value)


def test_a_named_file_that_is_missing_is_an_error(tmp_path):
    with pytest.raises(FileNotFoundError):
        find_policy(str(tmp_path / 'none.yaml'))


def test_the_example_that_ships_is_a_policy(repository):
    found = find_policy(str(repository / 'config' / 'site_policy_example.yaml'))
    assert (found.modalities_off, found.retention_days, found.audit_log) == (('face',), 0, True)


def test_the_example_of_the_module_is_a_policy(policy):
    text = site_policy.__doc__.partition('obeys.\n\n')[2].partition('\n\nEvery')[0]
    assert policy(text).site == 'Foyer of the city museum'
