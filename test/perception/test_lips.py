"""Who moves the lips: real faces whose mouths the test moves."""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
import pytest

from mer_ros.data import NANOSECONDS
from mer_ros.models import load_detector
from mer_ros.perception.lips import Lips

STEP = NANOSECONDS // 10
"""Time between two images."""


class Two:
    """Two people side by side, the same photograph twice; who talks moves the mouth."""

    def __init__(self, portrait: NDArray[np.uint8]) -> None:
        detector = load_detector('auto')
        self._pair = np.hstack([portrait, portrait])
        points = detector.detect(portrait).landmarks[0]
        self.landmarks = {'a': points, 'b': points + np.array([portrait.shape[1], 0])}
        self._noise = np.random.default_rng(0)
        self.stamp = NANOSECONDS

    def image(self, talks: str = '', brightness: float = 1.0) -> NDArray[np.uint8]:
        """Return the next image, with the noise of a camera."""
        image = self._pair.astype(np.float64) * brightness
        if talks:
            left, right = self.landmarks[talks][:2]
            across = np.linalg.norm(right - left)
            centre = (left + right) / 2 + [0, 1.1 * across]
            opening = self._noise.uniform(0.02, 0.3) * across
            axes = (round(0.3 * across), max(1, round(opening)))
            cv2.ellipse(image, np.rint(centre).astype(int).tolist(), axes, 0, 0, 360,
                        (60, 20, 20), -1)
        image += self._noise.normal(0, 1.5, image.shape)
        self.stamp += STEP
        return np.clip(image, 0, 255).astype(np.uint8)


@pytest.fixture
def two(portrait: NDArray[np.uint8]) -> Two:
    return Two(portrait)


def watch(lips: Lips, two: Two, count: int, **how: Any) -> str:
    """Show images; return who talks at the end."""
    for _ in range(count):
        image = two.image(**how)
        talks = lips.update(two.stamp, image, two.landmarks)
    return talks


@pytest.mark.parametrize('talks', ['a', 'b'])
def test_whose_mouth_moves_talks(two: Two, talks: str) -> None:
    assert watch(Lips(), two, 10, talks=talks) == talks


def test_when_the_other_begins_to_talk_the_other_is_told_within_a_second(two: Two) -> None:
    lips = Lips()
    assert watch(lips, two, 20, talks='a') == 'a'
    assert watch(lips, two, 10, talks='b') == 'b'


def test_while_nobody_talks_nobody_is_told(two: Two) -> None:
    lips = Lips()
    assert watch(lips, two, 20) == ''
    assert watch(lips, two, 10, talks='a') == 'a'
    assert watch(lips, two, 20) == ''


def test_light_that_flickers_moves_no_lips(two: Two) -> None:
    lips = Lips()
    for number in range(20):
        talks = watch(lips, two, 1, brightness=1.0 - 0.3 * (number % 2))
    assert talks == ''


def test_a_head_that_nods_moves_no_lips(two: Two) -> None:
    lips, still = Lips(), two.landmarks['a'].copy()
    for number in range(20):
        nod = 6.0 * np.sin(number)
        image = two.image(talks='b')
        half = image.shape[1] // 2
        image[:, :half] = cv2.warpAffine(image[:, :half], np.float64([[1, 0, 0], [0, 1, nod]]),
                                         (half, image.shape[0]), borderMode=cv2.BORDER_REPLICATE)
        two.landmarks['a'] = still + np.array([0, nod + (number % 2)])  # found roughly
        talks = lips.update(two.stamp, image, two.landmarks)
    assert talks == 'b'
    assert lips.motions['a'] < 0.5 * lips.motions['b']


@pytest.mark.parametrize('points', [np.nan, 50.0])
def test_a_face_without_eyes_is_passed_over(two: Two, points: float) -> None:
    lips = Lips()
    two.landmarks['a'] = np.full((5, 2), points, dtype=np.float32)
    assert watch(lips, two, 10, talks='b') == 'b'
    assert set(lips.motions) == {'b'}


def test_who_is_out_of_the_picture_does_not_talk(two: Two) -> None:
    lips = Lips()
    assert watch(lips, two, 10, talks='a') == 'a'
    image = two.image()
    assert lips.update(two.stamp, image, {'b': two.landmarks['b']}) != 'a'


def test_after_a_gap_images_are_not_compared(two: Two) -> None:
    lips = Lips()
    watch(lips, two, 10, talks='a')
    two.stamp += 5 * NANOSECONDS
    assert watch(lips, two, 1, talks='a') == ''
    assert lips.motions == {}


def test_nothing_is_left_after_a_reset(two: Two) -> None:
    lips = Lips()
    watch(lips, two, 10, talks='a')
    lips.reset()
    assert lips.motions == {}
    assert watch(lips, two, 1) == ''


@pytest.mark.parametrize('wrong', [
    {'memory': 0.0}, {'least': -1.0}, {'margin': 0.9}, {'max_gap': 0.0}, {'memory': float('nan')}])
def test_settings_that_cannot_be_used_are_named(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match='needed is memory > 0'):
        Lips(**wrong)
