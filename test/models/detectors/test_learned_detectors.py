"""The detectors YuNet and RetinaFace, on graphs of their form that take red for a face."""

import numpy as np
import pytest

pytest.importorskip('onnx')
import onnx
from onnx import helper, numpy_helper, TensorProto

from mer_ros.models import load_detector
from mer_ros.models.detectors.retinaface_anchors import anchors

STRIDES = (8, 16, 32)


class Graph:
    """Collects nodes whose outputs are maps of what one cell of the image looks like."""

    def __init__(self, red):
        self.nodes, self.constants, self.red = [], [], red

    def add(self, kind, inputs, output, **attributes):
        self.nodes.append(helper.make_node(kind, inputs, [output], **attributes))
        return output

    def constant(self, name, values):
        self.constants.append(numpy_helper.from_array(np.asarray(values), name))
        return name

    def head(self, name, stride, slopes, offsets, picture='picture'):
        """Give each cell slopes * (its redness, 0..1) + offsets, as maps (1, n, h, w)."""
        weights = np.zeros((len(slopes), 3, stride, stride), np.float32)
        weights[:, self.red] = np.asarray(slopes, np.float32)[:, None, None] / (255 * stride ** 2)
        return self.add('Conv', [picture, self.constant(f'{name}_w', weights),
                                 self.constant(f'{name}_b', np.asarray(offsets, np.float32))],
                        f'{name}_maps', kernel_shape=[stride] * 2, strides=[stride] * 2)

    def rows(self, maps, name, columns):
        """Turn maps (1, n * columns, h, w) into rows (1, h * w * n, columns)."""
        last = self.add('Transpose', [maps], f'{name}_last', perm=[0, 2, 3, 1])
        shape = self.constant(f'{name}_shape', np.array([1, -1, columns], np.int64))
        return self.add('Reshape', [last, shape], name)

    def save(self, path, picture, outputs):
        graph = helper.make_graph(
            self.nodes, 'red', [helper.make_tensor_value_info(
                'picture', TensorProto.FLOAT, picture)],
            [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)
             for name, shape in outputs.items()], self.constants)
        onnx.save(helper.make_model(
            graph, opset_imports=[helper.make_opsetid('', 13)], ir_version=8), path)
        return path


def write_yunet(path):
    """Red cells of 8 pixels are faces of 64 pixels with landmarks at a known place."""
    graph, outputs = Graph(red=2), {}
    for stride in STRIDES:
        found = float(stride == 8)
        for name, slopes, offsets in (
                ('cls', [found], [0]), ('obj', [found], [0]),
                ('bbox', [0] * 4, [0.5, 0.5, np.log(8), np.log(8)]),
                ('kps', [0] * 10, [-1, -1, 2, -1, 0.5, 0.5, -1, 2, 2, 2])):
            key = f'{name}_{stride}'
            graph.rows(graph.head(key, stride, slopes, offsets), key, len(slopes))
            outputs[key] = [1, None, len(slopes)]
    order = [f'{name}_{stride}' for name in ('cls', 'obj', 'bbox', 'kps') for stride in STRIDES]
    return graph.save(path, [1, 3, 64, 64], {key: outputs[key] for key in order})


def write_anchors(path, height=None, width=None):
    """Red cells of 16 pixels are faces like the smaller anchor there, 64 pixels."""
    graph = Graph(red=2)
    outputs = {'loc': 4, 'conf': 2, 'landmarks': 10}
    offsets = {'loc': [0] * 8, 'conf': [0] * 4,
               'landmarks': [-2.5, -2.5, 2.5, -2.5, 0, 0, -2.5, 2.5, 2.5, 2.5] * 2}
    for name, columns in outputs.items():
        parts = []
        for stride in STRIDES:
            slopes = [0] * (2 * columns)
            if (name, stride) == ('conf', 16):
                slopes[1] = 1.0
            bias = np.array(offsets[name], np.float32)
            if name == 'conf' and stride == 16:
                bias[1] = 123 / 255  # the graph sees red less its mean
            key = f'{name}_{stride}'
            parts.append(graph.rows(graph.head(key, stride, slopes, bias), key, columns))
        graph.add('Concat', parts, name, axis=1)
    return graph.save(path, [1, 3, height, width], {
        name: [1, None, columns] for name, columns in outputs.items()})


