"""The frame selector's network, on small checkpoints of its true architecture."""

import json

import numpy as np
import pytest

pytest.importorskip('torch')
pytest.importorskip('transformers')
import torch
import transformers

from mer_ros.data import CameraImage
from mer_ros.engines.face import FaceEngine
from mer_ros.models import load_model
from mer_ros.models.protocols import Faces

NAMES = ['anger', 'disgust', 'fear', 'happiness', 'neutral', 'sadness', 'surprise']


@pytest.fixture
def model(tmp_path, write_resnet):
    write_resnet(tmp_path, NAMES)
    return load_model('face', 'frame_selector', path=tmp_path, device='cpu')


def crops(count=3):
    noise = np.random.default_rng(0)
    return [noise.integers(0, 256, (100 + 90 * i, 100 + 90 * i, 3), dtype=np.uint8)
            for i in range(count)]


def test_the_whole_network_has_the_parameters_of_the_paper():
    with torch.device('meta'):
        network = transformers.ResNetForImageClassification(transformers.ResNetConfig(
            num_labels=7))
    assert sum(weights.numel() for weights in network.parameters()) == 23_522_375


def test_gives_the_raw_scores_of_the_network(tmp_path, write_resnet):
    network = write_resnet(tmp_path, NAMES)
    face = np.random.default_rng(1).integers(0, 256, (224, 224, 3), dtype=np.uint8)
    mean, deviation = np.array([0.485, 0.456, 0.406]), np.array([0.229, 0.224, 0.225])
    planes = ((face / 255.0 - mean) / deviation).transpose(2, 0, 1)[None].astype(np.float32)
    with torch.inference_mode():
        expected = network(torch.from_numpy(planes)).logits.numpy()
    model = load_model('face', 'frame_selector', path=tmp_path, device='cpu')
    np.testing.assert_allclose(model.logits([face]), expected, atol=1e-4)


def test_scores_do_not_depend_on_the_rest_of_the_batch(model):
    assert model.labels == tuple(NAMES)
    together = model.logits(crops())
    assert np.ptp(together, axis=0).max() > 1e-4
    np.testing.assert_allclose(
        together, np.concatenate([model.logits([crop]) for crop in crops()]), atol=1e-4)
    assert model.logits([]).shape == (0, 7)


class WholeImage:
    name = 'whole'

    def detect(self, image):
        height, width = image.shape[:2]
        return Faces(np.array([[0, 0, width, height]], np.float32), np.ones(1, np.float32),
                     np.full((1, 5, 2), np.nan, np.float32))


class Brightness:
    name = 'brightness'
    labels = ('happiness', 'sadness')

    def logits(self, batch):
        return np.array([[crop.mean(), 0.0] for crop in batch], np.float32)


def test_the_engine_judges_the_frame_that_the_selector_rates_highest(model):
    images = [CameraImage(stamp=1_000_000_000 + 10_000_000 * i, pixels=crop)
              for i, crop in enumerate(crops(4))]
    rated = model.logits([image.pixels for image in images]).astype(np.float64)
    highest = (np.exp(rated).max(axis=1) / np.exp(rated).sum(axis=1)).argmax()
    engine = FaceEngine(Brightness(), WholeImage(), every=1, selection='probability', scorer=model)
    found = [result for image in images for result in engine.process(image)] + engine.flush()
    assert [result.stamp for result in found] == [images[highest].stamp]
    assert found[0].model == 'brightness'


def test_refuses_a_folder_of_another_depth(tmp_path, write_resnet):
    write_resnet(tmp_path, NAMES)
    config = json.loads((tmp_path / 'config.json').read_text())
    (tmp_path / 'config.json').write_text(json.dumps({**config, 'depths': [1, 2]}))
    with pytest.raises(ValueError, match=r'another architecture: .* missing'):
        load_model('face', 'frame_selector', path=tmp_path)


def test_refuses_classes_that_are_no_emotions(tmp_path, write_resnet):
    write_resnet(tmp_path, names=['tench', 'goldfish'])
    with pytest.raises(ValueError, match='goldfish'):
        load_model('face', 'frame_selector', path=tmp_path)


def test_refuses_another_kind_of_network(tmp_path, write_resnet):
    write_resnet(tmp_path, NAMES)
    (tmp_path / 'config.json').write_text(json.dumps({'model_type': 'vit'}))
    with pytest.raises(ValueError, match="'vit'"):
        load_model('face', 'frame_selector', path=tmp_path)


def test_names_missing_files_and_refuses_truncated_ones(tmp_path, write_resnet):
    write_resnet(tmp_path, NAMES)
    weights = tmp_path / 'model.safetensors'
    weights.write_bytes(weights.read_bytes()[:3000])
    with pytest.raises(ValueError, match='damaged or incomplete'):
        load_model('face', 'frame_selector', path=tmp_path)
    weights.unlink()
    with pytest.raises(FileNotFoundError, match=r'model\.safetensors'):
        load_model('face', 'frame_selector', path=tmp_path)
