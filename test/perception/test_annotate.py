"""Boxes and bars in an image."""

import numpy as np
import pytest

from mer_ros.perception.annotate import annotate, Note

RED, BLUE = (200, 0, 0), (0, 0, 200)


def note(*box: float, doubt: float = 0.5) -> Note:
    return Note(np.array(box), 'anger 80 %', ('anger', 'sadness'), (0.8, 0.2), (RED, BLUE), doubt)


def changed(pixels: np.ndarray, *notes: Note) -> np.ndarray:
    return np.any(annotate(pixels, notes) != pixels, axis=2)


@pytest.fixture
def pixels() -> np.ndarray:
    return np.full((480, 640, 3), 90, np.uint8)


def test_without_faces_the_image_stays_as_it_was_and_is_a_copy(pixels: np.ndarray) -> None:
    drawn = annotate(pixels, [])
    np.testing.assert_array_equal(drawn, pixels)
    assert not np.shares_memory(drawn, pixels)


def test_the_box_has_the_colour_of_the_best_class(pixels: np.ndarray) -> None:
    drawn = annotate(pixels, [note(100, 100, 200, 200)])
    np.testing.assert_array_equal(drawn[150, 100], RED)
    assert (drawn[150, 150] == 90).all()


def test_a_larger_share_has_a_longer_bar(pixels: np.ndarray) -> None:
    drawn = annotate(pixels, [note(10, 10, 100, 100)])[:, 110:]
    lengths = [(drawn == colour).all(axis=2).any(axis=0).sum() for colour in (RED, BLUE)]
    assert lengths[0] == pytest.approx(4 * lengths[1], rel=0.1)


def test_bars_stand_beside_the_face_on_the_side_that_has_room(pixels: np.ndarray) -> None:
    assert changed(pixels, note(10, 10, 100, 100))[:, 110:].any()
    right = changed(pixels, note(540, 10, 630, 100))
    assert right[:, :530].any()


@pytest.mark.parametrize('box', [(-50, -50, 40, 40), (600, 440, 700, 540), (0, 0, 640, 480)])
@pytest.mark.parametrize('shape', [(480, 640, 3), (24, 32, 3)])
def test_faces_at_the_border_and_tiny_images_are_no_problem(
    box: tuple[float, ...], shape: tuple[int, ...]
) -> None:
    assert annotate(np.zeros(shape, np.uint8), [note(*box)]).shape == shape
