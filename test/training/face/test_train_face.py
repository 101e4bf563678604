import json

import numpy as np
import pytest

torch = pytest.importorskip('torch')

from mer_ros.models.face.lite_face import LiteFace  # noqa: E402
from mer_ros.training.face.face_augment import augment  # noqa: E402
from mer_ros.training.face.face_data import draw_weights, drawn_priors, FaceArrays, pooled_prior  # noqa: E402
from mer_ros.training.face.face_module import Draws, FaceModule  # noqa: E402
from mer_ros.training.face.train_face import Recipe, Stage, train_face  # noqa: E402

SHORT = Recipe(learn=Stage(2, 0.1, 0.0), refine=Stage(1, 0.03, 0.1), draws=14, batch=7)


def test_a_smoke_run_leaves_a_model_that_loads(own_faces, tmp_path):
    out = tmp_path / 'out'
    description = train_face(data=own_faces, out=out, smoke=True)
    assert description == json.loads((out / 'lite_face.json').read_text())
    assert description['trained_on'] == {'own_faces': 14}
    logits = LiteFace(path=out / 'lite_face.onnx').logits([np.zeros((60, 60, 3), np.uint8)])
    assert logits.shape == (1, 7)
    assert np.isfinite(logits).all()


def test_a_complete_run_is_not_trained_again(own_faces, tmp_path, monkeypatch):
    whole = train_face(data=own_faces, out=tmp_path / 'out', smoke=True)

    def learns_again(module):
        raise AssertionError('trained again')

    monkeypatch.setattr(FaceModule, 'on_train_epoch_start', learns_again)
    assert train_face(data=own_faces, out=tmp_path / 'out', smoke=True, resume=True) == whole


def test_equal_seeds_give_equal_models(own_faces, tmp_path):
    crop = np.random.default_rng(1).integers(0, 256, (60, 60, 3), dtype=np.uint8)
    logits = []
    for name, seed in (('a', 0), ('b', 0), ('c', 1)):
        train_face(data=own_faces, out=tmp_path / name, smoke=True, seed=seed)
        logits.append(LiteFace(path=tmp_path / name / 'lite_face.onnx').logits([crop]))
    np.testing.assert_allclose(logits[0], logits[1], atol=1e-5)
    assert np.abs(logits[0] - logits[2]).max() > 1e-3


def test_a_checkpoint_of_another_recipe_is_refused(own_faces, tmp_path):
    train_face(data=own_faces, out=tmp_path / 'out', smoke=True)
    with pytest.raises(ValueError, match='another folder'):
        train_face(data=own_faces, out=tmp_path / 'out', recipe=SHORT, resume=True)


@pytest.mark.parametrize('stop', [1, 2], ids=['in the first stage', 'in the second stage'])
def test_a_stopped_run_ends_like_one_that_was_not_stopped(own_faces, tmp_path, monkeypatch, stop):
    crop = np.random.default_rng(1).integers(0, 256, (60, 60, 3), dtype=np.uint8)
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
    whole, halved = (LiteFace(path=tmp_path / name / 'lite_face.onnx').logits([crop])
                     for name in ('whole', 'halved'))
    np.testing.assert_allclose(halved, whole, atol=1e-4)


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
    labels = np.array([0] * 100 + [1] * 4, dtype=np.int64)
    faces = FaceArrays(np.zeros((104, 1, 1), np.uint8), labels, np.zeros_like(labels), ('one',))
    weights = draw_weights(faces)
    assert weights.sum() == pytest.approx(1.0)
    assert weights[labels == 1].sum() == pytest.approx(2 / 12)
    priors = drawn_priors(faces)
    assert priors.shape == (1, 7)
    assert priors.sum() == pytest.approx(1.0)
    assert priors[0, 0] / priors[0, 1] == pytest.approx(5.0)


def test_small_data_sets_are_lifted_to_the_least_share():
    sources = np.array([0] * 100 + [1] * 4, dtype=np.int64)
    faces = FaceArrays(np.zeros((104, 1, 1), np.uint8), np.zeros_like(sources), sources,
                       ('large', 'small'))
    assert draw_weights(faces)[sources == 1].sum() == pytest.approx(2 / 12)
    lifted = draw_weights(faces, least_share=0.5)
    assert lifted.sum() == pytest.approx(1.0)
    assert lifted[sources == 1].sum() == pytest.approx(6 / 16)


def test_the_pooled_prior_is_the_share_of_each_class_among_all_draws():
    labels = np.array([0, 0, 0, 1], dtype=np.int64)
    faces = FaceArrays(np.zeros((4, 1, 1), np.uint8), labels, np.array([0, 1, 1, 1]), ('a', 'b'))
    prior = pooled_prior(faces, np.array([0.25, 0.25, 0.25, 0.25]))
    assert prior.shape == (7,)
    assert prior.sum() == pytest.approx(1.0)
    assert prior[0] / prior[1] == pytest.approx(3.0)
    assert prior.min() > 0
