"""Whose window is due."""

from hypothesis import given
from hypothesis import strategies as st

from mer_ros.window.agenda import Agenda
from mer_ros.window.plan import Plan

plans = st.none() | st.builds(Plan, st.just(0), st.integers(0, 20), st.booleans())


@given(st.lists(st.tuples(st.sampled_from('abcd'), plans, st.integers(0, 20)), max_size=300))
def test_an_agenda_names_whom_asking_everybody_would_name(steps):
    agenda, everybody = Agenda(), {}
    for person, plan, time in steps:
        agenda.put(person, plan)
        everybody[person] = plan
        known = {name: each for name, each in everybody.items() if each is not None}
        assert agenda.due(time) == sorted(
            name for name, each in known.items() if each.settled or each.close <= time)
        assert agenda.first == min((each.close for each in known.values()), default=None)


def test_replaced_plans_do_not_pile_up():
    agenda = Agenda()
    for close in range(10_000):
        agenda.put('a', Plan(0, close + 10_000))
    assert len(agenda._closes) < 100
