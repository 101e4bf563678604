"""Networks of TensorFlow Lite in onnxruntime, beside OpenCV's own reading of them."""

from importlib.util import find_spec

import cv2
import numpy as np
import pytest

from mer_ros.models.detectors.blazeface import find_file, PACKAGE, shrunk
from mer_ros.models.detectors.tflite_to_onnx import tflite_to_onnx
from mer_ros.models.session import run_session

installed = pytest.mark.skipif(find_spec(PACKAGE) is None, reason=f'could not find {PACKAGE}')


@installed
def test_the_network_gives_what_opencv_makes_of_the_same_file():
    noise = np.random.default_rng(1).integers(0, 256, (192, 192, 3), np.uint8)
    blob = cv2.dnn.blobFromImage(cv2.GaussianBlur(noise, (0, 0), 3), 1 / 127.5, mean=(127.5,) * 3)
    reference = cv2.dnn.readNetFromTFLite(str(find_file()))
    reference.setInput(blob)
    expected = {one.shape: one for one in reference.forward(
        reference.getUnconnectedOutLayersNames())}
    found = run_session(tflite_to_onnx(find_file()), 'BlazeFace').run(None, {'input_0': blob})
    assert {one.shape for one in found} == set(expected)
    for one in found:
        np.testing.assert_allclose(one, expected[one.shape], rtol=1e-4, atol=1e-4)


@installed
@pytest.mark.parametrize('change', [
    lambda content: content[:len(content) // 2], lambda content: content[:40],
    lambda content: b'\x1c\0\0\0TFL3' + b'\xff' * 200, lambda content: b''],
    ids=['half of it', 'its first bytes', 'nonsense', 'nothing'])
def test_a_damaged_network_is_refused(change, tmp_path):
    file = tmp_path / 'face.tflite'
    file.write_bytes(change(find_file().read_bytes()))
    with pytest.raises(ValueError, match=r'face\.tflite'):
        tflite_to_onnx(file)


@installed
def test_an_operator_that_is_not_known_is_named():
    # This one joins tensors.
    with pytest.raises(ValueError, match='operator of kind 2 '):
        tflite_to_onnx(find_file().with_name('face_detection_short_range.tflite'))


@pytest.mark.parametrize(('size', 'smaller'), [
    ((640, 480), (192, 144)), ((1920, 1080), (192, 108)), ((100, 80), (192, 154)),
    ((7, 5000), (1, 192))])
def test_shrinking_keeps_what_is_wider_than_a_pixel(size, smaller):
    across = np.linspace(0, 6, size[0])[None, :] + np.linspace(0, 4, size[1])[:, None]
    picture = np.repeat((127 + 100 * np.sin(across))[..., None], 3, axis=2).astype(np.uint8)
    exact = cv2.resize(picture, smaller, interpolation=cv2.INTER_AREA)
    found = shrunk(picture, smaller)
    assert found.shape == exact.shape
    assert np.abs(found.astype(int) - exact).mean() < 3.0


def test_shrinking_leaves_no_pattern_of_fine_stripes():
    stripes = np.zeros((480, 640, 3), np.uint8)
    stripes[:, ::2] = 200
    assert np.ptp(shrunk(stripes, (192, 144))) <= 2
