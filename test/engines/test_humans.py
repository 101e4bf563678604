"""Engines for many faces and voices that share their models."""

from functools import partial

import numpy as np
import pytest

from mer_ros.data import CameraImage, NANOSECONDS
from mer_ros.emotions import emotion_of, EMOTIONS, EXPRESSIONS
from mer_ros.engines.face import FaceEngine
from mer_ros.engines.humans import HumansEngine, WholeImage
from mer_ros.engines.humans_ids import HumanIds
from mer_ros.engines.text import TextEngine


class Brightness:
    name = 'brightness'
    labels = ('happiness', 'sadness')

    def logits(self, batch):
        self.seen = [image.shape for image in batch]
        return np.array([[image.mean(), -image.mean()] for image in batch], np.float32)


def test_every_emotion_has_an_expression_and_every_expression_leads_back():
    assert tuple(EXPRESSIONS) == EMOTIONS
    assert [emotion_of(name) for name in EXPRESSIONS.values()] == list(EMOTIONS)


def test_the_real_message_knows_every_expression():
    expression = pytest.importorskip('hri_msgs.msg').Expression
    assert {getattr(expression, name.upper()) for name in EXPRESSIONS.values()} == set(
        EXPRESSIONS.values())


def test_a_crop_is_one_face_as_large_as_itself():
    faces = WholeImage().detect(np.zeros((30, 50, 3), np.uint8))
    assert faces.boxes.tolist() == [[0, 0, 50, 30]]
    assert (faces.scores.tolist(), faces.landmarks.shape) == ([1.0], (1, 5, 2))


def test_each_face_has_a_stream_of_its_own_and_all_share_the_model_and_the_counts():
    model = Brightness()
    humans = HumansEngine(ids=HumanIds(), make_face=partial(
        FaceEngine, model, WholeImage(), every=1, selection='off'))
    one, other = humans.face(), humans.face()
    later = CameraImage(20 * NANOSECONDS, np.full((64, 80, 3), 9, np.uint8), person_id='ana')
    sooner = CameraImage(10 * NANOSECONDS, later.pixels, person_id='ben')

    assert [logits.person_id for logits in one.process(later)] == ['ana']
    assert [logits.person_id for logits in other.process(sooner)] == ['ben']
    assert model.seen == [(80, 80, 3)]
    assert humans.counts['face.backward'] == 0
    one.process(sooner)
    other.process(CameraImage(NANOSECONDS, later.pixels))
    assert humans.counts['face.backward'] == 2


def test_only_what_has_a_model_is_perceived():
    humans = HumansEngine(ids=HumanIds(), text=TextEngine(Brightness()))
    humans.text.counts['truncated'] += 1
    humans.ids.track('face', ['?'])
    assert humans.modalities == ('text',)
    assert humans.face() is None
    assert humans.voice() is None
    assert humans.counts == {'text.truncated': 1, 'ids.bad_id': 1, 'ids.crowded': 0}
