"""Training of the frame selector, small, on faces that are easy to tell apart."""

import json

import numpy as np
import pytest

pytest.importorskip('lightning')
pytest.importorskip('transformers')
import cv2
import torch
import transformers

from mer_ros.models import load_model
from mer_ros.training.face.frame_selector_data import FaceDataset, load_faces
from mer_ros.training.face.train_frame_selector import FrameSelectorModule, train_frame_selector

COLOURS = {'happy': (0, 220, 0), 'angry': (220, 0, 0)}


def write_faces(folder, name, count, seed=0):
    noise = np.random.default_rng(seed)
    target = folder / name
    target.mkdir(parents=True)
    for index in range(count):
        face = np.clip(np.array(COLOURS[name]) + noise.integers(0, 35, (40, 40, 3)), 0, 255)
        cv2.imwrite(str(target / f'{index}.png'), face[..., ::-1].astype(np.uint8))


@pytest.fixture
def faces(tmp_path):
    for name in COLOURS:
        write_faces(tmp_path / 'faces', name, 20)
    return tmp_path / 'faces'


@pytest.fixture
def start(tmp_path):
    """Return the folder of a small network of 1000 classes, like the published one."""
    torch.manual_seed(0)
    transformers.ResNetForImageClassification(transformers.ResNetConfig(
        embedding_size=8, hidden_sizes=[16, 32], depths=[1, 1], num_labels=1000,
    )).save_pretrained(tmp_path / 'imagenet')
    return tmp_path / 'imagenet'


def test_learns_to_tell_two_classes_and_its_folder_is_a_scorer(faces, start, tmp_path):
    figures = train_frame_selector(
        data=faces, start=start, out=tmp_path, epochs=3, rate=5e-3, batch=6)
    out = tmp_path / 'frame_selector'
    assert figures['faces'] == [36, 4]
    assert figures['dev_accuracy'] == 1.0
    assert json.loads((out / 'figures.json').read_text()) == figures
    scorer = load_model('face', 'frame_selector', path=out, device='cpu')
    found = scorer.logits([np.full((50, 50, 3), colour, np.uint8) for colour in COLOURS.values()])
    assert [scorer.labels[column] for column in found.argmax(1)] == ['happiness', 'anger']


def test_starts_from_the_weights_given_with_a_new_last_layer(start, tmp_path, faces):
    train_frame_selector(data=faces, start=start, out=tmp_path, rate=0.0, smoke=True)
    before, after = (transformers.ResNetForImageClassification.from_pretrained(folder)
                     for folder in (start, tmp_path / 'frame_selector'))
    for name, weights in before.named_parameters():
        if not name.startswith('classifier.'):
            torch.testing.assert_close(after.get_parameter(name), weights)
    assert after.classifier[-1].out_features == 7


def test_normalisation_learns_too(start, tmp_path, faces):
    train_frame_selector(data=faces, start=start, out=tmp_path, smoke=True)
    before, after = (transformers.ResNetForImageClassification.from_pretrained(folder)
                     for folder in (start, tmp_path / 'frame_selector'))
    name = 'resnet.embedder.embedder.normalization.running_mean'
    assert not torch.allclose(after.get_buffer(name), before.get_buffer(name))


def test_the_paper_trains_with_adam_at_one_ten_thousandth(start, monkeypatch, tmp_path, faces):
    used = []
    plain = FrameSelectorModule.configure_optimizers
    monkeypatch.setattr(FrameSelectorModule, 'configure_optimizers',
                        lambda module: used.append(plain(module)) or used[0])
    figures = train_frame_selector(data=faces, start=start, out=tmp_path)
    assert type(used[0]) is torch.optim.Adam
    assert used[0].defaults['lr'] == 1e-4
    assert figures['epochs'] == 2


