"""Windows compared with slow, obvious models that see every message beforehand."""

from hypothesis import given, settings
from hypothesis import strategies as st
import numpy as np
import pytest

from mer_ros.data import Logits
from mer_ros.window import Windows, WindowSettings

MS = 1_000_000
MODALITIES = ('face', 'speech', 'text')
PEOPLE = ('', 'ann')
START = 10_000 * MS
SETTLE = 60 * MS
LATER = 10**15

events = st.lists(st.tuples(st.sampled_from(PEOPLE), st.sampled_from(MODALITIES),
                            st.integers(0, 3000)),
                  max_size=40, unique=True)


def arrive(draw, told):
    """Deliver (person, modality, offset, value) within SETTLE of the stamps, each topic in order.

    Of several messages with the same stamp any may come first.
    """
    arrived = []
    last = {}
    for person, modality, offset, value in sorted(draw(st.permutations(told)),
                                                  key=lambda one: one[2]):
        stamp = START + offset * MS
        arrival = max(stamp + draw(st.integers(0, SETTLE - 1)), last.get((person, modality), 0))
        last[person, modality] = arrival
        arrived.append((arrival, Logits(stamp=stamp, modality=modality, labels=('anger',),
                                        logits=np.array([value]), person_id=person)))
    return sorted(arrived, key=lambda pair: pair[0])


@st.composite
def arrivals(draw):
    """Messages that arrive less than SETTLE after their stamps, each topic in order."""
    return arrive(draw, [(*event, 0.0) for event in draw(events)])


@st.composite
def window_settings(draw, trigger):
    length = draw(st.integers(1, 500)) * MS
    period = draw(st.integers(40, 400)) * MS
    return WindowSettings(
        trigger=trigger, length=length, period=period, settle=SETTLE, half_life=200 * MS,
        max_age=max(length + SETTLE, period) + draw(st.integers(0, 700)) * MS)


def brief(window):
    """Return what can be compared: Logits hold arrays, so evidence stands as its stamps."""
    return (window.person_id, window.start, window.time, window.expired, window.missing,
            tuple((name, item.logits.stamp, item.age, item.freshness)
                  for name, item in window.evidence.items()))


def run(arrived, window_settings, *, with_deadlines):
    """Drive Windows as a node does: on every message and, if told to, at every deadline."""
    gather = Windows(MODALITIES, window_settings)
    ready = []
    for arrival, item in arrived:
        while with_deadlines and (due := gather.next_deadline()) and due < arrival:
            handed_out = gather.advance(due)
            assert handed_out, 'a deadline came and there was nothing to do'
            ready += handed_out
        ready += gather.add(item, arrival)
        assert not gather.advance(arrival)
    ready += gather.advance(LATER)
    assert gather.next_deadline() is None
    assert not gather.counts
    return ready


def expected_window(person, stamps, window_settings, start, time, close):
    """Say what a window must hold: of each modality the newest up to the close, if young enough."""
    newest = {name: max((t for t in stamps[name] if t <= close), default=None)
              for name in MODALITIES}
    used = [(name, t, time - t, 2 ** (-(time - t) / window_settings.half_life))
            for name, t in newest.items()
            if t is not None and time - t < window_settings.max_age]
    missing = tuple(name for name in MODALITIES if name not in [name for name, *_ in used])
    return (person, start, time, False, missing, tuple(used))


def expirations(person, stamps, window_settings):
    """Every gap of max_age or more ends in one expiry."""
    every = sorted({t for ts in stamps.values() for t in ts})
    return [(person, t, t + window_settings.max_age, True, MODALITIES, ())
            for t, following in zip(every, [*every, LATER][1:], strict=True)
            if following - t >= window_settings.max_age]


def complete_or_deadline_model(person, stamps, window_settings):
    every = sorted({t for ts in stamps.values() for t in ts})
    found = expirations(person, stamps, window_settings)
    closed = 0
    while any(t > closed for t in every):
        start = min(t for t in every if t > closed)
        inside = {name: [t for t in ts if start <= t <= start + window_settings.length]
                  for name, ts in stamps.items()}
        complete = all(inside.values())
        close = max(map(min, inside.values())) if complete else start + window_settings.length
        time = max(t for t in every if t <= close)
        found.append(expected_window(person, stamps, window_settings, start, time, close))
        closed = close
    return found


