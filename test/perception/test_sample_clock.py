from __future__ import annotations

import numpy as np
import pytest

from mer_ros.data import NANOSECONDS
from mer_ros.perception.sample_clock import SampleClock

START = 100 * NANOSECONDS
BLOCK = 20_000_000


def test_blocks_without_jitter_keep_their_stamps() -> None:
    clock = SampleClock()
    stamps = [START + index * BLOCK for index in range(10)]
    assert [clock.place(stamp, BLOCK) for stamp in stamps] == stamps


def test_jitter_is_averaged_out() -> None:
    clock, random = SampleClock(), np.random.default_rng(0)
    errors = []
    for index in range(1000):
        stamp = START + index * BLOCK
        jittered = stamp + int(random.integers(-50_000_000, 50_000_001))
        assert clock.step(jittered) == 'next'
        errors.append(clock.place(jittered, BLOCK) - stamp)
    assert np.std(errors[50:]) < 10_000_000


def test_a_sound_card_that_runs_fast_is_followed() -> None:
    clock = SampleClock()
    for index in range(100_000):
        stamp = START + round(index * BLOCK * 0.9995)
        assert clock.step(stamp) == 'next'
        placed = clock.place(stamp, BLOCK)
    assert placed == pytest.approx(stamp, abs=1_000_000)


@pytest.mark.parametrize(('jump', 'step'), [
    (0, 'next'), (90_000_000, 'next'), (-90_000_000, 'next'),
    (110_000_000, 'gap'), (-110_000_000, 'backward'),
])
def test_a_jump_is_told_from_jitter(jump: int, step: str) -> None:
    clock = SampleClock(tolerance=0.1)
    clock.place(START, BLOCK)
    assert clock.step(START + BLOCK + jump) == step


def test_any_first_block_begins_a_stream() -> None:
    clock = SampleClock()
    clock.place(START, BLOCK)
    clock.reset()
    assert clock.step(1) == 'next'
    assert clock.place(1, BLOCK) == 1


@pytest.mark.parametrize('tolerance', [0.0, -1.0, float('nan')])
def test_an_impossible_tolerance_is_refused(tolerance: float) -> None:
    with pytest.raises(ValueError, match='above 0'):
        SampleClock(tolerance=tolerance)