def write_package(path):
    """The same, with the nine outputs of the package retina-face."""
    graph = Graph(red=0)
    graph.add('Transpose', ['picture'], 'planes', perm=[0, 3, 1, 2])
    outputs = {}
    for stride in STRIDES[::-1]:
        for name, count in (('cls', 4), ('bbox', 8), ('landmark', 20)):
            key = f'{name}_{stride}'
            slopes = [float((name, stride, column) == ('cls', 16, 3)) for column in range(count)]
            offsets = [-.25, -.25, .25, -.25, 0, 0, -.25, .25, .25, .25] * 2 \
                if name == 'landmark' else [0] * count
            maps = graph.head(key, stride, slopes, offsets, picture='planes')
            graph.add('Transpose', [maps], key, perm=[0, 2, 3, 1])
            outputs[key] = [1, None, None, count]
    return graph.save(path, [1, None, None, 3], outputs)


KINDS = {'yunet': ('yunet', write_yunet), 'anchors': ('retinaface', write_anchors),
         'package': ('retinaface', write_package)}


@pytest.fixture(params=KINDS)
def detector(request, tmp_path):
    if request.param == 'package':
        pytest.importorskip('retinaface')
    name, write = KINDS[request.param]
    path = write(tmp_path / 'red.onnx')
    return lambda **options: load_detector(name, path=path, **options)


def scene(height, width, *spots, colour=(255, 0, 0), side=16):
    """Return a dark picture with spots whose left upper corners are at these (x, y)."""
    image = np.zeros((height, width, 3), np.uint8)
    for x, y in spots:
        image[y:y + side, x:x + side] = colour
    return image


def centre_of(box):
    return (box[:2] + box[2:]) / 2


def test_finds_a_face_where_it_is(detector):
    faces = detector().detect(scene(160, 256, (160, 64)))
    assert faces.boxes.shape == (1, 4)
    np.testing.assert_allclose(centre_of(faces.boxes[0]), [168, 72], atol=5)
    np.testing.assert_allclose(faces.boxes[0, 2:] - faces.boxes[0, :2], [64, 64], atol=2)
    assert faces.scores[0] > 0.9


def test_landmarks_are_named_as_seen_in_the_image(detector):
    face = detector().detect(scene(160, 256, (160, 64)))
    left_eye, right_eye, nose, left_mouth, right_mouth = face.landmarks[0]
    middle = centre_of(face.boxes[0])
    np.testing.assert_allclose(nose, middle, atol=2)
    assert left_eye[0] < nose[0] < right_eye[0]
    assert left_mouth[0] < nose[0] < right_mouth[0]
    assert left_eye[1] < nose[1] < right_mouth[1]


def test_colours_are_not_mixed_up(detector):
    assert not len(detector().detect(scene(160, 256, (160, 64), colour=(0, 0, 255))).boxes)


def test_positions_are_those_of_the_image_given(detector):
    small = detector(max_side=256).detect(scene(160, 256, (160, 64)))
    large = detector(max_side=256).detect(scene(640, 1024, (640, 256), side=64))
    np.testing.assert_allclose(large.boxes, 4 * small.boxes, atol=8)
    np.testing.assert_allclose(large.landmarks, 4 * small.landmarks, atol=8)


def test_puts_the_largest_score_first(detector):
    image = scene(160, 320, (32, 64), colour=(215, 0, 0)) + scene(160, 320, (224, 64))
    faces = detector().detect(image)
    assert len(faces.boxes) == 2
    assert faces.scores[0] > faces.scores[1] > 0.8
    assert faces.boxes[0, 0] > faces.boxes[1, 2]


def test_boxes_end_at_the_border(detector):
    faces = detector(min_face=16).detect(scene(160, 256, (0, 0)))
    assert faces.boxes[0, 0] == faces.boxes[0, 1] == 0
    assert faces.boxes.min() >= 0


