"""How long states hold."""

import numpy as np

from mer_ros.data import Emotion, NANOSECONDS
from mer_ros.evaluation.reports.spans import label_runs, Span, spans_of


def state(seconds: float, label: str = 'a', person: str = '', valid_for: float = 0.0) -> Emotion:
    half = np.full(2, 0.5)
    return Emotion(
        round((100 + seconds) * NANOSECONDS), 0, person, label, 0.5, 0.5, 0.0, ('a', 'b'),
        half / 2, half, half + 1, valid_for=round(valid_for * NANOSECONDS))


def times(spans: list[Span]) -> list[tuple[float, float]]:
    return [(span.begin, span.end) for span in spans]


def test_a_state_holds_until_the_next_one_whatever_the_order_given() -> None:
    spans = spans_of([state(3.0), state(0.0), state(1.0)])['']
    assert times(spans) == [(0.0, 1.0), (1.0, 3.0), (3.0, 4.0)]


def test_times_count_from_the_given_origin() -> None:
    spans = spans_of([state(3.0), state(4.0)], origin=101 * NANOSECONDS)['']
    assert times(spans) == [(2.0, 3.0), (3.0, 4.0)]


def test_a_state_holds_no_longer_than_it_says() -> None:
    spans = spans_of([state(0.0, valid_for=0.5), state(2.0, valid_for=0.5)])['']
    assert times(spans) == [(0.0, 0.5), (2.0, 2.5)]


def test_persons_are_told_apart_on_one_time_axis() -> None:
    spans = spans_of([state(0.0, person='ada'), state(1.0, person='bob'), state(2.0, person='ada')])
    assert times(spans['ada']) == [(0.0, 2.0), (2.0, 3.0)]
    assert times(spans['bob']) == [(1.0, 2.0)]


def test_of_two_states_with_one_stamp_the_last_counts() -> None:
    spans = spans_of([state(0.0, 'a'), state(0.0, 'b'), state(1.0, 'a')])['']
    assert [span.state.label for span in spans] == ['b', 'a']


def test_no_states_have_no_spans() -> None:
    assert spans_of([]) == {}


def test_runs_join_states_with_one_label_but_not_across_a_gap() -> None:
    states = [state(0, valid_for=1), state(1, valid_for=1), state(3, valid_for=1),
              state(4, 'b', valid_for=1)]
    assert label_runs(spans_of(states)['']) == [
        ('a', 0.0, 2.0), ('a', 3.0, 4.0), ('b', 4.0, 5.0)]
