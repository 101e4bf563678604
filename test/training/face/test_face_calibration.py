import numpy as np
import pytest

pytest.importorskip('torch')

from mer_ros.emotions import EMOTIONS
from mer_ros.evaluation.metrics.classification import calibration_error
from mer_ros.fusion.logspace import softmax
from mer_ros.training.face.face_calibration import (
    ANGER,
    ANGRY,
    CALM,
    fit_calibration,
    NEUTRAL,
)
from mer_ros.training.face.face_data import FaceArrays
from mer_ros.training.face.face_targets import SCORES, VOTES


def faces_of(classes, sources=None):
    count = len(classes)
    return FaceArrays(np.zeros((count, 1, 1), np.uint8), np.eye(8, dtype=np.float32)[classes],
                      np.full(count, -1), np.zeros(count, int) if sources is None else sources,
                      ('one', 'two'))


def drawn(random, prior, count, scale):
    """Return classes, and scores of which softmax(scores / scale + log prior) is the truth."""
    scores = np.zeros((count, SCORES))
    scores[:, VOTES] = scale * random.normal(0, 2, (count, 8))
    probability = softmax(scores[:, VOTES] / scale + np.log(prior))
    return np.array([random.choice(8, p=row) for row in probability]), scores


def calibrated(scores, calibration):
    return (scores[:, VOTES] + calibration.bias) / calibration.temperature


def test_scores_become_as_sure_as_they_are_right():
    random = np.random.default_rng(0)
    prior = np.array([0.05, 0.05, 0.1, 0.1, 0.4, 0.1, 0.1, 0.1])
    classes, scores = drawn(random, prior, 4000, 3.0)
    found = fit_calibration(scores, faces_of(classes))
    before = calibration_error(classes, softmax(scores[:, VOTES]))
    if found.calm == 0.0:
        assert found.temperature == pytest.approx(3.0, rel=0.1)
    assert calibration_error(classes, softmax(calibrated(scores, found))) < min(0.05, before)


def test_neutral_faces_get_what_they_need_to_look_neutral():
    random = np.random.default_rng(1)
    classes, scores = drawn(random, np.full(8, 1 / 8), 2000, 1.0)
    found = fit_calibration(scores, faces_of(classes))
    neutral = classes == EMOTIONS.index('neutral')
    wrong = np.mean(calibrated(scores, found)[neutral].argmax(axis=1) != NEUTRAL)
    assert found.calm > 0.0
    assert wrong <= CALM or found.calm == pytest.approx(1.5)


def test_anger_gets_what_keeps_it_off_neutral_faces():
    random = np.random.default_rng(2)
    prior = np.array([0.3, 0.02, 0.02, 0.02, 0.58, 0.02, 0.02, 0.02])
    classes, scores = drawn(random, prior, 3000, 1.0)
    found = fit_calibration(scores, faces_of(classes))
    neutral = classes == NEUTRAL
    angry = np.mean(calibrated(scores, found)[neutral].argmax(axis=1) == ANGER)
    without = scores.copy()
    without[:, ANGER] += found.mild
    assert found.mild > 0.0
    assert angry <= ANGRY or found.mild == pytest.approx(1.5)
    assert angry < np.mean(calibrated(without, found)[neutral].argmax(axis=1) == ANGER)


def test_scores_that_tell_neutral_apart_get_no_bonus_and_anger_no_malus():
    classes = np.arange(800) % 8
    scores = np.zeros((800, SCORES))
    scores[np.arange(800), classes] = 6.0
    found = fit_calibration(scores, faces_of(classes))
    assert (found.calm, found.mild) == (0.0, 0.0)
