"""The detector BlazeFace, on the portrait of the sample bag."""

from importlib.util import find_spec
import logging

import cv2
import numpy as np
import pytest

from mer_ros.bags import BagReader
from mer_ros.messages.conversions import image_from
from mer_ros.models import load_detector
from mer_ros.models.detectors import auto, blazeface
from mer_ros.models.detectors.blazeface import BlazeFaceDetector
from mer_ros.models.detectors.blazeface_look import merged
from mer_ros.models.detectors.tiles import tiles_of
from mer_ros.perception.face_crops import crop, level_crop, roll_of
from mer_ros.samples import SAMPLE_BAG

pytestmark = pytest.mark.skipif(
    find_spec(blazeface.PACKAGE) is None, reason=f'could not find {blazeface.PACKAGE}')


@pytest.fixture(scope='module')
def portrait():
    """Return the first image of the sample, in which one person smiles."""
    with BagReader(SAMPLE_BAG) as bag:
        _, message = next(bag.decoded(topics=['/image/compressed']))
        return image_from(message).pixels


@pytest.fixture(scope='module')
def detector():
    return BlazeFaceDetector(min_face=32)


def the_box(detector, image):
    faces = detector.detect(image)
    assert len(faces.boxes) == 1
    return faces.boxes[0], faces.landmarks[0]


def turned(image, degrees, scale=1.0, size=(640, 480)):
    """Return the image turned clockwise about its centre, on a grey canvas."""
    height, width = image.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), -degrees, scale)
    matrix[:, 2] += (size[0] - width) / 2, (size[1] - height) / 2
    return cv2.warpAffine(image, matrix, size, flags=cv2.INTER_AREA, borderValue=(110, 110, 110))


def test_boxes_are_the_squares_of_the_cascade(portrait, detector):
    box, landmarks = the_box(detector, portrait)
    cascade = load_detector('haar').detect(portrait).boxes[0]
    side = cascade[2] - cascade[0]
    np.testing.assert_allclose(box, cascade, atol=0.15 * side)
    assert box[2] - box[0] == pytest.approx(box[3] - box[1])
    left, right, nose = landmarks[:3]
    assert box[0] < left[0] < nose[0] < right[0] < box[2]
    assert max(left[1], right[1]) < nose[1] < box[3]
    assert np.isnan(landmarks[3:]).all()


@pytest.mark.parametrize('degrees', [-45, -30, 0, 30, 45])
def test_a_tilted_head_is_found_and_its_eyes_are_levelled(portrait, detector, degrees):
    image = turned(portrait, degrees)
    box, landmarks = the_box(detector, image)
    assert np.degrees(roll_of(landmarks)) == pytest.approx(degrees, abs=8)
    upright = turned(portrait, 0)
    reference = level_crop(upright, *the_box(detector, upright))
    levelled = likeness(level_crop(image, box, landmarks), reference)
    assert levelled > 0.55
    assert degrees == 0 or levelled > likeness(crop(image, box), reference) + 0.1


def likeness(*crops):
    """Return the correlation of two crops of any size."""
    return np.corrcoef(*(cv2.resize(crop, (48, 48), interpolation=cv2.INTER_AREA).ravel()
                         for crop in crops))[0, 1]


@pytest.mark.parametrize('degrees', [-30, 0, 30])
@pytest.mark.parametrize('scale', [0.7, 1.0, 1.6])
def test_a_followed_face_has_the_box_and_the_landmarks_of_one_that_is_found(
        portrait, detector, degrees, scale):
    image = turned(portrait, degrees, scale)
    found = detector.detect(image)
    side = scale * side_of(detector.detect(turned(portrait, 0)))
    before = found.boxes + np.float32(0.15 * side)  # where it was in the image before
    faces = detector.follow(image, before)
    assert side_of(faces) == pytest.approx(side, rel=0.1)
    np.testing.assert_allclose(centre_of(faces), centre_of(found), atol=0.12 * side)
    np.testing.assert_allclose(faces.landmarks[:, :3], found.landmarks[:, :3], atol=0.1 * side)
    assert faces.scores[0] > 0.7


def side_of(faces):
    return float(faces.boxes[0, 2] - faces.boxes[0, 0])


def centre_of(faces):
    return (faces.boxes[0, :2] + faces.boxes[0, 2:]) / 2


@pytest.mark.parametrize('box', [
    [400, 20, 480, 100], [-300, -300, -200, -200]], ids=['no face there', 'outside the image'])
def test_a_face_that_is_not_there_any_more_is_lost(portrait, detector, box):
    assert detector.follow(turned(portrait, 0), np.array([box], np.float32)) is None


