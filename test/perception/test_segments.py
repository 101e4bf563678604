from collections.abc import Sequence
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st
import numpy as np
import pytest

from mer_ros.data import NANOSECONDS
from mer_ros.perception.segments import Frame, Segmenter, SlidingWindow, Utterance

START = 100 * NANOSECONDS
FRAME = 32_000_000


def frames(probabilities: Sequence[float]) -> list[Frame]:
    """Return frames of 32 ms; the samples of each hold its number."""
    return [Frame(START + index * FRAME, probability, np.full(512, index, dtype=np.float32))
            for index, probability in enumerate(probabilities)]


def cut(segmenter: Segmenter, probabilities: Sequence[float]) -> list[Utterance]:
    found = [segmenter.push(frame) for frame in frames(probabilities)]
    return [utterance for utterance in [*found, segmenter.flush()] if utterance is not None]


def held(utterance: Utterance) -> list[int]:
    """Return the numbers of the frames in the waveform."""
    return [int(number) for number in utterance.waveform[::512]]


def test_speech_is_bounded_by_its_first_and_last_spoken_frame() -> None:
    [utterance] = cut(Segmenter(), [0.0] * 10 + [0.9] * 20 + [0.0] * 20)
    assert utterance.start == START + 10 * FRAME
    assert utterance.end == START + 30 * FRAME
    assert utterance.voiced == 1.0


def test_the_waveform_is_padded_on_both_sides() -> None:
    [utterance] = cut(Segmenter(padding=0.1), [0.0] * 10 + [0.9] * 20 + [0.0] * 20)
    assert held(utterance) == list(range(6, 34))


def test_an_utterance_is_given_as_soon_as_the_silence_is_long_enough() -> None:
    segmenter = Segmenter(min_silence=0.4)
    given_at = [index for index, frame in enumerate(frames([0.9] * 20 + [0.0] * 30))
                if segmenter.push(frame) is not None]
    assert given_at == [32]


def test_speech_starts_at_one_threshold_and_goes_on_at_a_lower_one() -> None:
    assert cut(Segmenter(), [0.4] * 50) == []
    [utterance] = cut(Segmenter(), [0.5] + [0.36] * 30 + [0.34] * 20)
    assert utterance.end == START + 31 * FRAME


def test_a_short_pause_does_not_end_an_utterance() -> None:
    [utterance] = cut(Segmenter(min_silence=0.4), [0.9] * 10 + [0.0] * 10 + [0.9] * 10)
    assert utterance.end == START + 30 * FRAME
    assert utterance.voiced == pytest.approx(2 / 3)


def test_a_long_pause_makes_two_utterances() -> None:
    first, second = cut(Segmenter(), [0.9] * 10 + [0.0] * 14 + [0.9] * 10)
    assert first.end == START + 10 * FRAME
    assert second.start == START + 24 * FRAME


def test_a_click_is_no_utterance() -> None:
    assert cut(Segmenter(min_speech=0.25), [0.0] * 10 + [0.9] * 7 + [0.0] * 30) == []
    assert len(cut(Segmenter(min_speech=0.25), [0.0] * 10 + [0.9] * 8 + [0.0] * 30)) == 1


def test_endless_speech_is_cut_and_goes_on_without_a_seam() -> None:
    utterances = cut(Segmenter(max_utterance=1.0), [0.9] * 110)
    assert [number for utterance in utterances for number in held(utterance)] == list(range(110))
    assert all(utterance.end - utterance.start <= 1.0 * NANOSECONDS + FRAME
               for utterance in utterances)


def test_reset_forgets_the_open_utterance() -> None:
    segmenter = Segmenter()
    for frame in frames([0.9] * 20):
        segmenter.push(frame)
    assert segmenter.speaking
    segmenter.reset()
    assert not segmenter.speaking
    assert segmenter.flush() is None


@given(st.lists(st.floats(0, 1), max_size=200))
def test_utterances_never_overlap_and_are_long_enough(probabilities: list[float]) -> None:
    utterances = cut(Segmenter(max_utterance=2.0), probabilities)
    for utterance in utterances:
        assert utterance.end - utterance.start >= 0.25 * NANOSECONDS
        assert 0.0 <= utterance.voiced <= 1.0
    for first, second in pairwise(utterances):
        assert first.end <= second.start


@pytest.mark.parametrize('options', [
    {'threshold': 0.1, 'hysteresis': 0.2}, {'threshold': 1.1}, {'hysteresis': -0.1},
    {'padding': -0.1}, {'padding': 0.5}, {'min_speech': 10.0}, {'threshold': float('nan')},
])
def test_impossible_settings_are_refused(options: dict[str, float]) -> None:
    with pytest.raises(ValueError, match='needed is'):
        Segmenter(**options)


def slide(window: SlidingWindow, probabilities: Sequence[float]) -> list[Utterance]:
    """Push frames that count as speech until the probability is below 0."""
    given = [window.push(frame, speaking=frame.probability >= 0, keep=0.35)
             for frame in frames(probabilities)]
    return [utterance for utterance in given if utterance is not None]


def test_windows_come_every_hop_and_hold_the_last_seconds() -> None:
    windows = slide(SlidingWindow(length=1.6, hop=0.8), [0.9] * 100)
    assert [held(window)[-1] for window in windows] == [24, 49, 74, 99]
    assert [len(held(window)) for window in windows] == [25, 50, 50, 50]
    assert windows[-1].end - windows[-1].start == 50 * FRAME


def test_no_window_reaches_back_to_what_was_said_before() -> None:
    windows = slide(SlidingWindow(length=3.2, hop=0.8), [0.9] * 30 + [-1.0] + [0.9] * 30)
    assert held(windows[-1]) == list(range(31, 56))


def test_no_window_ends_in_a_pause() -> None:
    windows = slide(SlidingWindow(length=1.6, hop=0.8), [0.9] * 20 + [0.0] * 10 + [0.9] * 10)
    assert [held(window)[-1] for window in windows] == [30]


@pytest.mark.parametrize(('length', 'hop'), [(1.0, 0.0), (1.0, 2.0), (float('nan'), 1.0)])
def test_an_impossible_window_is_refused(length: float, hop: float) -> None:
    with pytest.raises(ValueError, match='0 < hop <= length'):
        SlidingWindow(length=length, hop=hop)
