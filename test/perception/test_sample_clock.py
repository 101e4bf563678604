from collections.abc import Sequence
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st
import numpy as np
import pytest

from mer_ros.data import AudioBlock, NANOSECONDS, nanoseconds
from mer_ros.perception.sample_clock import SampleClock

START = 100 * NANOSECONDS
RATE = 16000
LENGTH = 320
BLOCK = LENGTH * NANOSECONDS // RATE  # 20 ms


def block(stamp: int, *, arrived: bool = False, length: int = LENGTH) -> AudioBlock:
    return AudioBlock(stamp, np.zeros((length, 1), np.float32), RATE, arrived=arrived)


def follow(clock: SampleClock, one: AudioBlock) -> tuple[str, int, int]:
    """Feed a block as an engine does; return its kind, what was missing, and its placed stamp."""
    step = clock.step(one)
    if step.kind in ('gap', 'backward'):
        clock.reset()
    position = clock.take(one, step.missing if step.kind == 'lost' else 0)
    return step.kind, step.missing, clock.time_of(position)


def lost(
    clock: SampleClock, stamps: Sequence[int], *, arrived: bool = False
) -> tuple[list[str], int]:
    """Return the kinds other than ``next``, and how many samples were missing in all."""
    found = [follow(clock, block(stamp, arrived=arrived)) for stamp in stamps]
    return ([kind for kind, _, _ in found if kind != 'next'],
            sum(missing for _, missing, _ in found))


def test_blocks_without_jitter_keep_their_stamps() -> None:
    clock = SampleClock()
    stamps = [START + index * BLOCK for index in range(10)]
    assert [follow(clock, block(stamp)) for stamp in stamps] == [
        ('next', 0, stamp) for stamp in stamps]


@pytest.mark.parametrize('jitter', [0.005, 0.05, 0.15])
def test_jitter_is_averaged_out_once_it_is_known(jitter: float) -> None:
    clock, random = SampleClock(), np.random.default_rng(0)
    errors, kinds = [], []
    for index in range(1000):
        stamp = START + index * BLOCK
        kind, _, placed = follow(clock, block(stamp + nanoseconds(random.uniform(-jitter, jitter))))
        kinds.append(kind)
        errors.append(placed - stamp)
    assert set(kinds[50:]) == {'next'}
    assert np.std(errors[50:]) < nanoseconds(jitter) / 5


@pytest.mark.parametrize('speed', [0.9995, 1.0005])
@pytest.mark.parametrize('arrived', [False, True])
def test_a_sound_card_that_runs_fast_or_slow_is_followed(speed: float, *, arrived: bool) -> None:
    clock = SampleClock()
    for index in range(100_000):
        stamp = START + round(index * BLOCK * speed)
        kind, _, placed = follow(clock, block(stamp, arrived=arrived))
        assert kind == 'next'
    assert placed == pytest.approx(stamp, abs=7_000_000 if arrived else 1_000_000)


@pytest.mark.parametrize('jump', [-900_000_000, -90_000_000, 0, 4_000_000])
def test_a_stamp_that_is_early_or_hardly_late_goes_on_with_the_stream(jump: int) -> None:
    clock = SampleClock()
    stamps = [START + index * BLOCK for index in range(10)]
    assert lost(clock, [*stamps, stamps[-1] + BLOCK + jump]) == ([], 0)


@pytest.mark.parametrize(('jump', 'kind'), [
    (20_000_000, 'lost'), (280_000_000, 'lost'), (320_000_000, 'gap'), (-1_010_000_000, 'backward'),
])
def test_a_jump_of_exact_stamps_is_seen_at_once(jump: int, kind: str) -> None:
    clock = SampleClock()
    stamps = [START + index * BLOCK for index in range(10)]
    assert lost(clock, stamps) == ([], 0)
    after = stamps[-1] + BLOCK + jump
    found, missing, placed = follow(clock, block(after))
    assert (found, placed) == (kind, after)
    assert missing == max(0, jump) * RATE // NANOSECONDS


def test_every_lost_block_is_a_gap_of_its_own_length() -> None:
    clock = SampleClock()
    stamps = [START + index * BLOCK for index in range(200) if index % 4 != 3]
    kinds, missing = lost(clock, stamps)
    assert set(kinds) == {'lost'}
    assert missing == 49 * LENGTH  # the last one is not seen before another block comes


