"""Messages that are late, early, repeated, unstamped or far too many."""

import pytest

from mer_ros.data import nanoseconds
from mer_ros.window import Windows, WindowSettings


def s(seconds):
    return nanoseconds(seconds)


def windows(modalities=('face', 'speech'), **settings):
    return Windows(modalities, WindowSettings(**{
        'length': s(1), 'settle': 0, 'half_life': s(2), 'max_lateness': s(0.5), **settings}))


def test_a_late_message_is_carried_over_to_the_next_window(message, summary):
    gather = windows()
    gather.add(message('face', 10.0), s(10.0))
    gather.advance(s(11.0))
    gather.add(message('speech', 10.9), s(11.2))
    assert gather.counts == {'late': 1}
    gather.add(message('face', 11.3), s(11.3))
    assert summary(gather.advance(s(12.3))) == [('', 11.3, {'face': 11.3, 'speech': 10.9})]


def test_a_message_stamped_exactly_at_the_last_close_is_late(message):
    gather = windows()
    gather.add(message('face', 10.0), s(10.0))
    gather.advance(s(11.0))
    assert gather.add(message('speech', 11.0), s(11.2)) == []
    assert gather.counts == {'late': 1}


def test_a_late_message_does_not_replace_newer_evidence(message, summary):
    gather = windows(modalities=('face',))
    gather.add(message('face', 10.0), s(10.0))
    gather.add(message('face', 9.9), s(10.1))
    assert gather.counts == {'late': 1}
    assert gather.next_deadline() == s(20.0)


def test_a_message_from_before_the_allowed_lateness_is_dropped(message, summary):
    gather = windows()
    gather.add(message('face', 10.0), s(10.0))
    gather.advance(s(11.0))
    gather.add(message('speech', 10.4), s(11.2))
    assert gather.counts == {'too_late': 1}
    gather.add(message('face', 11.3), s(11.3))
    assert summary(gather.advance(s(12.3))) == [('', 11.3, {'face': 11.3})]


def test_a_message_that_has_expired_on_arrival_is_dropped(message):
    gather = windows()
    gather.add(message('face', 30.0, person='a'), s(30.0))
    assert gather.add(message('face', 20.0, person='b'), s(30.0)) == []
    assert gather.counts == {'too_late': 1}


def test_a_stamp_too_far_ahead_of_the_clock_is_dropped(message):
    gather = windows(max_future=s(0.5))
    gather.add(message('face', 10.5), s(10.0))
    gather.add(message('speech', 10.6), s(10.0))
    assert gather.counts == {'future': 1}


@pytest.mark.parametrize('seconds', [0.0, -1.0])
def test_a_message_without_a_stamp_is_dropped(message, seconds):
    gather = windows()
    gather.add(message('face', seconds), s(10.0))
    assert gather.counts == {'unstamped': 1}
    assert gather.next_deadline() is None


def test_a_message_of_an_unexpected_modality_is_dropped(message):
    gather = windows()
    gather.add(message('thermal', 10.0), s(10.0))
    assert gather.counts == {'unknown_modality': 1}
    assert gather.next_deadline() is None


@pytest.mark.parametrize('used', [False, True])
def test_of_two_messages_with_one_stamp_the_same_is_kept_in_any_order(message, used):
    kept = []
    for order in ((1.0, 2.0), (2.0, 1.0)):
        gather = windows(max_lateness=s(1))
        for value in order:
            gather.add(message('face', 10.0, value=value), s(10.0))
            if used:
                gather.advance(s(11.0))
        ready = gather.add(message('speech', 11.1), s(11.1)) + gather.advance(s(12.1))
        kept.append(ready[-1].evidence['face'].logits.logits[0])
        assert gather.counts == {'duplicate': 1}
    assert kept[0] == kept[1]


def test_a_source_that_starts_again_is_followed_after_ten_messages(message, summary):
    gather = windows(modalities=('face',))
    gather.add(message('face', 100.0), None)
    gather.advance(s(1000.0))
    for step in range(9):
        assert gather.add(message('face', 50.0 + step / 10), s(1001.0)) == []
    assert gather.counts == {'too_late': 9}
    ready = gather.add(message('face', 50.9), s(1002.0))
    assert summary(ready) == [('', 50.9, {'face': 50.9})]
    assert gather.counts == {'too_late': 10, 'restart': 1}


