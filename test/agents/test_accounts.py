"""Who is perceived, and since when."""

from dataclasses import replace

from mer_ros.agents.accounts import Accounts
from mer_ros.data import NANOSECONDS


def at(state, seconds, **changes):
    return replace(state, stamp=seconds * NANOSECONDS, **changes)


def test_a_label_holds_since_the_first_state_that_had_it(anna):
    accounts = Accounts()
    for seconds in (10, 11, 12):
        accounts.add(at(anna, seconds))
    account = accounts.present(12 * NANOSECONDS)['anna']
    assert account.since == 10 * NANOSECONDS
    assert account.state.stamp == 12 * NANOSECONDS


def test_it_begins_anew_with_another_label_after_a_gap_and_when_time_goes_back(anna):
    accounts = Accounts()
    for state, since in (
            (at(anna, 10), 10), (at(anna, 11, label='anger'), 11), (at(anna, 12), 12),
            (at(anna, 15), 15),  # the state before held for 2 s
            (at(anna, 14), 14)):
        accounts.add(state)
        assert accounts.present(0)['anna'].since == since * NANOSECONDS


def test_who_has_left_is_forgotten(anna, ben):
    accounts = Accounts()
    accounts.add(at(anna, 10))
    accounts.add(at(ben, 100))
    assert list(accounts.present(100 * NANOSECONDS)) == ['ben']
    accounts.add(at(anna, 101))
    assert accounts.present(101 * NANOSECONDS)['anna'].since == 101 * NANOSECONDS
