from hypothesis import given
from hypothesis import strategies as st
import numpy as np
import pytest

from mer_ros.data import NANOSECONDS
from mer_ros.perception.face_crops import crop, EveryNth, FrameSelector, saliency

START = 50 * NANOSECONDS
TENTH = NANOSECONDS // 10
IMAGE = np.arange(4 * 6 * 3, dtype=np.uint8).reshape(4, 6, 3)


def test_a_crop_is_what_lies_in_the_box() -> None:
    np.testing.assert_array_equal(crop(IMAGE, (1, 0, 4, 3)), IMAGE[0:3, 1:4])


def test_the_margin_is_a_share_of_the_box() -> None:
    np.testing.assert_array_equal(crop(IMAGE, (2, 1, 4, 3), margin=0.5), IMAGE[0:4, 1:5])


def test_a_box_is_made_square_about_its_centre() -> None:
    np.testing.assert_array_equal(crop(IMAGE, (2, 0, 4, 4)), IMAGE[0:4, 1:5])


def test_beyond_the_border_the_border_is_repeated() -> None:
    np.testing.assert_array_equal(
        crop(IMAGE, (-2, -1, 3, 4)), np.pad(IMAGE[:4, :3], ((1, 0), (2, 0), (0, 0)), mode='edge'))


def test_a_box_outside_the_image_still_has_its_size() -> None:
    np.testing.assert_array_equal(crop(IMAGE, (8, 8, 11, 11)), np.tile(IMAGE[-1, -1], (3, 3, 1)))


@pytest.mark.parametrize('box', [(-9, -2, 20, 9), (5, -7, 8, -4), (-5, 1, -2, 4), (4, 3, 9, 8)])
def test_whatever_the_box_each_pixel_is_the_nearest_of_the_image(box: tuple[int, ...]) -> None:
    turned = np.rot90(IMAGE)  # as a telephone's pictures come: a view
    side = max(box[2] - box[0], box[3] - box[1])
    left, top = (box[0] + box[2] - side) / 2, (box[1] + box[3] - side) / 2
    columns, rows = (round(edge) + np.arange(side) for edge in (left, top))
    np.testing.assert_array_equal(crop(turned, box), turned[
        np.clip(rows, 0, 5)[:, None], np.clip(columns, 0, 3)])


def test_a_crop_does_not_share_memory_with_the_image() -> None:
    assert not np.shares_memory(crop(IMAGE, (0, 0, 6, 4)), IMAGE)


@pytest.mark.parametrize('box', [(3, 1, 3, 4), (3, 4, 4, 1), (0, 0, float('nan'), 3)])
def test_an_empty_box_is_refused(box: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match='left < right'):
        crop(IMAGE, box)


@pytest.mark.parametrize(('n', 'taken'), [(1, [0, 1, 2, 3, 4, 5, 6]), (3, [0, 3, 6])])
def test_the_first_and_then_every_nth_frame_is_taken(n: int, taken: list[int]) -> None:
    sampler = EveryNth(n)
    assert [index for index in range(7) if sampler.takes(START + index * TENTH)] == taken


def test_a_jump_back_in_time_restarts_the_count() -> None:
    sampler = EveryNth(5)
    first = [sampler.takes(START + index * TENTH) for index in range(13)]
    assert [sampler.takes(START + index * TENTH) for index in range(13)] == first


def test_frames_in_slight_disorder_do_not_restart_the_count() -> None:
    sampler = EveryNth(2)
    stamps = [START, START + 2 * TENTH, START + TENTH, START + 3 * TENTH]
    assert [sampler.takes(stamp) for stamp in stamps] == [True, False, True, False]


def test_the_number_of_frames_must_be_positive() -> None:
    with pytest.raises(ValueError, match='at least 1'):
        EveryNth(0)


def test_probability_is_the_largest_softmax() -> None:
    assert saliency('probability', np.array([0.0, np.log(3.0)])) == pytest.approx(0.75)
    assert saliency('probability', np.array([1e6, 0.0])) == 1.0


def test_logit_is_the_largest_magnitude() -> None:
    assert saliency('magnitude', np.array([2.0, -7.0, 3.0])) == 7.0
    assert saliency('logit', np.array([2.0, -7.0, 3.0])) == 3.0


