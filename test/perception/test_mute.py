"""The robot does not listen to itself."""

from __future__ import annotations

from mer_ros.perception.mute import Mute, TAIL


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


def test_it_may_speak_again() -> None:
    mute = Mute()
    for now, speaking in ((1000, True), (2000, False), (10**10, True)):
        mute.tell(now, speaking=speaking)
    assert not mute.covers(2000 + TAIL, 10**10)
    assert mute.covers(10**10, 10**10 + 1)
