"""The network of BlazeFace in both runtimes, and what is said where one is missing."""

from importlib.util import find_spec
import logging
import sys

import cv2
import numpy as np
import pytest

from mer_ros.models.detectors import auto
from mer_ros.models.detectors.blazeface import BlazeFaceDetector, find_file, PACKAGE
from mer_ros.models.detectors.blazeface_look import shrunk
from mer_ros.models.detectors.blazeface_network import (
    FULL,
    in_litert,
    in_opencv,
    open_network,
    SHORT,
)

needs_file = pytest.mark.skipif(find_spec(PACKAGE) is None, reason=f'could not find {PACKAGE}')
needs_both = pytest.mark.skipif(
    None in map(find_spec, ('ai_edge_litert', PACKAGE)), reason='could not find ai_edge_litert')


@pytest.fixture(params=['LiteRT', 'OpenCV'])
def runtime(request, monkeypatch):
    """Run the networks that the test opens in this runtime."""
    if request.param == 'OpenCV':
        without_litert(monkeypatch)
    elif find_spec('ai_edge_litert') is None:
        pytest.skip('could not find ai_edge_litert')
    return request.param


def without_litert(monkeypatch):
    monkeypatch.setitem(sys.modules, 'ai_edge_litert', None)
    monkeypatch.setitem(sys.modules, 'ai_edge_litert.interpreter', None)


@needs_both
@pytest.mark.parametrize('kind', [FULL, SHORT], ids=lambda kind: kind.name)
def test_both_runtimes_give_the_same(sample, kind):
    runs = in_litert(find_file(kind)), in_opencv(find_file(kind))
    for image in sample.images[::40]:
        picture = cv2.resize(image.pixels, (kind.side, kind.side)).astype(np.float32)[None]
        for one, other in zip(*(run(picture / 127.5 - 1.0) for run in runs), strict=True):
            np.testing.assert_allclose(one, other, rtol=1e-3, atol=1e-3)


@needs_both
def test_both_runtimes_find_the_same_faces(sample, monkeypatch):
    detectors = [BlazeFaceDetector()]
    without_litert(monkeypatch)
    detectors.append(BlazeFaceDetector())
    found = 0
    for image in sample.images[::40]:
        one, other = (detector.detect(image.pixels) for detector in detectors)
        np.testing.assert_allclose(one.boxes, other.boxes, atol=0.05)
        np.testing.assert_allclose(one.scores, other.scores, atol=1e-3)
        found += len(one.boxes)
    assert found


@needs_file
@pytest.mark.parametrize('change', [
    lambda content: content[:len(content) // 2], lambda content: content[:40],
    lambda content: b'\x1c\0\0\0TFL3' + b'\xff' * 200, lambda content: b''],
    ids=['half of it', 'its first bytes', 'nonsense', 'nothing'])
def test_a_damaged_network_is_refused(change, tmp_path, runtime):
    file = tmp_path / 'face.tflite'
    file.write_bytes(change(find_file().read_bytes()))
    with pytest.raises(ValueError, match=r'face\.tflite is no BlazeFace'):
        open_network(file, FULL)


@needs_file
def test_another_network_is_refused(runtime):
    with pytest.raises(ValueError, match=r'short_range\.tflite is no BlazeFace, full range'):
        open_network(find_file(SHORT), FULL)


@needs_file
def test_without_litert_opencv_runs_and_the_log_says_what_to_install(monkeypatch, caplog):
    without_litert(monkeypatch)
    with caplog.at_level(logging.INFO):
        assert auto.auto_detector().name == 'blazeface'
    assert 'pip install --no-deps -r requirements/detector.txt' in caplog.text


@needs_file
def test_where_nothing_runs_it_the_cascade_stands_in_and_says_what_to_install(monkeypatch):
    without_litert(monkeypatch)
    monkeypatch.delattr(cv2.dnn, 'readNetFromTFLite')
    with pytest.raises(ImportError, match=r'OpenCV 4\.8 .*requirements/detector\.txt'):
        BlazeFaceDetector()
    assert 'requirements/detector.txt' in auto.auto_detector().stands_in


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
