import csv
import json

import cv2
import numpy as np
import pytest

torch = pytest.importorskip('torch')

from mer_ros.emotions import EMOTIONS  # noqa: E402
from mer_ros.evaluation.datasets.fer_votes import VOTED  # noqa: E402
from mer_ros.models.face.lite_face import LiteFace  # noqa: E402
from mer_ros.training.face.face_augment import augment  # noqa: E402
from mer_ros.training.face.face_data import (  # noqa: E402
    draw_weights,
    drawn_priors,
    FaceArrays,
    load_arrays,
    NOTHING,
    with_nothing,
)
from mer_ros.training.face.face_module import Draws, FaceModule  # noqa: E402
from mer_ros.training.face.face_targets import CLASSES, of_labels, of_votes  # noqa: E402
from mer_ros.training.face.train_face import Recipe, train_face  # noqa: E402

SHORT = Recipe(epochs=3, draws=14, batch=7)


def arrays(classes, sources, names=('one',)):
    """Return arrays of black crops of these classes and data sets."""
    targets = np.eye(len(CLASSES), dtype=np.float32)[classes]
    return FaceArrays(np.zeros((len(classes), 48, 48), np.uint8), targets,
                      np.full(len(classes), -1), np.array(sources), names)


def test_a_smoke_run_leaves_a_model_that_loads(own_faces, tmp_path):
    out = tmp_path / 'out'
    description = train_face(data=own_faces, out=out, smoke=True)
    assert description == json.loads((out / 'lite_face.json').read_text())
    assert description['trained_on'] == {'own_faces': 14}
    logits = LiteFace(path=out / 'lite_face.onnx').logits([np.zeros((60, 60, 3), np.uint8)])
    assert logits.shape == (1, 7)
    assert np.isfinite(logits).all()
    assert description['labels'] == [*EMOTIONS, 'contempt']


def test_a_complete_run_is_not_trained_again(own_faces, tmp_path, monkeypatch):
    whole = train_face(data=own_faces, out=tmp_path / 'out', smoke=True)

    def learns_again(module):
        raise AssertionError('trained again')

    monkeypatch.setattr(FaceModule, 'on_train_epoch_start', learns_again)
    assert train_face(data=own_faces, out=tmp_path / 'out', smoke=True, resume=True) == whole


def test_equal_seeds_give_equal_models(own_faces, tmp_path):
    crop = np.random.default_rng(1).integers(0, 256, (60, 60, 3), dtype=np.uint8)
    features = []
    for name, seed in (('a', 0), ('b', 0), ('c', 1)):
        train_face(data=own_faces, out=tmp_path / name, smoke=True, seed=seed)
        features.append(LiteFace(path=tmp_path / name / 'lite_face.onnx').features(crop))
    np.testing.assert_allclose(features[0], features[1], atol=1e-5)
    assert np.abs(features[0] - features[2]).max() > 1e-3


def test_a_checkpoint_of_another_recipe_is_refused(own_faces, tmp_path):
    train_face(data=own_faces, out=tmp_path / 'out', smoke=True)
    with pytest.raises(ValueError, match='another folder'):
        train_face(data=own_faces, out=tmp_path / 'out', recipe=SHORT, resume=True)


@pytest.mark.parametrize('stop', [1, 2], ids=['after one epoch', 'after two epochs'])
def test_a_stopped_run_ends_like_one_that_was_not_stopped(own_faces, tmp_path, monkeypatch, stop):
    train_face(data=own_faces, out=tmp_path / 'whole', recipe=SHORT)

    class PowerCutError(Exception):
        pass

    start, started = FaceModule.on_train_epoch_start, []

    def start_or_stop(module):
        if len(started) == stop:
            raise PowerCutError
        started.append(module)
        start(module)

    monkeypatch.setattr(FaceModule, 'on_train_epoch_start', start_or_stop)
    with pytest.raises(PowerCutError):
        train_face(data=own_faces, out=tmp_path / 'halved', recipe=SHORT)
    monkeypatch.undo()
    train_face(data=own_faces, out=tmp_path / 'halved', recipe=SHORT, resume=True)
    whole, halved = (torch.load(tmp_path / name / 'face' / 'last.ckpt', weights_only=True)
                     for name in ('whole', 'halved'))
    # bfloat16 rounds otherwise after a fresh start; eight bits of the model would hide how little.
    for name, weights in whole['state_dict'].items():
        torch.testing.assert_close(halved['state_dict'][name], weights, atol=1e-3, rtol=0.0)


def test_a_folder_without_faces_says_where_to_put_them(tmp_path):
    with pytest.raises(FileNotFoundError, match='own_faces'):
        train_face(data=tmp_path, out=tmp_path / 'out')


def test_a_set_without_a_dev_split_is_refused(own_faces, tmp_path):
    table = own_faces / 'own_faces' / 'labels.csv'
    table.write_text(table.read_text().replace(',dev', ',test'))
    with pytest.raises(ValueError, match='dev split'):
        train_face(data=own_faces, out=tmp_path / 'out', smoke=True)


