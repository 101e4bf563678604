"""Event time: the node's clock, or that of stamps from another time."""

from mer_ros.window.event_clock import EventClock


def test_without_a_clock_there_is_no_time():
    clock = EventClock(max_lag=100)
    clock.observe(5, None)
    assert (clock.time(None), clock.time(0)) == (None, None)


def test_event_time_is_the_clock_when_stamps_are_recent():
    clock = EventClock(max_lag=100)
    assert clock.time(1000) == 1000
    clock.observe(901, 1000)
    assert (clock.time(2000), clock.offset) == (2000, 0)


def test_event_time_runs_on_from_the_newest_stamp_when_stamps_are_from_another_time():
    clock = EventClock(max_lag=100)
    clock.observe(900, 1000)
    assert clock.time(1000) == 900
    assert clock.time(1050) == 950
    clock.observe(880, 1060)
    assert clock.time(1060) == 960
    clock.observe(980, 1090)
    assert clock.time(1090) == 980


def test_stamps_that_came_before_the_clock_count_from_its_first_time():
    clock = EventClock(max_lag=100)
    clock.observe(900, None)
    assert clock.time(5000) == 900


def test_the_clock_is_believed_again_when_recent_stamps_come():
    clock = EventClock(max_lag=100)
    clock.observe(10, 1000)
    clock.observe(1050, 1060)
    assert clock.time(1070) == 1070


def test_reset_forgets_the_stamps():
    clock = EventClock(max_lag=100)
    clock.observe(10, 1000)
    clock.reset()
    assert clock.time(1000) == 1000
