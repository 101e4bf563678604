"""Expression models of the user's, in ONNX with a description."""

import json

import numpy as np
import pytest

pytest.importorskip('onnx')
import onnx
from onnx import helper, TensorProto

from mer_ros.models import load_model

LABELS = ['Angry', 'Contempt', 'Happy']


def write(path, description, *, side=4, channels=3, batch='n', scores=3, last=False):
    """Write a graph whose scores are the mean of each channel (and the sum of all, for more)."""
    axes = [1, 2] if last else [2, 3]
    shape = [batch, side, side, channels] if last else [batch, channels, side, side]
    nodes = [helper.make_node('ReduceMean', ['picture'], ['means'], axes=axes, keepdims=0),
             helper.make_node('MatMul', ['means', 'spread'], ['scores'])]
    spread = np.eye(channels, scores, dtype=np.float32)
    graph = helper.make_graph(
        nodes, 'means', [helper.make_tensor_value_info('picture', TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info('scores', TensorProto.FLOAT, [batch, scores])],
        [onnx.numpy_helper.from_array(spread, 'spread')])
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid('', 13)],
                                ir_version=8), path)
    path.with_suffix('.json').write_text(json.dumps(description))
    return path


def colour(red, green, blue, side=9):
    return np.full((side, side, 3), (red, green, blue), dtype=np.uint8)


def load(path, **options):
    return load_model('face', 'onnx', path=path, **options)


def test_names_emotions_and_leaves_out_what_it_is_told_to(tmp_path):
    model = load(write(tmp_path / 'mine.onnx', {
        'labels': LABELS, 'dropped': ['contempt'], 'side': 4}))
    assert model.name == 'mine'
    assert model.labels == ('anger', 'happiness')
    np.testing.assert_allclose(model.logits([colour(255, 0, 51)]), [[1.0, 0.2]], atol=1e-6)


def test_prepares_pixels_as_described(tmp_path):
    model = load(write(tmp_path / 'm.onnx', {
        'labels': ['fear', 'disgust', 'joy'], 'side': 4, 'colour': 'bgr', 'scale': 1.0,
        'mean': [1.0, 2.0, 3.0], 'deviation': [2.0, 4.0, 5.0]}))
    np.testing.assert_allclose(
        model.logits([colour(13, 102, 201)]), [[100.0, 25.0, 2.0]], rtol=1e-5)


def test_grey_has_one_channel(tmp_path):
    model = load(write(tmp_path / 'm.onnx', {
        'labels': ['joy', 'sad'], 'side': 4, 'colour': 'grey', 'scale': 1.0},
        channels=1, scores=2))
    np.testing.assert_allclose(model.logits([colour(100, 100, 100)]), [[100.0, 0.0]])


def test_channels_may_come_last(tmp_path):
    model = load(write(tmp_path / 'm.onnx', {
        'labels': ['fear', 'disgust', 'joy'], 'side': 4, 'scale': 1.0, 'channels_last': True},
        last=True))
    np.testing.assert_allclose(model.logits([colour(1, 2, 3)]), [[1.0, 2.0, 3.0]])


def test_a_graph_for_single_pictures_judges_any_number(tmp_path):
    model = load(write(tmp_path / 'm.onnx', {
        'labels': ['fear', 'disgust', 'joy'], 'side': 4, 'scale': 1.0}, batch=1))
    found = model.logits([colour(i, 0, 0) for i in range(5)])
    np.testing.assert_allclose(found[:, 0], range(5))
    assert model.logits([]).shape == (0, 3)


@pytest.mark.parametrize(('description', 'reason'), [
    ({'side': 4}, r"lacks \['labels'\]"),
    ({'labels': ['fear', 'disgust', 'joy'], 'side': 4, 'size': 4}, r"tells \['size'\]"),
    ({'labels': ['fear', 'disgust', 'joy'], 'side': 4, 'colour': 'hsv'}, 'hsv'),
    ({'labels': LABELS, 'side': 4}, r"\['Contempt'\]"),
    ({'labels': ['fear', 'joy'], 'side': 4}, 'has 3 scores')])
def test_refuses_a_description_that_does_not_fit(tmp_path, description, reason):
    with pytest.raises(ValueError, match=reason):
        load(write(tmp_path / 'm.onnx', description))


def test_names_missing_files(tmp_path):
    path = write(tmp_path / 'm.onnx', {})
    path.with_suffix('.json').unlink()
    with pytest.raises(FileNotFoundError, match=r'm\.json'):
        load(path)
    path.unlink()
    with pytest.raises(FileNotFoundError, match=r'm\.onnx'):
        load(path)


def test_refuses_a_truncated_file(tmp_path):
    path = write(tmp_path / 'm.onnx', {'labels': ['fear', 'disgust', 'joy'], 'side': 4})
    path.write_bytes(path.read_bytes()[:60])
    with pytest.raises(ValueError, match='not a complete one'):
        load(path)


def test_refuses_a_device_that_is_not_there(tmp_path):
    path = write(tmp_path / 'm.onnx', {'labels': ['fear', 'disgust', 'joy'], 'side': 4})
    with pytest.raises(ValueError, match='tpu'):
        load(path, device='tpu')