def test_augmentation_keeps_shape_and_range_and_follows_the_generator():
    crops = torch.randint(0, 256, (16, 48, 48), dtype=torch.uint8)
    once, again, other = (
        augment(crops, torch.Generator().manual_seed(seed)) for seed in (0, 0, 1))
    assert once.shape == (16, 48, 48)
    assert float(once.min()) >= 0
    assert float(once.max()) <= 255
    assert torch.equal(once, again)
    assert not torch.equal(once, other)


def test_draws_of_an_epoch_depend_on_its_number_alone():
    draws = Draws(np.array([0.0, 0.5, 0.5]), count=10, batch=4, seed=3)
    assert len(draws) == 3
    first = torch.cat(list(draws))
    assert len(first) == 10
    assert set(first.tolist()) == {1, 2}
    draws.set_epoch(1)
    assert not torch.equal(torch.cat(list(draws)), first)
    draws.set_epoch(0)
    assert torch.equal(torch.cat(list(draws)), first)


def test_rare_classes_are_drawn_more_often_than_they_occur():
    faces = arrays([0] * 100 + [1] * 4, [0] * 104)
    weights = draw_weights(faces)
    assert weights.sum() == pytest.approx(1.0)
    assert weights[100:].sum() == pytest.approx(2 / 12)
    assert draw_weights(faces, power=0.0)[100:].sum() == pytest.approx(4 / 104)


def test_small_data_sets_are_lifted_to_the_least_share():
    faces = arrays([0] * 104, [0] * 100 + [1] * 4, ('large', 'small'))
    assert draw_weights(faces)[100:].sum() == pytest.approx(2 / 12)
    lifted = draw_weights(faces, least_share=0.5)
    assert lifted.sum() == pytest.approx(1.0)
    assert lifted[100:].sum() == pytest.approx(6 / 16)


def test_the_prior_of_a_set_of_all_classes_is_its_own_and_that_of_one_class_nearly_that_of_all():
    classes = [*range(8), 0, 0, 0, 0, 4, 4, 4, 4]
    faces = arrays(classes, [0] * 12 + [1] * 4, ('all', 'neutral'))
    priors = drawn_priors(faces, np.full(16, 1 / 16))
    assert priors.shape == (2, 8)
    np.testing.assert_allclose(priors.sum(axis=1), 1.0)
    np.testing.assert_allclose(priors[0], [5 / 12, *[1 / 12] * 7], atol=1e-9)
    assert 0.3 < priors[1, 4] < 0.6
    assert priors[1, 0] > 0.1


def test_votes_become_shares_in_which_single_votes_count_nothing():
    votes = np.array([[6, 0, 0, 0, 3, 1, 0, 0], [1, 0, 0, 1, 0, 0, 0, 0]])
    np.testing.assert_allclose(of_votes(votes), [
        [2 / 3, 0, 0, 0, 1 / 3, 0, 0, 0], [0.5, 0, 0, 0.5, 0, 0, 0, 0]], atol=1e-6)


def test_a_label_alone_is_smoothed():
    [target] = of_labels(['fear'])
    assert target.sum() == pytest.approx(1.0)
    assert target[EMOTIONS.index('fear')] == pytest.approx(0.9 + 0.1 / 8)


def test_pictures_that_nobody_can_judge_are_left_out_and_such_without_a_face_teach_that(tmp_path):
    folder = tmp_path / 'fer2013'
    (folder / 'sheets').mkdir(parents=True)
    cv2.imwrite(str(folder / 'sheets' / 'a.png'), np.zeros((48, 192), np.uint8))
    said = [('fear', {'fear': 8, 'contempt': 2}), ('', {'unknown': 6, 'anger': 4}),
            ('sadness', {'nf': 7, 'neutral': 3}), ('', {'contempt': 10})]
    rows = [{'sheet': 'a.png', 'row': 0, 'col': col, 'fer_label': label, 'majority': '',
             'group': col, **dict.fromkeys(VOTED, 0), **votes}
            for col, (label, votes) in enumerate(said)]
    with (folder / 'votes_train.csv').open('w', newline='') as table:
        writer = csv.DictWriter(table, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    faces = load_arrays(tmp_path, ('fer2013',), 'train')
    assert faces.is_face.tolist() == [True, False, True]
    assert faces.labels.tolist() == [EMOTIONS.index('fear'), -1, -1]
    np.testing.assert_allclose(faces.targets[0, [2, 7]], [0.8, 0.2], atol=1e-6)
    assert faces.classes.tolist() == [2, 8, CLASSES.index('contempt')]


def test_crops_without_a_face_are_made_and_are_no_class():
    faces = arrays([0, 1, 2, 3] * 5, [0] * 20)
    grown = with_nothing(faces, share=0.5, seed=0)
    assert grown.names == ('one', NOTHING)
    assert len(grown) == 30
    assert grown.is_face.tolist() == [True] * 20 + [False] * 10
    assert set(grown.classes[20:]) == {8}
    assert len(np.unique(grown.pixels[20:].reshape(10, -1), axis=0)) > 5