def timer_model(person, stamps, window_settings):
    every = sorted({t for ts in stamps.values() for t in ts})
    found = expirations(person, stamps, window_settings)
    period = window_settings.period
    for tick in range(period, START + 10_000 * MS, period):
        if any(0 <= tick - t < window_settings.max_age for t in every):
            found.append(
                expected_window(person, stamps, window_settings, tick - period, tick, tick))
    return found


MODELS = {'complete_or_deadline': complete_or_deadline_model, 'timer': timer_model}


@pytest.mark.parametrize('trigger', MODELS)
@settings(max_examples=300)
@given(data=st.data())
def test_windows_are_a_function_of_event_time_alone(trigger, data):
    arrived = data.draw(arrivals())
    chosen = data.draw(window_settings(trigger))
    ready = run(arrived, chosen, with_deadlines=data.draw(st.booleans()))
    for person in PEOPLE:
        stamps = {name: sorted(item.stamp for _, item in arrived
                               if (item.person_id, item.modality) == (person, name))
                  for name in MODALITIES}
        model = MODELS[trigger](person, stamps, chosen)
        assert [brief(window) for window in ready if window.person_id == person] == sorted(
            model, key=lambda window: window[2])


@pytest.mark.parametrize('trigger', MODELS)
@settings(max_examples=300)
@given(data=st.data())
def test_messages_with_one_stamp_give_the_same_windows_in_any_order_of_arrival(trigger, data):
    told = data.draw(st.lists(st.tuples(
        st.just(''), st.sampled_from(MODALITIES), st.integers(0, 3).map(lambda tick: 100 * tick),
        st.sampled_from([0.0, 1.0])), min_size=4, max_size=20))
    chosen = data.draw(window_settings(trigger))
    delivered = []
    for _ in range(2):
        gather = Windows(MODALITIES, chosen)
        ready = [window for arrival, item in arrive(data.draw, told)
                 for window in gather.add(item, arrival)] + gather.advance(LATER)
        delivered.append([(brief(window), {
            name: item.logits.logits.tolist() for name, item in window.evidence.items()})
            for window in ready])
    assert delivered[0] == delivered[1]


anything = st.lists(st.tuples(
    st.sampled_from(['face', 'speech', 'thermal']), st.integers(-5, 30_000),
    st.text('abcdef', max_size=2), st.none() | st.integers(-2_000, 40_000)), max_size=150)


@pytest.mark.parametrize('trigger', MODELS)
@settings(max_examples=150)
@given(messages=anything, settle=st.sampled_from([0, 100]))
def test_whatever_comes_in_memory_is_bounded_and_ages_make_sense(trigger, messages, settle):
    chosen = WindowSettings(trigger=trigger, length=300 * MS, period=200 * MS, settle=settle * MS,
                            half_life=200 * MS, max_people=3, max_messages=4)
    gather = Windows(('face', 'speech'), chosen)
    for modality, stamp, person, now in messages:
        item = Logits(stamp=stamp * MS, modality=modality, labels=('anger',), logits=np.zeros(1),
                      person_id=person)
        for window in gather.add(item, None if now is None else now * MS):
            assert bool(window.evidence) != window.expired
            assert set(window.evidence) | set(window.missing) == {'face', 'speech'}
            for evidence in window.evidence.values():
                assert 0 <= evidence.age < chosen.max_age
                assert 0 < evidence.freshness <= 1
                assert evidence.age == window.time - evidence.logits.stamp
        kept = gather._tracks
        assert len(kept) <= chosen.max_people
        assert all(len(queue) <= chosen.max_messages
                   for track in kept.values() for queue in track.waiting.values())
        assert set(gather.counts) <= {
            'unknown_modality', 'unstamped', 'future', 'too_late', 'overflow', 'crowded', 'late',
            'duplicate', 'restart', 'skipped'}


@pytest.mark.parametrize('trigger', MODELS)
@given(messages=anything)
@settings(max_examples=50)
def test_the_same_messages_give_the_same_windows_again_after_a_reset(trigger, messages):
    gather = Windows(('face', 'speech'), WindowSettings(trigger=trigger))
    passes = []
    for _ in range(2):
        ready = []
        for modality, stamp, person, now in messages:
            item = Logits(stamp=stamp * MS, modality=modality, labels=('anger',),
                          logits=np.zeros(1), person_id=person)
            ready += gather.add(item, None if now is None else now * MS)
        passes.append([brief(window) for window in ready])
        gather.reset()
    assert passes[0] == passes[1]
