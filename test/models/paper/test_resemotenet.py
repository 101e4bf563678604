"""The face model of the first paper, on small checkpoints of its true architecture."""

import json

import numpy as np
from PIL import Image
import pytest

pytest.importorskip('torch')
import torch

from mer_ros.models import load_model
from mer_ros.models.face.pictures import to_planes
from mer_ros.models.paper.resemotenet_net import ResEmoteNet

ORDER = ('happiness', 'surprise', 'sadness', 'anger', 'disgust', 'fear', 'neutral')


def write(path, classes=7, width=4, wrap=lambda state: {'model_state_dict': state}):
    torch.manual_seed(0)
    network = ResEmoteNet(classes, width=width).eval()
    for name, weights in network.named_parameters():
        if weights.ndim > 1:
            torch.nn.init.kaiming_normal_(weights)
        elif name.endswith('bias'):
            torch.nn.init.normal_(weights, std=0.1)
    torch.save(wrap(network.state_dict()), path)
    return network


@pytest.fixture
def path(tmp_path):
    write(tmp_path / 'small.pth')
    return tmp_path / 'small.pth'


def test_weights_that_no_face_meets_are_dropped_without_a_trace(tmp_path):
    network = write(tmp_path / 'small.pth', width=8)
    before = sum(weights.numel() for weights in network.parameters())
    model = load_model('face', 'resemotenet', path=tmp_path / 'small.pth', device='cpu')
    faces = torch.from_numpy(
        to_planes(crops(), side=64, colour='grey3', resize='antialias'))
    with torch.inference_mode():
        np.testing.assert_allclose(model.logits(crops()), network(faces).numpy(), atol=1e-4)
    assert sum(weights.numel() for weights in model.network.parameters()) < 0.5 * before


def crops(count=3):
    noise = np.random.default_rng(0)
    return [noise.integers(0, 256, (40 + 30 * i, 50 + 20 * i, 3), dtype=np.uint8)
            for i in range(count)]


def test_has_the_names_shapes_and_number_of_parameters_that_are_published(repository):
    published = repository.parent / 'shared' / 'reference' / 'resemotenet_checkpoint.json'
    with torch.device('meta'):
        network = ResEmoteNet()
    assert sum(weights.numel() for weights in network.parameters()) == 80_238_599
    if not published.is_file():
        pytest.skip(f'{published.name} is not there')
    shapes = {name: list(value.shape) for name, value in network.state_dict().items()}
    assert shapes == json.loads(published.read_text())['state_dict']


@pytest.mark.parametrize('wrap', [
    lambda state: state, lambda state: {'model_state_dict': state, 'epoch': 3},
    lambda state: {f'module.{name}': value for name, value in state.items()}],
    ids=['bare', 'wrapped', 'parallel'])
def test_loads_every_published_form(tmp_path, wrap):
    network = write(tmp_path / 'small.pth', wrap=wrap)
    model = load_model('face', 'resemotenet', path=tmp_path / 'small.pth', device='cpu')
    assert model.labels == ORDER
    assert np.ptp(model.logits(crops())) > 0
    assert not network.training


def test_prepares_faces_as_the_published_evaluation_does(tmp_path):
    network = write(tmp_path / 'small.pth')
    crop = np.random.default_rng(1).integers(0, 256, (141, 115, 3), dtype=np.uint8)
    grey = Image.fromarray(crop).resize((64, 64), Image.Resampling.BILINEAR).convert('L')
    face = np.repeat(np.asarray(grey)[..., None], 3, axis=2)
    mean, deviation = np.array([0.485, 0.456, 0.406]), np.array([0.229, 0.224, 0.225])
    planes = ((face / 255.0 - mean) / deviation).transpose(2, 0, 1)[None]
    with torch.inference_mode():
        expected = network(torch.from_numpy(planes.astype(np.float32))).numpy()
    model = load_model('face', 'paper', path=tmp_path / 'small.pth', device='cpu')
    np.testing.assert_allclose(model.logits([crop]), expected, atol=1e-4)


