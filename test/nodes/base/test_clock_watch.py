"""The system's time jumping back is seen; time that goes on, or ahead, is not."""

import pytest

from mer_ros.data import nanoseconds
from mer_ros.nodes.base.clock_watch import ClockWatch


@pytest.fixture
def clocks():
    class Clocks:
        system, steady = 1_700_000_000 * 10**9, 5 * 10**9

        def go(self, seconds, jump=0.0):
            self.steady += nanoseconds(seconds)
            self.system += nanoseconds(seconds + jump)

    made = Clocks()
    made.watch = ClockWatch(lambda: made.system, lambda: made.steady)
    return made


@pytest.mark.parametrize(('jump', 'expected'), [
    (-3600.0, True), (-1.0, True), (-0.1, False), (0.0, False), (3600.0, False)])
def test_only_a_jump_back_is_one(clocks, jump, expected):
    clocks.go(0.5)
    assert not clocks.watch.jumped_back()
    clocks.go(0.5, jump)
    assert clocks.watch.jumped_back() == expected
    clocks.go(0.5)
    assert not clocks.watch.jumped_back(), 'it is told once'


def test_a_clock_that_is_steered_slowly_has_not_jumped(clocks):
    for _ in range(1000):
        clocks.go(0.5, -0.01)
        assert not clocks.watch.jumped_back()