@pytest.mark.parametrize('options', [{'min_face': 80}, {'min_score': 0.999999}])
def test_leaves_out_what_is_too_small_or_too_doubtful(detector, options):
    assert not len(detector(**options).detect(scene(160, 256, (160, 64), colour=(250, 0, 0))).boxes)


@pytest.mark.parametrize('size', [(1, 1), (2, 900), (37, 481), (700, 3)])
def test_odd_sizes_are_searched_without_harm(detector, size):
    faces = detector().detect(np.zeros((*size, 3), np.uint8))
    assert faces.boxes.shape == (0, 4)
    assert faces.scores.shape == (0,)
    assert faces.landmarks.shape == (0, 5, 2)


@pytest.mark.parametrize('image', [
    np.zeros((40, 40), np.uint8), np.zeros((40, 40, 4), np.uint8),
    np.zeros((40, 40, 3), np.float32), np.zeros((0, 40, 3), np.uint8)],
    ids=['grey', 'rgba', 'float', 'empty'])
def test_refuses_what_is_no_rgb_image(detector, image):
    with pytest.raises(ValueError, match='RGB'):
        detector().detect(image)


@pytest.mark.parametrize('option', [{'max_side': 8}, {'min_face': 0}, {'min_score': 1.5}])
def test_refuses_options_out_of_range(detector, option):
    with pytest.raises(ValueError, match='detector needs'):
        detector(**option)


@pytest.mark.parametrize('name', ['yunet', 'retinaface'])
def test_refuses_missing_and_truncated_files(tmp_path, name):
    with pytest.raises(FileNotFoundError, match=r'none\.onnx'):
        load_detector(name, path=tmp_path / 'none.onnx')
    (tmp_path / 'half.onnx').write_bytes(b'\x08\x08\x12')
    with pytest.raises(ValueError, match='not a complete one'):
        load_detector(name, path=tmp_path / 'half.onnx')


def test_refuses_a_graph_of_something_else(tmp_path):
    path = write_yunet(tmp_path / 'yunet.onnx')
    with pytest.raises(ValueError, match='12 outputs'):
        load_detector('retinaface', path=path)


def test_a_graph_of_a_fixed_size_gets_images_of_that_size(tmp_path):
    path = write_anchors(tmp_path / 'fixed.onnx', 160, 256)
    whole, half = (load_detector('retinaface', path=path).detect(image) for image in (
        scene(320, 480, (320, 128), side=32), scene(160, 240, (160, 64))))
    assert len(half.boxes) == 1
    np.testing.assert_allclose(whole.boxes, 2 * half.boxes, atol=6)


def test_the_anchors_are_those_of_retinaface():
    found = anchors(640, 640)
    assert len(found) == 16_800
    np.testing.assert_array_equal(found[:3], [[4, 4, 16, 16], [4, 4, 32, 32], [12, 4, 16, 16]])
    np.testing.assert_array_equal(found[-1], [624, 624, 512, 512])


@pytest.mark.parametrize(('name', 'weights'), [
    ('yunet', 'yunet'), ('retinaface', 'retinaface_resnet50'),
    ('retinaface_resnet34', 'retinaface_resnet34')])
def test_downloaded_weights_that_are_missing_say_how_to_get_them(
        tmp_path, monkeypatch, name, weights):
    monkeypatch.setenv('MER_ROS_CACHE', str(tmp_path))
    with pytest.raises(FileNotFoundError, match=f'mer_ros models download {weights}'):
        load_detector(name)


def test_the_graph_of_the_package_in_the_cache_is_what_retinaface_runs(tmp_path, monkeypatch):
    pytest.importorskip('retinaface')
    monkeypatch.setenv('MER_ROS_CACHE', str(tmp_path))
    folder = tmp_path / 'weights' / 'retinaface_resnet50'
    folder.mkdir(parents=True)
    write_package(folder / 'retinaface.onnx')
    detector = load_detector('retinaface')
    assert type(detector._decoder).__name__ == 'PackageDecoder'
    assert len(detector.detect(scene(160, 240, (160, 64))).boxes) == 1
