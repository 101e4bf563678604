import json

import cv2
import numpy as np
import pytest

from mer_ros.emotions import EMOTIONS
from mer_ros.evaluation.datasets.fer_votes import read_votes
from mer_ros.evaluation.datasets.load_dataset import load
from mer_ros.evaluation.metrics.classification import balanced_accuracy, calibration_error
from mer_ros.fusion.fuse_logits import fuse
from mer_ros.fusion.logspace import softmax
from mer_ros.models import load_model
from mer_ros.models.face.lite_face import SIDE, to_input
from mer_ros.models.session import WEIGHTS


@pytest.fixture(scope='module')
def model():
    return load_model('face', 'lite')


def random_crop(height, width, seed=0):
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)


def predict(model, samples):
    truth = np.array([model.labels.index(label) for label in samples.labels])
    return truth, model.logits(samples.inputs).astype(np.float64)


def test_names_itself_and_the_seven_emotions(model):
    assert model.name == 'lite'
    assert model.labels == EMOTIONS


def test_contempt_is_named_only_where_it_is_asked_for(model, face):
    both = load_model('face', 'lite', contempt=True)
    assert both.labels == (*EMOTIONS, 'contempt')
    logits = both.logits([face])
    assert logits.shape == (1, 8)
    np.testing.assert_array_equal(logits[:, :7], model.logits([face]))


def test_a_model_that_has_not_learned_contempt_says_so(tmp_path):
    path = tmp_path / 'lite_face.onnx'
    path.write_bytes((WEIGHTS / 'lite_face.onnx').read_bytes())
    path.with_suffix('.json').write_text(json.dumps({'labels': EMOTIONS}))
    with pytest.raises(ValueError, match='contempt'):
        load_model('face', 'lite', path=path, contempt=True)


def test_agrees_with_most_people_about_unseen_web_faces(model, shared_data):
    truth, logits = predict(model, load('ferplus', shared_data, 'test'))
    probability = softmax(logits)
    assert np.mean(probability.argmax(axis=1) == truth) > 0.79
    assert calibration_error(truth, probability) < 0.05


def test_agrees_with_most_people_about_contempt_too(shared_data):
    model = load_model('face', 'lite', contempt=True)
    found = read_votes(shared_data / 'fer2013', 'test')
    kept = [i for i, name in enumerate(found.majority) if name in model.labels]
    truth = [model.labels.index(found.majority[i]) for i in kept]
    logits = model.logits([found.crops[i] for i in kept])
    assert np.mean(logits.argmax(axis=1) == truth) > 0.79


def test_recognises_faces_of_unseen_persons_in_the_news(model, shared_data):
    samples = load('muxspace_faces', shared_data, 'test')
    truth, logits = predict(model, samples)
    assert np.mean(logits.argmax(axis=1) == truth) > 0.8
    known = truth != EMOTIONS.index('fear')
    assert balanced_accuracy(truth[known], softmax(logits[known])) > 0.56


def test_tells_smiling_from_neutral_in_portraits_of_unseen_persons(model, shared_data):
    samples = load('london_faces', shared_data, 'test')
    _, logits = predict(model, samples)
    smiling = logits[:, EMOTIONS.index('happiness')] > logits[:, EMOTIONS.index('neutral')]
    assert np.mean(smiling == [label == 'happiness' for label in samples.labels]) >= 0.85


def test_neutral_people_seldom_look_like_something_else(model, shared_data):
    best = np.concatenate([
        logits[truth == EMOTIONS.index('neutral')].argmax(axis=1)
        for name in ('muxspace_faces', 'london_faces', 'grid_talking')
        for truth, logits in [predict(model, load(name, shared_data, 'test'))]])
    assert np.mean(best != EMOTIONS.index('neutral')) < 0.08
    assert np.mean(best == EMOTIONS.index('anger')) < 0.025


def shades():
    """Return crops in which there is nothing to see."""
    down, across = np.mgrid[0:96, 0:96]
    random = np.random.default_rng(3)
    return {
        'black': np.zeros((96, 96)), 'grey': np.full((96, 96), 128), 'left to right': across * 2,
        'from a corner': 255 - across - down, 'noise': random.integers(0, 256, (96, 96)),
        'a window': 40 + 180 * ((abs(across - 40) < 25) & (abs(down - 50) < 30)),
        'stripes': 128 + 90 * np.sin(across / 5)}


