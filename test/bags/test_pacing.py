"""The moments at which a recording is due, on a clock that the test owns."""

from hypothesis import given
from hypothesis import strategies as st
import pytest

from mer_ros.bags.pacing import Pacer
from mer_ros.data import NANOSECONDS

MILLISECOND = NANOSECONDS // 1000
BAG = 1_700_000_000 * NANOSECONDS


class FakeClock:
    """A clock that moves only while somebody sleeps, or by hand."""

    def __init__(self) -> None:
        self.now = 123 * NANOSECONDS

    def sleep(self, seconds: float) -> None:
        assert seconds > 0
        self.now += max(1, round(seconds * NANOSECONDS))


def pacer(clock: FakeClock, rate: float = 1.0, tick: float = 0.01) -> Pacer:
    return Pacer(rate=rate, tick=tick, now=lambda: clock.now, sleep=clock.sleep)


def test_a_message_is_due_after_the_recorded_interval() -> None:
    clock = FakeClock()
    began, play = clock.now, pacer(clock)
    play.begin(BAG)
    list(play.until(BAG + 250 * MILLISECOND))
    assert clock.now - began == pytest.approx(250 * MILLISECOND, abs=10)


@pytest.mark.parametrize('rate', [0.5, 2.0, 10.0])
def test_the_rate_stretches_the_interval(rate: float) -> None:
    clock = FakeClock()
    began, play = clock.now, pacer(clock, rate)
    play.begin(BAG)
    list(play.until(BAG + NANOSECONDS))
    assert clock.now - began == pytest.approx(NANOSECONDS / rate, abs=100)


def test_ticks_tell_the_time_of_the_recording_evenly() -> None:
    clock = FakeClock()
    play = pacer(clock, rate=2.0)
    play.begin(BAG)
    times = [time - BAG for time in play.until(BAG + 100 * MILLISECOND)]
    assert times == pytest.approx([20 * MILLISECOND * i for i in range(5)], abs=100)


def test_messages_close_together_do_not_add_ticks() -> None:
    clock = FakeClock()
    play = pacer(clock)
    play.begin(BAG)
    ticks = [time for step in range(1, 101) for time in play.until(BAG + step * MILLISECOND)]
    assert len(ticks) == 10


def test_what_is_overdue_is_not_waited_for() -> None:
    clock = FakeClock()
    play = pacer(clock)
    play.begin(BAG)
    clock.now += NANOSECONDS
    assert list(play.until(BAG + 900 * MILLISECOND)) == []


def test_a_delay_does_not_shift_what_follows() -> None:
    clock = FakeClock()
    began, play = clock.now, pacer(clock)
    play.begin(BAG)
    list(play.until(BAG + 100 * MILLISECOND))
    clock.now += 300 * MILLISECOND
    list(play.until(BAG + 200 * MILLISECOND))
    list(play.until(BAG + NANOSECONDS))
    assert clock.now - began == pytest.approx(NANOSECONDS, abs=100)


def test_a_second_beginning_starts_the_recording_again() -> None:
    clock = FakeClock()
    play = pacer(clock)
    for _ in range(2):
        began = clock.now
        play.begin(BAG)
        assert next(iter(play.until(BAG + NANOSECONDS))) == BAG
        list(play.until(BAG + NANOSECONDS))
        assert clock.now - began == pytest.approx(NANOSECONDS, abs=100)


def test_a_sleep_that_returns_early_is_slept_again() -> None:
    clock = FakeClock()
    play = Pacer(now=lambda: clock.now, sleep=lambda seconds: clock.sleep(seconds / 3))
    began = clock.now
    play.begin(BAG)
    list(play.until(BAG + 50 * MILLISECOND))
    assert clock.now - began >= 50 * MILLISECOND


@given(
    gaps=st.lists(st.integers(0, 50 * MILLISECOND), max_size=30),
    rate=st.floats(0.01, 1000), lag=st.integers(0, 20 * MILLISECOND))
def test_time_never_goes_back_and_never_passes_the_next_message(
    gaps: list[int], rate: float, lag: int
) -> None:
    clock = FakeClock()
    play = pacer(clock, rate, tick=0.02)
    play.begin(BAG)
    told, stamp = [BAG], BAG
    for gap in gaps:
        stamp += gap
        for time in play.until(stamp):
            assert time <= stamp
            told.append(time)
        told.append(stamp)
        clock.now += lag
    assert told == sorted(told)


def test_time_does_not_go_back_where_the_clock_is_too_coarse_for_the_rate() -> None:
    clock = FakeClock()
    play = pacer(clock, rate=1000.0)
    play.begin(BAG)
    assert list(play.until(BAG + 400)) == []
    assert next(play.until(BAG + NANOSECONDS)) == BAG + 400


@pytest.mark.parametrize('rate', [0.0, -1.0, float('nan'), float('inf')])
def test_a_rate_that_is_no_rate_is_refused(rate: float) -> None:
    with pytest.raises(ValueError, match='rate must be a finite number above 0'):
        Pacer(rate=rate)