def test_two_people_are_followed_and_each_is_seen_once(portrait, detector):
    scene = np.concatenate([portrait, portrait], axis=1)
    found = detector.detect(scene)
    assert len(found.boxes) == 2
    followed = detector.follow(scene, found.boxes)
    np.testing.assert_allclose(np.sort(followed.boxes, axis=0), np.sort(found.boxes, axis=0),
                               atol=0.12 * side_of(found))
    assert detector.follow(scene, found.boxes[[0, 0]]) is None


def test_without_its_network_nobody_is_followed(portrait, monkeypatch):
    file = blazeface.find_file()
    monkeypatch.setattr(blazeface, 'carried', lambda package, name: None)
    detector = BlazeFaceDetector(path=file)
    assert detector.follow(portrait, detector.detect(portrait).boxes) is None


@pytest.mark.parametrize('degrees', [-90, 90])
def test_a_head_that_lies_down_is_found(portrait, detector, degrees):
    the_box(detector, turned(portrait, degrees))


@pytest.mark.parametrize('change', [
    lambda image: (image * 0.1).astype(np.uint8),
    lambda image: np.concatenate([image[:140], np.full_like(image[140:], 90)]),
], ids=['in the dark', 'with the lower part hidden'])
def test_a_face_that_is_hard_to_see_is_found(portrait, detector, change):
    the_box(detector, change(portrait))


@pytest.mark.parametrize('size', [(640, 480), (1920, 1080), (3840, 2160)])
def test_min_face_holds_in_pictures_of_every_size(portrait, size):
    box, _ = the_box(BlazeFaceDetector(min_face=32), portrait)
    small = turned(portrait, 0, scale=62 / (box[2] - box[0]), size=size)
    small = np.roll(small, (size[1] // 4 + 17, -size[0] // 4 + 31), axis=(0, 1))
    found, _ = the_box(BlazeFaceDetector(), small)
    assert found[2] - found[0] == pytest.approx(62, rel=0.25)
    assert not len(BlazeFaceDetector(min_face=90).detect(small).boxes)


@pytest.mark.parametrize('image', [
    np.zeros((480, 640, 3), np.uint8), np.full((3, 2, 3), 255, np.uint8),
    np.random.default_rng(0).integers(0, 256, (480, 640, 3), np.uint8)],
    ids=['black', 'of a few pixels', 'noise'])
def test_nothing_is_found_where_there_is_no_face(detector, image):
    assert detector.detect(image).boxes.shape == (0, 4)


def test_several_looks_at_one_face_are_one_face():
    corners = np.array([[[0, 0], [10, 10]], [[1, 1], [11, 11]], [[2, 2], [6, 6]],
                        [[50, 50], [60, 60]]], dtype=np.float64)
    scores, points = merged(np.array([0.9, 0.6, 0.7, 0.8]), corners)
    assert scores.tolist() == [0.9, 0.8]
    assert points[0, 0, 0] == pytest.approx((0 * 0.9 + 1 * 0.6 + 2 * 0.7) / 2.2)


@pytest.mark.parametrize('shape', [(480, 640, 3), (1080, 1920, 3), (7, 5000, 3), (2000, 769, 3)])
def test_tiles_cover_the_picture_and_overlap(shape):
    whole, *tiles = tiles_of(shape, 768)
    assert whole == (slice(0, shape[0]), slice(0, shape[1]))
    assert bool(tiles) == (max(shape) > 768)
    covered = np.zeros(shape[:2], dtype=int)
    for rows, columns in tiles:
        assert rows.stop - rows.start <= 768
        assert columns.stop - columns.start <= 768
        covered[rows, columns] += 1
    assert not tiles or covered.min() >= 1


def test_the_cascade_stands_in_and_says_so(monkeypatch, caplog):
    monkeypatch.setattr(blazeface, 'PACKAGE', 'a_package_that_is_not_there')
    with caplog.at_level(logging.WARNING):
        detector = auto.auto_detector(min_face=40)
    assert detector.name == 'haar'
    assert 'requirements/detector.txt' in detector.stands_in
    assert detector.stands_in in caplog.text
    with pytest.raises(FileNotFoundError, match=r'requirements/detector\.txt'):
        BlazeFaceDetector()


def test_what_cannot_be_run_is_refused(tmp_path):
    (tmp_path / 'face.tflite').write_bytes(b'no network')
    with pytest.raises(ValueError, match='no BlazeFace'):
        BlazeFaceDetector(path=tmp_path / 'face.tflite')
    with pytest.raises(FileNotFoundError, match='missing'):
        BlazeFaceDetector(path=tmp_path / 'nowhere.tflite')
    with pytest.raises(ValueError, match='min_face'):
        BlazeFaceDetector(min_face=0)


def test_auto_is_blazeface_where_it_is_installed():
    detector = load_detector('auto')
    assert (detector.name, detector.stands_in) == ('blazeface', '')
