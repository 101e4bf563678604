"""The detector MTCNN, with networks in the place of the real ones that take red for a face."""

import sys
from types import ModuleType

import numpy as np
import pytest

from mer_ros.models import load_detector


class Networks:
    """Finds one square around what is red, surely or hardly, as facenet-pytorch answers."""

    sureness = 0.99

    def __init__(self, **options):
        assert options['keep_all']
        self.min_face_size = 20

    def detect(self, image, landmarks):
        assert landmarks
        rows, columns = np.nonzero(image[..., 0] > 100)
        if len(rows) == 0 or np.ptp(rows) < self.min_face_size - 2:
            return None, [None], None
        left, top = columns.min(), rows.min()
        right, bottom = columns.max() + 1, rows.max() + 1
        points = [(left, top), (right, top), ((left + right) / 2, (top + bottom) / 2),
                  (left, bottom), (right, bottom)]
        return (np.array([[left, top, right, bottom]], np.float32), np.array([self.sureness]),
                np.array([points], np.float32))


@pytest.fixture(autouse=True)
def package(monkeypatch):
    package = ModuleType('facenet_pytorch')
    package.MTCNN = Networks
    monkeypatch.setitem(sys.modules, 'facenet_pytorch', package)


def picture(height=200, width=300, side=80):
    pixels = np.zeros((height, width, 3), np.uint8)
    pixels[60:60 + side, 100:100 + side, 0] = 255
    return pixels


@pytest.mark.parametrize('scale', [1, 5])
def test_a_face_is_found_where_it_is_in_the_image_given(scale):
    pixels = picture().repeat(scale, 0).repeat(scale, 1)
    faces = load_detector('mtcnn', max_side=640).detect(pixels)
    box = scale * np.array([100, 60, 180, 140])
    np.testing.assert_allclose(faces.boxes, [box], atol=2 * scale)
    np.testing.assert_allclose(faces.landmarks[0, :2], [box[:2], box[[2, 1]]], atol=2 * scale)
    assert faces.scores == pytest.approx([0.99])


def test_nothing_is_found_where_there_is_nothing_or_it_is_small_or_not_sure(monkeypatch):
    assert len(load_detector('mtcnn').detect(np.zeros((99, 99, 3), np.uint8)).boxes) == 0
    assert len(load_detector('mtcnn', min_face=90).detect(picture()).boxes) == 0
    monkeypatch.setattr(Networks, 'sureness', 0.6)
    assert len(load_detector('mtcnn').detect(picture()).boxes) == 0
    assert len(load_detector('mtcnn', min_score=0.5).detect(picture()).boxes) == 1


def test_numbers_out_of_range_are_refused():
    with pytest.raises(ValueError, match='min_score'):
        load_detector('mtcnn', min_score=2.0)


def test_without_the_package_one_learns_what_is_missing(monkeypatch):
    monkeypatch.setitem(sys.modules, 'facenet_pytorch', None)
    with pytest.raises(ImportError, match='--no-deps -r requirements'):
        load_detector('mtcnn')