@given(st.sets(st.integers(1, 198)), st.integers(0, 2))
def test_lost_blocks_add_up_to_their_true_length(gone: set[int], jitter_ms: int) -> None:
    clock, random = SampleClock(), np.random.default_rng(1)
    found = 0
    for index in sorted(set(range(300)) - gone):
        stamp = START + index * BLOCK
        kind, missing, _ = follow(clock, block(stamp + int(random.integers(jitter_ms * 10**6 + 1))))
        found = 0 if kind == 'gap' else found + missing
    assert clock.time_of(clock.position) == pytest.approx(START + 300 * BLOCK, abs=8_000_000)


def test_losses_within_the_jitter_are_seen_when_they_have_added_up() -> None:
    clock, random = SampleClock(), np.random.default_rng(2)
    stamps = [START + index * BLOCK + int(random.integers(-30_000_000, 30_000_001))
              for index in range(3000) if index % 50 != 49]
    kinds, missing = lost(clock, stamps)
    assert set(kinds) == {'lost'}
    assert missing / LENGTH == pytest.approx(60, abs=4)


def test_a_stall_and_the_burst_after_it_do_not_end_the_stream() -> None:
    clock = SampleClock()
    stamps = [START + index * BLOCK for index in range(400)]
    stamps[200:212] = [START + 212 * BLOCK] * 12
    kinds, _ = lost(clock, stamps)
    assert set(kinds) <= {'lost'}
    assert clock.time_of(clock.position) == pytest.approx(START + 400 * BLOCK, abs=10_000_000)


@given(st.lists(st.floats(0.0, 1.99), min_size=10, max_size=100), st.integers(0, 9))
def test_arrival_below_two_seconds_late_moves_nothing(delays: list[float], prompt: int) -> None:
    clock = SampleClock()
    delays[prompt] = 0.0
    arrivals = [START + index * BLOCK + nanoseconds(delay) for index, delay in enumerate(delays)]
    assert lost(clock, arrivals, arrived=True) == ([], 0)
    assert clock.time_of(0) == pytest.approx(START, abs=1000)


def test_blocks_that_arrive_in_bursts_keep_their_times() -> None:
    clock = SampleClock()
    placed = [follow(clock, block(START + index // 4 * 4 * BLOCK, arrived=True))
              for index in range(400)]
    assert {kind for kind, _, _ in placed} == {'next'}
    times = [time for _, _, time in placed[8:]]
    assert all(later - sooner == BLOCK for sooner, later in pairwise(times))


def test_sound_lost_on_its_way_to_an_arrival_is_seen_after_some_seconds() -> None:
    clock = SampleClock()
    stamps = [START + index * BLOCK for index in range(1500) if not 400 <= index < 410]
    kinds, missing = lost(clock, stamps, arrived=True)
    assert kinds == ['lost']
    assert missing == 10 * LENGTH
    assert clock.time_of(clock.position) == START + 1500 * BLOCK


@pytest.mark.parametrize(('late', 'kind'), [(2.1, 'gap'), (-2.1, 'backward')])
def test_an_arrival_that_no_delay_explains_begins_a_stream(late: float, kind: str) -> None:
    clock = SampleClock()
    follow(clock, block(START, arrived=True))
    assert follow(clock, block(START + BLOCK + nanoseconds(late), arrived=True))[0] == kind


def test_any_first_block_begins_a_stream() -> None:
    clock = SampleClock()
    follow(clock, block(START))
    clock.reset()
    assert follow(clock, block(1)) == ('next', 0, 1)


def test_the_position_counts_sound_of_every_rate() -> None:
    clock = SampleClock()
    follow(clock, block(START))
    clock.take(AudioBlock(START + BLOCK, np.zeros((960, 1), np.float32), 48000))
    assert clock.position == 2 * BLOCK


def test_asking_how_a_block_continues_changes_nothing() -> None:
    clock = SampleClock()
    lost(clock, [START + index * BLOCK for index in range(5)])
    late = block(START + 8 * BLOCK)
    assert clock.step(late) == clock.step(late)
    assert follow(clock, block(START + 5 * BLOCK)) == ('next', 0, START + 5 * BLOCK)
