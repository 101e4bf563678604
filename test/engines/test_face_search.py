"""Where faces are looked for in one image after the other."""

from importlib.util import find_spec

import numpy as np
from numpy.typing import NDArray
import pytest

from mer_ros.data import NANOSECONDS
from mer_ros.engines.face_search import FaceSearch
from mer_ros.models.detectors.blazeface import BlazeFaceDetector, PACKAGE
from mer_ros.models.protocols import Faces
from mer_ros.perception.tracking import likeness

TENTH = NANOSECONDS // 10
IMAGE = np.zeros((100, 200, 3), np.uint8)
LEFT, RIGHT = (10.0, 10.0, 60.0, 60.0), (120.0, 20.0, 160.0, 60.0)


class Scene:
    """A detector that notes how it was asked, and finds what is there."""

    name = 'scene'

    def __init__(self, *boxes: tuple[float, ...]) -> None:
        self.boxes = list(boxes)
        self.asked: list[str] = []

    def detect(self, image: NDArray[np.uint8]) -> Faces:
        self.asked.append('whole')
        return faces(self.boxes)

    def detect_near(self, image: NDArray[np.uint8], box: NDArray[np.floating]) -> Faces:
        self.asked.append('near')
        return faces([one for one in self.boxes
                      if np.hypot(*(np.array(one) - box)[:2]) < 60.0])



def faces(boxes: list[tuple[float, ...]]) -> Faces:
    count = len(boxes)
    return Faces(np.array(boxes, np.float32).reshape(-1, 4),
                 np.linspace(0.9, 0.6, count).astype(np.float32),
                 np.zeros((count, 5, 2), np.float32))


def asked(search: FaceSearch, scene: Scene, *tenths: float) -> list[str]:
    for tenth in tenths:
        search.find(round((10 + tenth) * TENTH), IMAGE)
    return scene.asked


def test_the_whole_image_is_searched_once_an_interval() -> None:
    scene = Scene(LEFT)
    assert asked(FaceSearch(scene, interval=0.5), scene, 0, 2, 4, 6, 8, 10.9, 11) == [
        'whole', 'near', 'near', 'whole', 'near', 'near', 'whole']


def test_a_face_that_appears_is_found_within_the_interval() -> None:
    scene = Scene(LEFT)
    search = FaceSearch(scene, interval=0.5)
    asked(search, scene, 0)
    scene.boxes.append(RIGHT)
    counts = [len(search.find((10 + tenth) * TENTH, IMAGE).boxes) for tenth in (2, 4, 6)]
    assert counts == [1, 1, 2]


def test_a_face_that_is_lost_is_looked_for_everywhere_at_once() -> None:
    scene = Scene(LEFT)
    search = FaceSearch(scene, interval=5.0)
    asked(search, scene, 0, 1)
    scene.boxes = [RIGHT]
    found = search.find(12 * TENTH, IMAGE)
    assert scene.asked == ['whole', 'near', 'near', 'whole']
    np.testing.assert_array_equal(found.boxes, [RIGHT])


def test_without_any_face_each_image_is_searched() -> None:
    scene = Scene()
    assert asked(FaceSearch(scene), scene, 0, 1, 2) == ['whole'] * 3


def test_each_of_several_faces_is_followed_and_keeps_its_score() -> None:
    scene = Scene(LEFT, RIGHT)
    search = FaceSearch(scene)
    asked(search, scene, 0)
    found = search.find(11 * TENTH, IMAGE)
    assert scene.asked == ['whole', 'near', 'near']
    np.testing.assert_array_equal(found.boxes, [LEFT, RIGHT])
    assert list(found.scores) == sorted(found.scores, reverse=True)


def test_of_one_person_the_largest_face_alone_is_followed() -> None:
    scene = Scene(RIGHT, LEFT)
    search = FaceSearch(scene, only_largest=True)
    asked(search, scene, 0)
    np.testing.assert_array_equal(search.find(11 * TENTH, IMAGE).boxes, [LEFT])


@pytest.mark.parametrize('change', ['another size', 'time set back', 'reset', 'many faces'])
def test_everything_is_searched_where_the_past_does_not_help(change: str) -> None:
    scene = Scene(*([LEFT, RIGHT, (70.0, 0.0, 110.0, 40.0), (70.0, 60.0, 110.0, 100.0)]
                    if change == 'many faces' else [LEFT]))
    search = FaceSearch(scene)
    asked(search, scene, 5)
    if change == 'reset':
        search.reset()
    stamp = (14 if change == 'time set back' else 16) * TENTH
    search.find(stamp, IMAGE[:90] if change == 'another size' else IMAGE)
    assert scene.asked == ['whole', 'whole']


def test_a_detector_that_sees_only_whole_images_is_asked_for_them() -> None:
    class Plain:
        name = 'plain'
        detect = Scene.detect

    plain = Plain()
    plain.boxes, plain.asked = [LEFT], []  # type: ignore[attr-defined]
    search = FaceSearch(plain)  # type: ignore[arg-type]
    assert asked(search, plain, 0, 1) == ['whole', 'whole']  # type: ignore[arg-type]


def test_with_the_interval_0_each_image_is_searched() -> None:
    scene = Scene(LEFT)
    assert asked(FaceSearch(scene, interval=0.0), scene, 0, 1) == ['whole', 'whole']


@pytest.mark.parametrize('interval', [-1.0, float('nan'), 1e9])
def test_impossible_intervals_are_refused(interval: float) -> None:
    with pytest.raises(ValueError, match='from 0'):
        FaceSearch(Scene(), interval=interval)


@pytest.mark.skipif(find_spec(PACKAGE) is None, reason=f'could not find {PACKAGE}')
@pytest.mark.parametrize('scale', [0.5, 1.0, 2.0])
def test_blazeface_finds_near_its_place_what_it_finds_in_the_whole(sample, scale) -> None:
    import cv2

    detector, compared = BlazeFaceDetector(), 0
    for image in sample.images:
        pixels = cv2.resize(image.pixels, None, fx=2 * scale, fy=2 * scale)
        whole = detector.detect(pixels)
        if len(whole.boxes) != 1:
            continue
        side = whole.boxes[0][2] - whole.boxes[0][0]
        near = detector.detect_near(pixels, whole.boxes[0] + 0.15 * side)
        assert len(near.boxes) == 1
        assert likeness(near.boxes[0], whole.boxes[0]) > 0.85
        eyes = near.landmarks[0][:2] - whole.landmarks[0][:2]
        assert np.abs(eyes).max() < 0.06 * side
        if (compared := compared + 1) == 8:
            break
    assert compared == 8
