"""The trigger that waits for every modality, or for the deadline."""

import pytest

from mer_ros.data import nanoseconds
from mer_ros.window import Windows, WindowSettings

BOTH = ('face', 'speech')


def s(seconds):
    return nanoseconds(seconds)


def windows(*, settle=0.0, modalities=BOTH, **settings):
    return Windows(modalities, WindowSettings(
        length=s(1), settle=s(settle), half_life=s(2), **settings))


def test_a_complete_window_is_handed_out_at_once_when_settle_is_zero(message, summary):
    gather = windows()
    assert gather.add(message('face', 10.0), s(10.0)) == []
    ready = gather.add(message('speech', 10.4), s(10.5))
    assert summary(ready) == [('', 10.4, {'face': 10.0, 'speech': 10.4})]
    assert (ready[0].start, ready[0].missing, ready[0].expired) == (s(10.0), (), False)


def test_ages_are_measured_from_the_newest_evidence_and_halve_the_freshness(message):
    gather = windows()
    gather.add(message('face', 10.0), s(10.0))
    evidence = gather.add(message('speech', 10.5), s(17.0))[0].evidence
    assert (evidence['speech'].age, evidence['speech'].freshness) == (0, 1.0)
    assert evidence['face'].age == s(0.5)
    assert evidence['face'].freshness == pytest.approx(2 ** -0.25)


def test_the_newest_message_up_to_the_close_is_the_evidence(message, summary):
    gather = windows(settle=0.2)
    for seconds in (10.0, 10.1, 10.2):
        assert gather.add(message('face', seconds), s(seconds)) == []
    assert gather.add(message('speech', 10.25), s(10.3)) == []
    assert gather.add(message('face', 10.3), s(10.4)) == []
    assert summary(gather.advance(s(10.45))) == [
        ('', 10.25, {'face': 10.2, 'speech': 10.25})]


def test_a_complete_window_need_not_wait_when_every_modality_is_past_its_close(message, summary):
    gather = windows(settle=5.0, max_age=s(10))
    for modality, seconds in (('face', 10.0), ('speech', 10.2), ('face', 10.3)):
        assert gather.add(message(modality, seconds), s(seconds)) == []
    ready = gather.add(message('speech', 10.4), s(10.4))
    assert summary(ready) == [('', 10.2, {'face': 10.0, 'speech': 10.2})]


def test_at_the_deadline_a_window_holds_what_there_is(message, summary):
    gather = windows(settle=0.1)
    gather.add(message('face', 10.0), s(10.0))
    gather.add(message('face', 10.6), s(10.6))
    assert gather.next_deadline() == s(11.1)
    assert gather.advance(s(11.1) - 1) == []
    ready = gather.advance(s(11.1))
    assert summary(ready) == [('', 10.6, {'face': 10.6})]
    assert ready[0].missing == ('speech',)


def test_a_modality_without_a_message_in_the_window_gives_its_last_one_aged(message, summary):
    gather = windows()
    gather.add(message('speech', 10.0), s(10.0))
    gather.add(message('face', 10.0), s(10.0))
    gather.add(message('face', 11.0), s(11.0))
    ready = gather.advance(s(12.0))
    assert summary(ready) == [('', 11.0, {'face': 11.0, 'speech': 10.0})]
    assert ready[0].evidence['speech'].freshness == pytest.approx(2 ** -0.5)


def test_a_message_is_the_news_of_one_window_only(message, summary):
    gather = windows()
    gather.add(message('face', 10.0), s(10.0))
    gather.add(message('speech', 10.1), s(10.1))
    assert gather.advance(s(12.0)) == []


def test_evidence_older_than_max_age_is_missing(message):
    gather = windows(max_age=s(3))
    gather.add(message('speech', 10.0), s(10.0))
    for seconds in (10.0, 11.5, 13.0):
        ready = gather.add(message('face', seconds), s(seconds)) + gather.advance(s(seconds + 1))
    assert ready[-1].missing == ('speech',)


def test_people_are_windowed_apart_and_handed_out_in_order(message, summary):
    gather = windows(modalities=('face',), settle=0.5)
    gather.add(message('face', 10.2, person='zoe'), None)
    gather.add(message('face', 10.2, person='abe'), None)
    gather.add(message('face', 10.1, person='max'), None)
    assert summary(gather.advance(s(10.8))) == [
        ('max', 10.1, {'face': 10.1}), ('abe', 10.2, {'face': 10.2}),
        ('zoe', 10.2, {'face': 10.2})]


def test_one_call_hands_out_every_window_that_is_due(message, summary):
    gather = windows()
    for seconds in (10.0, 11.5, 13.0):
        gather.add(message('face', seconds), None)
    assert [time for _, time, _ in summary(gather.advance(s(14.0)))] == [10.0, 11.5, 13.0]


def test_without_a_clock_messages_wait(message, summary):
    gather = windows()
    assert gather.add(message('face', 10.0), 0) == []
    assert gather.add(message('speech', 10.0), None) == []
    assert gather.advance(0) == []
    assert summary(gather.advance(s(10.0))) == [('', 10.0, {'face': 10.0, 'speech': 10.0})]


def test_when_the_last_evidence_is_too_old_the_person_expires_once_and_is_forgotten(
        message, summary):
    gather = windows(settle=0.1, modalities=('face',))
    gather.add(message('face', 10.0), s(10.0))
    gather.advance(s(10.1))
    assert gather.next_deadline() == s(20.1)
    assert gather.advance(s(20.1) - 1) == []
    ready = gather.advance(s(20.1))
    assert summary(ready) == [('', 20.0, 'expired')]
    assert (ready[0].start, ready[0].missing) == (s(10.0), ('face',))
    assert gather.next_deadline() is None
    assert gather.advance(s(100.0)) == []


def test_a_forgotten_person_leaves_room_for_another(message):
    gather = windows(modalities=('face',), max_people=1)
    gather.add(message('face', 10.0, person='a'), s(10.0))
    gather.advance(s(20.0))
    gather.add(message('face', 21.0, person='b'), s(21.0))
    assert not gather.counts


def test_evidence_that_comes_just_as_the_last_expires_does_not_extend_it(message, summary):
    gather = windows(modalities=('face',))
    gather.add(message('face', 10.0), s(10.0))
    assert summary(gather.add(message('face', 20.0), s(20.0))) == [
        ('', 20.0, 'expired'), ('', 20.0, {'face': 20.0})]


def test_expiry_comes_before_the_evidence_that_ends_a_long_silence(message, summary):
    gather = windows(modalities=('face',))
    gather.add(message('face', 10.0), s(10.0))
    ready = gather.add(message('face', 25.0), s(25.0))
    assert summary(ready) == [('', 20.0, 'expired'), ('', 25.0, {'face': 25.0})]