def test_whoever_depends_on_the_windows_hears_of_a_restart(message):
    heard = []
    gather = Windows(('face',), WindowSettings(), on_restart=lambda: heard.append('restart'))
    gather.add(message('face', 100.0), s(100.0))
    for step in range(10):
        assert heard == []
        gather.add(message('face', 50.0 + step / 10), s(100.1))
    assert heard == ['restart']


def test_stragglers_between_messages_in_time_are_no_restart(message):
    gather = windows(modalities=('face',))
    for step in range(30):
        gather.add(message('face', 100.0 + step), s(100.0 + step))
        gather.add(message('face', 99.0 + step), s(100.0 + step))
    assert gather.counts == {'too_late': 30}


def test_a_bag_that_is_played_without_its_clock_still_gives_whole_windows(message, summary):
    gather = windows(settle=s(0.1))
    ready = []
    for step in range(3):
        event, wall = 10.0 + step, 1_000_000.0 + step
        gather.add(message('face', event), s(wall))
        gather.add(message('speech', event + 0.5), s(wall + 0.5))
        ready += gather.advance(s(wall + 0.6))
    assert summary(ready) == [
        ('', 10.5 + step, {'face': 10.0 + step, 'speech': 10.5 + step}) for step in range(3)]
    assert ready[0].evidence['face'].age == s(0.5)
    assert gather.next_deadline() == s(1_000_002.5 + 10.1)
    assert summary(gather.advance(s(1_000_002.5 + 10.1))) == [('', 22.5, 'expired')]


def test_reset_forgets_the_messages_and_keeps_the_counts(message):
    gather = windows()
    gather.add(message('face', 10.0), s(10.0))
    gather.add(message('thermal', 10.0), s(10.0))
    gather.reset()
    assert gather.next_deadline() is None
    assert gather.advance(s(50.0)) == []
    assert gather.counts == {'unknown_modality': 1}


def test_newcomers_wait_while_everybody_has_evidence_that_has_not_expired(message, summary):
    gather = windows(modalities=('face',), max_people=2)
    for person in 'abc':
        gather.add(message('face', 10.0, person=person), s(10.0))
    assert gather.counts == {'crowded': 1}
    assert list(gather.people) == ['a', 'b']
    gather.add(message('face', 15.0, person='a'), s(15.0))
    ready = gather.add(message('face', 20.0, person='c'), s(20.0))
    assert summary(ready) == [('b', 20.0, 'expired'), ('c', 20.0, {'face': 20.0})]
    assert sorted(gather.people) == ['a', 'c']


def test_who_finds_no_place_is_named_until_asked_for(message):
    gather = windows(modalities=('face',), max_people=2)
    for person in 'abedcd':
        gather.add(message('face', 10.0, person=person), s(10.0))
    assert gather.counts['crowded'] == 4
    assert gather.turned_away() == ['d', 'e']
    assert gather.turned_away() == []


def test_ten_people_too_many_take_no_state_from_those_who_were_there_first(message, summary):
    most, rate, seconds = 32, 10, 20
    gather = windows(modalities=('face',), max_people=most)
    residents = [f'resident_{index}' for index in range(most)]
    crowd = [*residents, *(f'newcomer_{index}' for index in range(10))]
    ready = []
    for step in range(rate * seconds):
        at = 10.0 + step / rate
        for person in crowd if step % 2 == 0 else reversed(crowd):
            if step or person in residents:
                ready += gather.add(message('face', at, person=person), s(at))
    served = [person for person, _, _ in summary(ready)]
    assert all(served.count(person) == rate * seconds for person in residents)
    assert set(served) == set(residents)
    assert gather.counts['crowded'] == 10 * (rate * seconds - 1)


def test_of_too_many_messages_the_oldest_gives_way(message, summary):
    gather = windows(modalities=('face',), max_messages=2)
    for seconds in (10.0, 10.2, 10.1):
        gather.add(message('face', seconds), None)
    assert gather.counts == {'overflow': 1}
    assert summary(gather.advance(s(10.3))) == [
        ('', 10.1, {'face': 10.1}), ('', 10.2, {'face': 10.2})]


@pytest.mark.parametrize('modalities', [(), ('face', 'face')])
def test_modalities_must_be_named_once_each(modalities):
    with pytest.raises(ValueError, match='name at least one, each exactly once'):
        Windows(modalities)
