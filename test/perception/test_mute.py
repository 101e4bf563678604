"""The robot does not listen to itself."""

import pytest

from mer_ros.data import NANOSECONDS
from mer_ros.perception.mute import Mute, REMEMBERED, TAIL

SECOND = NANOSECONDS


def test_at_first_everything_is_listened_to() -> None:
    assert not Mute().covers(0, 10**12)


def test_sound_is_the_robots_while_it_speaks_and_shortly_after() -> None:
    mute = Mute()
    mute.tell(1000, speaking=True)
    assert not mute.covers(900, 1000)
    assert mute.covers(990, 1010)
    assert mute.covers(5000, 5010)
    mute.tell(6000, speaking=False)
    assert mute.covers(6000 + TAIL - 1, 6000 + TAIL + 9)
    assert not mute.covers(6000 + TAIL, 6000 + TAIL + 10)


def test_saying_the_same_again_changes_nothing() -> None:
    mute = Mute()
    mute.tell(1000, speaking=True)
    mute.tell(2000, speaking=True)
    assert mute.covers(1500, 1600)
    mute.tell(3000, speaking=False)
    mute.tell(9000, speaking=False)
    assert not mute.covers(3000 + TAIL, 9000)


def test_that_it_does_not_speak_is_no_news_at_first() -> None:
    mute = Mute()
    mute.tell(1000, speaking=False)
    assert not mute.covers(900, 1000)


def test_it_may_speak_again_and_what_it_said_before_is_still_its_own() -> None:
    mute = Mute()
    for sentence in range(3):
        mute.tell((10 + 5 * sentence) * SECOND, speaking=True)
        mute.tell((12 + 5 * sentence) * SECOND, speaking=False)
    for sentence in range(3):
        begin = (10 + 5 * sentence) * SECOND
        assert mute.covers(begin + SECOND, begin + SECOND + 1)
        assert mute.covers(begin + 2 * SECOND + TAIL - 1, begin + 3 * SECOND)
        assert not mute.covers(begin + 2 * SECOND + TAIL, begin + 5 * SECOND)


def test_sentences_are_remembered_but_not_for_ever() -> None:
    mute = Mute()
    for sentence in range(REMEMBERED + 1):
        mute.tell(10 * sentence * SECOND, speaking=True)
        mute.tell((10 * sentence + 1) * SECOND, speaking=False)
    assert not mute.covers(0, SECOND)
    assert mute.covers(10 * SECOND, 11 * SECOND)


def test_a_robot_that_never_says_it_stopped_is_listened_to_after_the_timeout() -> None:
    mute = Mute(timeout=30.0)
    mute.tell(SECOND, speaking=True)
    assert not mute.stuck(30 * SECOND)
    assert mute.covers(30 * SECOND, 31 * SECOND)
    assert mute.stuck(31 * SECOND)
    assert not mute.covers(31 * SECOND, 3600 * SECOND)
    mute.tell(60 * SECOND, speaking=False)
    assert not mute.stuck(61 * SECOND)
    assert not mute.covers(31 * SECOND, 3600 * SECOND)


def test_each_word_that_it_speaks_starts_the_timeout_again() -> None:
    mute = Mute(timeout=2.0)
    for second in (1, 2, 3):
        mute.tell(second * SECOND, speaking=True)
    assert mute.covers(4 * SECOND, 5 * SECOND)
    assert not mute.stuck(4 * SECOND)
    mute.tell(10 * SECOND, speaking=True)
    assert not mute.covers(5 * SECOND, 10 * SECOND)
    assert mute.covers(11 * SECOND, 12 * SECOND)


@pytest.mark.parametrize('timeout', [0.0, -1.0, float('nan')])
def test_an_impossible_timeout_is_refused(timeout: float) -> None:
    with pytest.raises(ValueError, match='above 0'):
        Mute(timeout=timeout)