@pytest.mark.parametrize('name', shades())
def test_what_is_no_face_is_no_evidence(model, name):
    grey = np.clip(shades()[name], 0, 255).astype(np.uint8)
    crop = np.repeat(grey[..., None], 3, axis=2)
    assert model.judge(crop).chance < 0.75
    assert fuse({'face': model.logits([crop])}).uncertainty[0] > 0.8


def test_a_face_is_seen_as_one(model, face):
    assert model.judge(face).chance > 0.9


def test_a_batch_gives_what_single_crops_give(model):
    batch = [random_crop(20 + 17 * i, 90 - 9 * i, seed=i) for i in range(7)]
    singly = np.concatenate([model.logits([crop]) for crop in batch])
    np.testing.assert_allclose(model.logits(batch), singly, atol=1e-4)


def test_a_mirrored_crop_gives_the_same_logits(model):
    crop = random_crop(SIDE, SIDE)
    np.testing.assert_allclose(model.logits([crop]), model.logits([crop[:, ::-1]]), atol=1e-3)


def test_brightness_and_contrast_hardly_matter(model, face):
    dim = (face * 0.6 + 20).astype(np.uint8)
    np.testing.assert_allclose(
        softmax(model.logits([face])), softmax(model.logits([dim])), atol=0.05)


@pytest.mark.parametrize('size', [(1, 1), (1, 300), (5, 3), (48, 48), (49, 47), (700, 500)])
def test_takes_crops_of_any_size(model, size):
    logits = model.logits([random_crop(*size)])
    assert logits.shape == (1, 7)
    assert logits.dtype == np.float32
    assert np.isfinite(logits).all()


@pytest.mark.parametrize('level', [0, 127, 255])
def test_a_flat_crop_gives_finite_logits(model, level):
    assert np.isfinite(model.logits([np.full((64, 64, 3), level, np.uint8)])).all()


def test_an_empty_batch_gives_no_rows(model):
    assert model.logits([]).shape == (0, 7)


@pytest.mark.parametrize('crop', [
    np.zeros((48, 48), np.uint8),
    np.zeros((48, 48, 4), np.uint8),
    np.zeros((48, 48, 3), np.float32),
    np.zeros((48, 0, 3), np.uint8),
], ids=['grey', 'rgba', 'float', 'empty'])
def test_refuses_what_is_no_rgb_crop(model, crop):
    with pytest.raises(ValueError, match='RGB'):
        model.logits([crop])


def test_missing_weights_say_what_to_do(tmp_path):
    with pytest.raises(FileNotFoundError, match='mer_ros train'):
        load_model('face', 'lite', path=tmp_path / 'lite_face.onnx')


def test_the_input_is_grey_pixels_of_fixed_size():
    pixels = to_input(np.full((100, 60, 3), (10, 20, 30), np.uint8))
    assert pixels.shape == (SIDE, SIDE)
    assert pixels.dtype == np.uint8
    assert np.unique(pixels).tolist() == [18]


def test_features_are_what_the_last_layer_sees(model, face):
    random = np.random.default_rng(0)
    faces = []
    while len(faces) < 300:
        top, left = random.integers(0, 30, 2)
        mixed = cv2.addWeighted(
            face[top:top + 106, left:left + 106], 1.0,
            cv2.resize(random_crop(9, 9, len(faces)), (106, 106)), 0.4, -50.0)
        if model.judge(mixed).chance > 0.9:  # below, logits shrink
            faces.append(mixed)
    features = np.concatenate([model.features(face) for face in faces])
    assert features.shape == (300, 192)
    assert features.dtype == np.float32
    assert features.min() >= 0.0
    # The logits are linear in them: what the first faces teach holds for the others.
    known = np.hstack([features, np.ones((300, 1))])
    logits = model.logits(faces)
    weights = np.linalg.lstsq(known[:250], logits[:250], rcond=None)[0]
    np.testing.assert_allclose(known[250:] @ weights, logits[250:], atol=1e-2)


def test_a_mirrored_crop_gives_the_same_features(model):
    face = random_crop(60, 60)
    np.testing.assert_allclose(
        model.features(face), model.features(face[:, ::-1]), rtol=1e-4, atol=1e-5)


def test_features_of_what_is_no_crop_are_refused(model):
    with pytest.raises(ValueError, match='RGB image'):
        model.features(np.zeros((5, 5), np.uint8))
