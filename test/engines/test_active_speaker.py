"""Whose words they are."""

import pytest

from mer_ros.data import BadInput, NANOSECONDS, Speaker
from mer_ros.engines.active_speaker import ActiveSpeaker, KEPT

START = 50 * NANOSECONDS


def test_nobody_is_known_at_first() -> None:
    assert ActiveSpeaker().at(START) == ''


def test_the_last_one_before_the_moment_counts_whatever_comes_after() -> None:
    speaker = ActiveSpeaker()
    speaker.note(Speaker(START, 'ada'))
    speaker.note(Speaker(START + 10, 'bob'))
    assert speaker.at(START - 1) == ''
    assert speaker.at(START + 9) == 'ada'
    assert speaker.at(START + 10) == 'bob'


def test_the_order_of_arrival_does_not_matter() -> None:
    speaker = ActiveSpeaker()
    speaker.note(Speaker(START + 10, 'bob'))
    speaker.note(Speaker(START, 'ada'))
    assert (speaker.at(START + 9), speaker.at(START + 11)) == ('ada', 'bob')


def test_who_was_seen_long_ago_is_not_taken_for_the_speaker() -> None:
    speaker = ActiveSpeaker()
    speaker.note(Speaker(START, 'ada'))
    assert speaker.at(START + 2 * NANOSECONDS) == 'ada'
    assert speaker.at(START + 2 * NANOSECONDS + 1) == ''


def test_of_sightings_with_one_stamp_the_same_counts_in_any_order() -> None:
    said = set()
    for order in (('ada', 'bob'), ('bob', 'ada')):
        speaker = ActiveSpeaker()
        for name in order:
            speaker.note(Speaker(START, name))
        said.add(speaker.at(START))
    assert len(said) == 1


def test_a_stamp_ahead_of_the_clock_is_refused_and_forgotten() -> None:
    speaker = ActiveSpeaker()
    speaker.note(Speaker(START + NANOSECONDS // 2, 'ada'), START)
    with pytest.raises(BadInput, match=r'0\.600 s ahead') as error:
        speaker.note(Speaker(START + 6 * NANOSECONDS // 10, 'bob'), START)
    assert error.value.reason == 'future'
    assert speaker.at(START + NANOSECONDS) == 'ada'


def test_a_clock_that_was_set_back_makes_nobody_else_the_speaker() -> None:
    speaker = ActiveSpeaker()
    for index in range(2 * KEPT):
        speaker.note(Speaker(START + index, 'before'))
    back = START - 30 * NANOSECONDS
    for index in range(2 * KEPT):
        speaker.note(Speaker(back + index, 'after'))
        assert speaker.at(back + index) == 'after'
    assert speaker.at(START + KEPT) == ''


def test_nobody_may_be_there() -> None:
    speaker = ActiveSpeaker()
    speaker.note(Speaker(START, 'ada'))
    speaker.note(Speaker(START + 5, ''))
    assert speaker.at(START + 6) == ''


def test_memory_is_bounded_and_can_be_cleared() -> None:
    speaker = ActiveSpeaker()
    for index in range(2 * KEPT):
        speaker.note(Speaker(START + index, f'face_{index}'))
    assert speaker.at(START + KEPT - 1) == ''
    assert speaker.at(START + 2 * KEPT) == f'face_{2 * KEPT - 1}'
    speaker.reset()
    assert speaker.at(START + 2 * KEPT) == ''
