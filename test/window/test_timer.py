"""The trigger that closes windows at a fixed rate of event time."""

from mer_ros.data import nanoseconds
from mer_ros.window import Windows, WindowSettings
from mer_ros.window.windows import MOST_TICKS


def s(seconds):
    return nanoseconds(seconds)


def windows(**settings):
    return Windows(('face', 'speech'), WindowSettings(
        trigger='timer', period=s(0.5), settle=0, half_life=s(2), **settings))


def test_ticks_lie_on_multiples_of_the_period(message, summary):
    gather = windows()
    gather.add(message('face', 10.2), s(10.2))
    assert gather.next_deadline() == s(10.5)
    ready = gather.advance(s(10.5))
    assert summary(ready) == [('', 10.5, {'face': 10.2})]
    assert (ready[0].start, ready[0].missing) == (s(10.0), ('speech',))
    assert ready[0].evidence['face'].age == s(0.3)
    assert gather.next_deadline() == s(11.0)


def test_a_tick_takes_the_newest_evidence_up_to_it(message, summary):
    gather = windows()
    for seconds in (10.1, 10.4, 10.6):
        gather.add(message('face', seconds), None)
    assert summary(gather.advance(s(10.7))) == [('', 10.5, {'face': 10.4})]


def test_ticks_go_on_with_fading_evidence_until_it_expires(message, summary):
    gather = windows(max_age=s(1.2))
    gather.add(message('face', 10.0), s(10.0))
    assert summary(gather.advance(s(30.0))) == [
        ('', 10.5, {'face': 10.0}), ('', 11.0, {'face': 10.0}), ('', 11.2, 'expired')]
    assert gather.next_deadline() is None


def test_a_tick_waits_for_messages_on_their_way(message, summary):
    gather = Windows(('face',), WindowSettings(trigger='timer', period=s(0.5), settle=s(0.2)))
    gather.add(message('face', 10.1), s(10.1))
    assert gather.advance(s(10.69)) == []
    assert summary(gather.add(message('face', 10.45), s(10.7))) == [('', 10.5, {'face': 10.45})]


def test_each_person_with_evidence_gets_every_tick(message, summary):
    gather = windows()
    gather.add(message('face', 10.1, person='b'), None)
    gather.add(message('speech', 10.2, person='a'), None)
    assert summary(gather.advance(s(11.0))) == [
        ('a', 10.5, {'speech': 10.2}), ('b', 10.5, {'face': 10.1}),
        ('a', 11.0, {'speech': 10.2}), ('b', 11.0, {'face': 10.1})]


def test_a_jump_of_the_clock_hands_out_the_newest_ticks_and_counts_the_others(message):
    gather = Windows(('face',), WindowSettings(
        trigger='timer', period=s(0.01), settle=0, half_life=s(600)))
    gather.add(message('face', 10.0), s(10.0))
    gather.advance(s(10.0))
    ready = gather.advance(s(2010.0))
    assert [window.time for window in ready] == [
        s(2010.0) - back * s(0.01) for back in reversed(range(MOST_TICKS))]
    assert gather.counts == {'skipped': 200_000 - MOST_TICKS}
    assert [window.time for window in gather.advance(s(2010.01))] == [s(2010.01)]


def test_a_jump_beyond_the_expiry_still_ends_in_it(message, summary):
    gather = Windows(('face',), WindowSettings(
        trigger='timer', period=s(0.01), settle=s(0.1), half_life=s(600), max_age=s(100)))
    gather.add(message('face', 10.0), s(10.0))
    *fading, last = gather.advance(s(1_000_000.0))
    assert MOST_TICKS - 1 <= len(fading) <= MOST_TICKS
    assert summary([fading[-1], last]) == [('', 109.99, {'face': 10.0}), ('', 110.0, 'expired')]
    assert gather.next_deadline() is None


def test_many_people_share_the_ticks_of_a_jump(message):
    gather = Windows(('face',), WindowSettings(
        trigger='timer', period=s(0.01), settle=0, half_life=s(600), max_people=200))
    for index in range(200):
        gather.add(message('face', 10.0, person=str(index)), None)
    ready = gather.advance(s(1000.0))
    assert len(ready) == MOST_TICKS
    assert len({window.person_id for window in ready}) == 200