def test_as_printed_there_are_no_mirrors_and_the_last_epoch_is_kept(
        start, tmp_path, faces, monkeypatch):
    seen = []
    monkeypatch.setattr('mer_ros.training.face.train_frame_selector.FaceDataset',
                        lambda samples, *, mirrored: seen.append(mirrored) or FaceDataset(
                            samples, mirrored=mirrored))
    train_frame_selector(data=faces, start=start, out=tmp_path, epochs=3, as_printed=True)
    assert seen == [False, False]
    best, last = (torch.load(tmp_path / 'frame_selector' / f'{name}.ckpt', weights_only=True)
                  for name in ('best', 'last'))
    assert best['epoch'] == last['epoch'] == 2


def test_raf_db_is_learned_from_in_its_folders_of_numbers(tmp_path, start):
    for part, count in (('train', 20), ('test', 2)):
        for number in range(1, count + 1):
            colour = list(COLOURS.values())[number % 2]
            path = tmp_path / 'DATASET' / part / ('4' if number % 2 == 0 else '6')
            path.mkdir(parents=True, exist_ok=True)
            (tmp_path / 'DATASET' / part / '1').mkdir(exist_ok=True)
            cv2.imwrite(str(path / f'{part}_{number:05d}_aligned.jpg'),
                        np.full((40, 40, 3), colour, np.uint8)[..., ::-1])
    train, dev = load_faces(tmp_path)
    assert (len(train), len(dev)) == (18, 2)
    assert set(train.labels) == {'happiness', 'anger'}
    figures = train_frame_selector(data=tmp_path, start=start, out=tmp_path, smoke=True)
    assert figures['faces'] == [16, 2]


def test_a_folder_per_class_keeps_a_tenth_of_each_for_dev(faces):
    train, dev = load_faces(faces)
    assert sorted(dev.labels) == ['anger'] * 2 + ['happiness'] * 2
    assert len(train) == 36
    assert not set(train.groups) & set(dev.groups)


def test_parts_that_are_named_are_used_and_test_is_not_touched(tmp_path):
    for part, count in (('train', 5), ('val', 3), ('test', 4)):
        for name in COLOURS:
            write_faces(tmp_path / part, name, count)
    train, dev = load_faces(tmp_path)
    assert (len(train), len(dev)) == (10, 6)
    assert all('/val/' in file for file in dev.groups)


def test_a_table_names_pictures_labels_and_parts(faces):
    rows = [f'happy/{index}.png,happiness,a,{"train" if index < 15 else "dev"}'
            for index in range(20)]
    (faces / 'labels.csv').write_text('path,label,subject,split\n' + '\n'.join(rows) + '\n')
    train, dev = load_faces(faces)
    assert (len(train), len(dev)) == (15, 5)


def test_known_data_sets_are_read_as_everywhere(shared_data):
    train, dev = load_faces(shared_data / 'london_faces')
    assert len(train)
    assert len(dev)


def test_half_of_the_faces_are_mirrored_in_training_and_none_in_validation(faces):
    samples, _ = load_faces(faces)
    samples.inputs[0] = np.zeros((20, 20, 3), np.uint8)
    samples.inputs[0][:, :10] = 255
    torch.manual_seed(0)
    sides = [float(FaceDataset(samples, mirrored=True)[0][0][0, 0, 0]) > 0 for _ in range(40)]
    assert 8 < sum(sides) < 32
    assert all(float(FaceDataset(samples, mirrored=False)[0][0][0, 0, 0]) > 0 for _ in range(5))


def test_refuses_folders_that_are_no_emotions(tmp_path):
    (tmp_path / 'jealousy').mkdir()
    with pytest.raises(ValueError, match='jealousy'):
        load_faces(tmp_path)


def test_says_what_is_needed_where_there_is_nothing(tmp_path):
    with pytest.raises(FileNotFoundError, match=r'labels\.csv'):
        load_faces(tmp_path)


def test_refuses_a_start_that_is_no_resnet(tmp_path, faces):
    with pytest.raises(FileNotFoundError, match=r'config\.json'):
        train_frame_selector(data=faces, start=tmp_path, out=tmp_path)