def feed(selector: FrameSelector[str], candidates: list[tuple[float, list[float]]]) -> list[str]:
    """Push candidates, named by their time in tenths of a second; return what is chosen."""
    chosen: list[str] = []
    for at, logits in candidates:
        chosen += selector.push(START + round(at * TENTH), np.array(logits), str(at))
    return chosen + selector.flush()


# Frame 1 has the largest logit, frame 2 the highest probability, frame 3 neither.
CANDIDATES = [(1, [9.0, 8.0]), (2, [4.0, 0.0]), (3, [1.0, 0.0]), (6, [0.0, 0.0])]


@pytest.mark.parametrize(('rule', 'chosen'), [
    ('probability', ['2', '6']), ('logit', ['1', '6']), ('magnitude', ['1', '6']),
    ('off', ['1', '2', '3', '6'])])
def test_the_rule_says_which_frame_of_a_window_is_kept(rule: str, chosen: list[str]) -> None:
    assert feed(FrameSelector(rule, window=0.5), CANDIDATES) == chosen


def test_the_best_is_given_when_a_later_window_begins() -> None:
    selector: FrameSelector[str] = FrameSelector(window=0.5)
    assert selector.push(START, np.array([1.0, 0.0]), 'first') == []
    assert selector.push(START + 4 * TENTH, np.array([2.0, 0.0]), 'second') == []
    assert selector.advance(START + 4 * TENTH) == []
    assert selector.advance(START + 5 * TENTH) == ['second']
    assert selector.flush() == []


def test_the_earlier_of_equals_is_kept() -> None:
    assert feed(FrameSelector(), [(1, [1.0, 0.0]), (2, [1.0, 0.0])]) == ['1']


@given(st.lists(st.tuples(st.integers(0, 60), st.floats(0, 5)), min_size=1, max_size=30),
       st.integers(0, 29))
def test_the_choice_does_not_depend_on_when_one_started_to_look(
    frames: list[tuple[int, float]], skip: int
) -> None:
    candidates = [(float(at), [score, 0.0]) for at, score in sorted(frames)]
    whole = feed(FrameSelector(window=0.5), candidates)
    later = feed(FrameSelector(window=0.5), candidates[skip:])
    # All but the first window, of which the start was missed.
    assert whole[len(whole) - len(later) + 1:] == later[1:]


@pytest.mark.parametrize(('rule', 'window', 'text'), [
    ('best', 0.5, "'probability', 'logit', 'magnitude', 'off'"), ('logit', 0.0, 'above 0')])
def test_impossible_settings_of_the_selector_are_refused(
    rule: str, window: float, text: str
) -> None:
    with pytest.raises(ValueError, match=text):
        FrameSelector(rule, window=window)


def taken_of(rate: float, sampler: EveryNth, jitter: float = 0.0) -> int:
    """Return how many images are taken in ten seconds of a camera of this rate."""
    random = np.random.default_rng(1)
    stamps = START + (np.arange(10 * rate) + jitter * random.uniform(-1, 1, round(10 * rate))
                      ) / rate * NANOSECONDS
    return sum(sampler.takes(int(stamp)) for stamp in stamps)


@pytest.mark.parametrize('jitter', [0.0, 0.4])
@pytest.mark.parametrize(('rate', 'taken'), [(10, 20), (30, 60), (60, 60), (200, 60)])
def test_a_fast_camera_costs_no_more_than_the_budget(
    rate: float, taken: int, jitter: float
) -> None:
    assert taken_of(rate, EveryNth(5, most=6.0), jitter) == pytest.approx(taken, abs=1)


def test_a_pause_is_not_made_up_for() -> None:
    sampler = EveryNth(1, most=2.0)
    sampler.takes(START)
    later = START + 60 * NANOSECONDS
    assert sum(sampler.takes(later + index * TENTH) for index in range(11)) == 3


def test_after_a_jump_back_the_budget_is_whole() -> None:
    sampler = EveryNth(1, most=1.0)
    assert sampler.takes(START)
    assert sampler.takes(START - 5 * NANOSECONDS)


@pytest.mark.parametrize('most', [-1.0, float('nan')])
def test_an_impossible_budget_is_refused(most: float) -> None:
    with pytest.raises(ValueError, match='no limit'):
        EveryNth(1, most=most)
