"""Faces keep their names."""

from hypothesis import given
from hypothesis import strategies as st
import numpy as np
import pytest

from mer_ros.data import NANOSECONDS
from mer_ros.perception.tracking import FaceTracker, Foremost, likeness

STEP = NANOSECONDS // 6


def face(x: float, y: float = 100.0, side: float = 80.0) -> list[float]:
    return [x - side / 2, y - side / 2, x + side / 2, y + side / 2]


def follow(images: list[list[list[float]]], **options: float) -> list[list[str]]:
    tracker = FaceTracker(**options)
    return [list(tracker.update((index + 1) * STEP, np.reshape(boxes, (-1, 4))))
            for index, boxes in enumerate(images)]


def test_a_face_that_stays_keeps_its_name() -> None:
    assert follow([[face(100)]] * 3) == [['face_1']] * 3


def test_a_face_that_walks_keeps_its_name() -> None:
    assert follow([[face(100 + 45 * i)] for i in range(8)]) == [['face_1']] * 8


def test_the_order_of_detections_does_not_matter() -> None:
    left, right = face(100), face(400)
    assert follow([[left, right], [right, left]]) == [['face_1', 'face_2'], ['face_2', 'face_1']]


def test_two_faces_that_pass_each_other_keep_their_names() -> None:
    steps = [[face(100 + 40 * i), face(400 - 40 * i, y=130)] for i in range(9)]
    assert follow(steps) == [['face_1', 'face_2']] * 9


def test_a_newcomer_gets_a_new_name() -> None:
    assert follow([[face(100)], [face(100), face(400)]])[1] == ['face_1', 'face_2']


def test_a_face_missed_for_a_moment_keeps_its_name() -> None:
    assert follow([[face(100)], [], [], [face(110)]])[3] == ['face_1']


def test_a_face_gone_for_longer_comes_back_as_somebody_new() -> None:
    assert follow([[face(100)], [], [], [face(100)]], max_gap=0.3)[3] == ['face_2']


def test_a_face_of_another_size_at_the_same_place_is_somebody_else() -> None:
    assert follow([[face(100, side=200)], [face(100, side=40)]])[1] == ['face_2']


def test_after_a_reset_names_start_again() -> None:
    tracker = FaceTracker()
    tracker.update(STEP, np.array([face(100), face(400)]))
    tracker.reset()
    assert list(tracker.update(STEP, np.array([face(400)]))) == ['face_1']


def test_smoothing_steadies_a_box_that_trembles() -> None:
    rng = np.random.default_rng(0)
    places = 100 + rng.normal(0, 4, 200)

    def travel(smoothing: float) -> float:
        tracker = FaceTracker(smoothing=smoothing)
        boxes = [tracker.update((i + 1) * STEP, np.array([face(x)]))['face_1']
                 for i, x in enumerate(places)]
        return float(np.abs(np.diff([box[0] for box in boxes])).mean())

    assert travel(0.7) < 0.7 * travel(0.0)


def test_without_smoothing_boxes_are_as_detected() -> None:
    tracker = FaceTracker()
    for index, x in enumerate((100, 117, 95)):
        named = tracker.update((index + 1) * STEP, np.array([face(x)]))
        np.testing.assert_array_equal(named['face_1'], face(x))


coordinates = st.floats(0, 640)


@given(st.lists(st.lists(st.tuples(coordinates, coordinates, st.floats(20, 200)), max_size=5),
                max_size=8))
def test_no_two_faces_of_an_image_share_a_name(images: list[list[tuple[float, ...]]]) -> None:
    for boxes, names in zip(images, follow([[face(*box) for box in boxes] for boxes in images]),
                            strict=True):
        assert len(set(names)) == len(boxes)


places = st.tuples(coordinates, coordinates, st.floats(20, 200))


@given(places, places)
def test_likeness_is_symmetric_and_a_share(
    here: tuple[float, ...], there: tuple[float, ...]
) -> None:
    one, other = np.array(face(*here)), np.array(face(*there))
    assert likeness(one, other) == pytest.approx(likeness(other, one))
    assert 0.0 <= likeness(one, other) <= likeness(one, one) == pytest.approx(1.0)


@pytest.mark.parametrize('options', [{'max_gap': 0.0}, {'smoothing': 1.0}, {'smoothing': -0.1}])
def test_impossible_settings_of_the_tracker_are_refused(options: dict[str, float]) -> None:
    with pytest.raises(ValueError, match='needed is'):
        FaceTracker(**options)


def named(**sides: float) -> dict[str, np.ndarray]:
    return {name: np.array(face(100, side=side)) for name, side in sides.items()}


def test_the_largest_face_is_foremost() -> None:
    assert Foremost().update(named(a=50, b=80)) == 'b'


def test_a_slightly_larger_face_does_not_take_over() -> None:
    foremost = Foremost()
    foremost.update(named(a=80, b=50))
    assert foremost.update(named(a=80, b=90)) == 'a'
    assert foremost.update(named(a=80, b=100)) == 'b'


def test_whoever_remains_is_foremost_and_nobody_when_all_are_gone() -> None:
    foremost = Foremost()
    foremost.update(named(a=80, b=50))
    assert foremost.update(named(b=50)) == 'b'
    assert foremost.update({}) == ''
