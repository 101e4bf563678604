import cv2
import numpy as np
import pytest

from mer_ros.engines.face_quality import doubted, sharpness, turn_of
from mer_ros.engines.remarks import DOUBTS

FRONTAL = np.array([(30, 40), (70, 40), (50, 60), (np.nan, np.nan), (np.nan, np.nan)], np.float32)
TURNED = np.array([(30, 40), (70, 40), (70, 60), (np.nan, np.nan), (np.nan, np.nan)], np.float32)
NOWHERE = np.full((5, 2), np.nan, np.float32)


@pytest.fixture
def sharp():
    random = np.random.default_rng(0)
    coarse = np.kron(random.integers(60, 200, (3, 3)), np.ones((32, 32)))
    grey = (coarse + random.normal(0, 20, (96, 96))).clip(0, 255).astype(np.uint8)
    return np.repeat(grey[..., None], 3, axis=2)


def judged(face, **changes):
    return doubted(face, **{'score': 0.9, 'side': 96.0, 'landmarks': FRONTAL, **changes})


def test_a_large_bright_sharp_frontal_face_is_trusted_fully(sharp):
    assert judged(sharp) == (1.0, ())


@pytest.mark.parametrize(('change', 'name'), [
    ({'score': 0.4}, 'unsure_detection'), ({'chance': 0.8}, 'no_face'), ({'side': 16.0}, 'small'),
    ({'landmarks': TURNED}, 'turned')])
def test_each_reason_lowers_the_quality_and_is_named(sharp, change, name):
    quality, doubts = judged(sharp, **change)
    assert 0.0 < quality < 0.9
    assert doubts == (name,)
    assert name in DOUBTS


def test_the_more_blurred_a_face_the_less_it_is_trusted(sharp):
    qualities = [judged(cv2.GaussianBlur(sharp, (0, 0), blur))[0] for blur in (2, 4, 6, 9)]
    assert qualities == sorted(qualities, reverse=True)
    assert qualities[-1] < 0.1
    assert judged(cv2.GaussianBlur(sharp, (0, 0), 9))[1] == ('blurred',)


def test_the_darker_a_face_the_less_it_is_trusted(sharp):
    qualities = [judged((sharp * light).astype(np.uint8))[0] for light in (1, 0.2, 0.06, 0.02)]
    assert qualities == sorted(qualities, reverse=True)
    assert qualities[-1] < 0.1
    assert judged((sharp * 0.06).astype(np.uint8))[1] == ('dark',)


def test_a_small_face_is_blurred_and_that_counts_once(sharp):
    small = cv2.resize(cv2.resize(sharp, (16, 16), interpolation=cv2.INTER_AREA), (96, 96))
    blurred = judged(small)[0]
    quality, doubts = judged(small, side=16.0)
    assert doubts == ('small', 'blurred')
    assert quality == pytest.approx(min(blurred, judged(sharp, side=16.0)[0]))


def test_a_face_without_any_contrast_is_not_called_blurred():
    flat = np.full((60, 60, 3), 120, np.uint8)
    assert sharpness(flat[..., 0]) == float('inf')
    assert judged(flat) == (1.0, ())


def test_unknown_landmarks_raise_no_doubt(sharp):
    assert judged(sharp, landmarks=NOWHERE) == (1.0, ())


def test_a_tilted_head_is_not_a_turned_one():
    tilt = np.radians(40)
    turn = np.array([[np.cos(tilt), -np.sin(tilt)], [np.sin(tilt), np.cos(tilt)]])
    assert turn_of(FRONTAL) == 0.0
    assert turn_of(TURNED) == pytest.approx(0.5)
    assert turn_of((TURNED @ turn.T).astype(np.float32)) == pytest.approx(0.5, abs=1e-5)
