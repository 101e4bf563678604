import cv2
import numpy as np
import pytest

from mer_ros.evaluation.datasets.face_sets import read_table
from mer_ros.models import load_detector
from mer_ros.models.detectors import haar


def read(path):
    image = cv2.imread(str(path))
    assert image is not None, path
    return np.ascontiguousarray(image[..., ::-1])


def assert_one_central_face(image):
    faces = load_detector('haar').detect(image)
    assert len(faces.boxes) == 1
    left, top, right, bottom = faces.boxes[0]
    height, width = image.shape[:2]
    assert 0 <= left < 0.5 * width < right <= width
    assert 0 <= top < 0.5 * height < bottom <= height
    assert faces.scores[0] > 0.5


def test_finds_the_one_face_of_studio_portraits(shared_data):
    folder = shared_data / 'london_faces'
    rows = [row for row in read_table(folder / 'labels.csv') if row['split'] == 'test']
    assert len(rows) == 40
    for row in rows:
        assert_one_central_face(read(folder / row['path']))


def test_finds_the_one_face_in_every_picture_of_the_sample(sample):
    for image in sample.images[:50:5]:
        assert_one_central_face(image.pixels)


def test_boxes_scale_with_the_image(portrait):
    image = cv2.resize(portrait, None, fx=3, fy=3)
    detector = load_detector('haar')
    large = detector.detect(image).boxes[0]
    half = detector.detect(np.ascontiguousarray(image[::2, ::2])).boxes[0]
    np.testing.assert_allclose(large, 2 * half, atol=0.03 * len(image))


def test_puts_the_largest_score_first_and_gives_no_landmarks(portrait):
    blurred = cv2.GaussianBlur(portrait, (0, 0), 3)
    faces = load_detector('haar').detect(np.hstack([blurred, portrait]))
    assert len(faces.boxes) == 2
    assert faces.scores[0] >= faces.scores[1]
    assert np.all((faces.scores >= 0) & (faces.scores <= 1))
    assert faces.landmarks.shape == (2, 5, 2)
    assert np.isnan(faces.landmarks).all()


@pytest.mark.parametrize('image', [
    np.zeros((240, 320, 3), np.uint8),
    np.full((240, 320, 3), 255, np.uint8),
    np.random.default_rng(0).integers(0, 256, (240, 320, 3), dtype=np.uint8),
    np.tile(np.arange(256, dtype=np.uint8)[None, :, None], (200, 1, 3)),
], ids=['black', 'white', 'noise', 'ramp'])
def test_finds_no_face_where_there_is_none(image):
    faces = load_detector('haar').detect(image)
    assert faces.boxes.shape == (0, 4)
    assert faces.scores.shape == (0,)
    assert faces.landmarks.shape == (0, 5, 2)


@pytest.mark.parametrize('size', [(1, 1), (1, 2000), (2000, 1), (3, 7), (19, 21), (481, 37)])
def test_odd_sizes_are_searched_without_harm(size):
    image = np.random.default_rng(1).integers(0, 256, (*size, 3), dtype=np.uint8)
    assert load_detector('haar').detect(image).boxes.shape == (0, 4)


@pytest.mark.parametrize('image', [
    np.zeros((40, 40), np.uint8),
    np.zeros((40, 40, 4), np.uint8),
    np.zeros((40, 40, 3), np.float32),
    np.zeros((0, 40, 3), np.uint8),
], ids=['grey', 'rgba', 'float', 'empty'])
def test_refuses_what_is_no_rgb_image(image):
    with pytest.raises(ValueError, match='RGB'):
        load_detector('haar').detect(image)


def test_faces_below_the_least_size_are_left_out(portrait):
    assert len(load_detector('haar', min_face=120).detect(portrait).boxes) == 1
    assert len(load_detector('haar', min_face=150).detect(portrait).boxes) == 0


@pytest.mark.parametrize('option', [
    {'max_side': 0}, {'min_face': 0}, {'min_neighbours': -1}, {'scale_step': 1.0}])
def test_refuses_options_out_of_range(option):
    with pytest.raises(ValueError, match='detector needs'):
        load_detector('haar', **option)


def test_a_missing_cascade_says_what_to_install():
    with pytest.raises(FileNotFoundError, match='apt install opencv-data'):
        haar.find_cascade('no_such_cascade.xml')


def test_the_cascade_of_the_system_is_used_where_opencv_brings_none(monkeypatch, tmp_path):
    (tmp_path / haar.CASCADE).write_bytes(haar.find_cascade().read_bytes())
    monkeypatch.setattr(haar, 'SYSTEM_FOLDERS', (tmp_path,))
    monkeypatch.delattr(cv2, 'data')
    assert haar.find_cascade() == tmp_path / haar.CASCADE
