"""Which frame and which sound stand for a segment, and how a face is cut out."""

import cv2
import numpy as np
import pytest

from mer_ros.research.avnet.av_segments import (
    EYES,
    FACE_SHAPE,
    grey_face,
    segment_centres,
    sound_around,
)


def picture(height=240, width=320):
    rows, columns = np.mgrid[:height, :width]
    return np.stack([rows, columns % 256, (rows + columns) % 256], axis=2).astype(np.uint8)


def eyes_of(face):
    """Return the middles of the bright spots in the left and in the right half of a face."""
    half = FACE_SHAPE[1] // 2
    found = []
    for start in (0, half):
        part = face[:, start:start + half].astype(float)
        part[part < 100] = 0
        rows, columns = np.indices(part.shape)
        found.append(((columns * part).sum() / part.sum() + start,
                      (rows * part).sum() / part.sum()))
    return np.array(found)


@pytest.mark.parametrize('eyes', [
    [(120.0, 100.0), (180.0, 100.0)],
    [(130.0, 90.0), (170.0, 130.0)],
    [(150.0, 120.0), (165.0, 116.0)]])
def test_the_eyes_come_to_lie_where_they_belong_however_the_head_is_held(eyes):
    pixels = np.zeros((240, 320, 3), np.uint8)
    radius = max(2, round(np.hypot(*np.subtract(*eyes)) / 12))
    for column, row in eyes:
        cv2.circle(pixels, (round(column), round(row)), radius, (255, 255, 255), -1)
    landmarks = np.array([*eyes, (0, 0), (0, 0), (0, 0)], np.float32)
    face = grey_face(pixels, (100, 60, 200, 160), landmarks)
    assert face.shape == FACE_SHAPE
    np.testing.assert_allclose(eyes_of(face), EYES, atol=1.0)


def test_a_box_of_the_shape_of_a_face_is_cut_out_as_it_is():
    pixels = picture()
    face = grey_face(pixels, (40, 30, 120, 128))
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
    np.testing.assert_array_equal(face, grey[30:128, 40:120])


def test_a_square_box_is_not_stretched_and_keeps_its_middle():
    pixels = np.zeros((240, 320, 3), np.uint8)
    cv2.circle(pixels, (160, 120), 30, (255, 255, 255), -1)
    face = grey_face(pixels, (120, 80, 200, 160)) > 127
    rows, columns = np.nonzero(face)
    assert abs(np.ptp(rows) - np.ptp(columns)) <= 1
    assert abs(rows.mean() - (FACE_SHAPE[0] - 1) / 2) <= 1
    assert abs(columns.mean() - (FACE_SHAPE[1] - 1) / 2) <= 1


def test_a_large_face_is_averaged_so_that_a_fine_pattern_does_not_alias():
    stripes = np.zeros((980, 800, 3), np.uint8)
    stripes[:, ::2] = 200
    face = grey_face(stripes, (0, 0, 800, 980))
    assert np.ptp(face[:, 2:-2].astype(int)) <= 3
    assert abs(face.mean() - 100) <= 3


def test_landmarks_that_are_missing_leave_the_box():
    pixels = picture()
    box = (40, 30, 120, 128)
    plain = grey_face(pixels, box)
    for landmarks in (np.full((5, 2), np.nan), np.zeros((5, 2))):
        np.testing.assert_array_equal(grey_face(pixels, box, landmarks), plain)


def test_what_lies_beyond_the_image_repeats_its_border():
    face = grey_face(np.full((50, 50, 3), 90, np.uint8), (-40, -40, 30, 30))
    assert np.all(face == 90)


@pytest.mark.parametrize('box', [(10, 10, 10, 30), (0, 0, np.nan, 5)])
def test_an_empty_box_is_refused(box):
    with pytest.raises(ValueError, match='cannot be cut out'):
        grey_face(picture(), box)


def test_the_sound_lies_around_its_second():
    samples = np.arange(5 * 16000, dtype=np.float32)
    window = sound_around(samples, 16000, 2.0)
    assert len(window) == 24000
    assert window[12000] == 32000


@pytest.mark.parametrize('second', [-3.0, 0.0, 0.5, 1.9, 30.0])
def test_sound_that_is_not_there_is_silent(second):
    window = sound_around(np.ones(2 * 16000, np.float32), 16000, second)
    heard = max(0.0, min(2.0, second + 0.75) - max(0.0, second - 0.75))
    assert window.sum() == pytest.approx(16000 * heard, abs=1)
    assert window.dtype == np.float32


def test_segments_are_equal_and_looked_at_in_their_middles():
    assert segment_centres(2.5, 5) == pytest.approx((0.25, 0.75, 1.25, 1.75, 2.25))
    assert segment_centres(1.0, 1) == (0.5,)


@pytest.mark.parametrize(('duration', 'n'), [(0.0, 3), (2.0, 0), (float('nan'), 2)])
def test_what_cannot_be_cut_is_refused(duration, n):
    with pytest.raises(ValueError, match='cannot be cut'):
        segment_centres(duration, n)