def test_colour_does_not_matter(path):
    red = np.zeros((64, 64, 3), np.uint8)
    red[..., 0] = 200
    grey = np.full((64, 64, 3), round(0.299 * 200), np.uint8)
    model = load_model('face', 'resemotenet', path=path, device='cpu')
    np.testing.assert_allclose(model.logits([red]), model.logits([grey]), atol=1e-3)


def test_scores_do_not_depend_on_the_rest_of_the_batch(path):
    model = load_model('face', 'resemotenet', path=path, device='cpu')
    together = model.logits(crops())
    assert together.shape == (3, 7)
    assert together.dtype == np.float32
    np.testing.assert_allclose(
        together, np.concatenate([model.logits([crop]) for crop in crops()]), atol=1e-4)


def test_an_empty_batch_has_no_scores(path):
    assert load_model('face', 'resemotenet', path=path).logits([]).shape == (0, 7)


def test_bf16_changes_little(path):
    models = [load_model('face', 'resemotenet', path=path, dtype=dtype, device='cpu')
              for dtype in ('fp32', 'bf16')]
    exact, coarse = [model.logits(crops()) for model in models]
    np.testing.assert_allclose(coarse, exact, atol=0.05 * np.abs(exact).max())


def test_labels_of_another_training_can_be_given(tmp_path):
    write(tmp_path / 'small.pth', classes=3)
    model = load_model('face', 'resemotenet', path=tmp_path / 'small.pth',
                       labels=['Angry', 'joy', 'neutral'])
    assert model.labels == ('anger', 'happiness', 'neutral')


def test_refuses_labels_that_do_not_match_the_checkpoint(tmp_path):
    write(tmp_path / 'small.pth', classes=6)
    with pytest.raises(ValueError, match=r'2 of another shape \(fc4\.bias, fc4\.weight\)'):
        load_model('face', 'resemotenet', path=tmp_path / 'small.pth')


def test_refuses_labels_that_are_no_emotions(path):
    with pytest.raises(ValueError, match='contempt'):
        load_model('face', 'resemotenet', path=path, labels=[*ORDER[:6], 'contempt'])


def test_refuses_weights_of_another_network(tmp_path):
    torch.save({'layer.weight': torch.ones(3)}, tmp_path / 'other.pth')
    with pytest.raises(ValueError, match=r'\d+ missing \(.*, \.\.\.\); 1 unexpected \(layer'):
        load_model('face', 'resemotenet', path=tmp_path / 'other.pth')


def test_refuses_truncated_weights(path):
    path.write_bytes(path.read_bytes()[:10_000])
    with pytest.raises(ValueError, match='not a complete one'):
        load_model('face', 'resemotenet', path=path)


def test_refuses_what_holds_no_weights(tmp_path):
    torch.save([1, 2, 3], tmp_path / 'list.pth')
    with pytest.raises(ValueError, match='holds no weights'):
        load_model('face', 'resemotenet', path=tmp_path / 'list.pth')


def test_runs_no_code_that_a_checkpoint_brings(tmp_path):
    class Trap:
        def __reduce__(self):
            return open, (str(tmp_path / 'ran'), 'w')

    torch.save({'weights': Trap()}, tmp_path / 'trap.pth')
    with pytest.raises(ValueError, match='no checkpoint'):
        load_model('face', 'resemotenet', path=tmp_path / 'trap.pth')
    assert not (tmp_path / 'ran').exists()


def test_names_a_missing_file(tmp_path):
    with pytest.raises(FileNotFoundError, match=r'none\.pth'):
        load_model('face', 'resemotenet', path=tmp_path / 'none.pth')


@pytest.mark.parametrize('crop', [
    np.zeros((8, 8), np.uint8), np.zeros((8, 8, 4), np.uint8), np.zeros((8, 8, 3), np.float32),
    np.zeros((0, 8, 3), np.uint8)], ids=['grey', 'rgba', 'float', 'empty'])
def test_refuses_what_is_no_rgb_crop(path, crop):
    with pytest.raises(ValueError, match='RGB'):
        load_model('face', 'resemotenet', path=path).logits([crop])
