"""The nodes with the models of the multimodal paper, on small checkpoints of them."""

import importlib.util

import numpy as np
import pytest

pytest.importorskip('rclpy')
pytest.importorskip('onnx')
pytest.importorskip('transformers')
pytest.importorskip('torch')

from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus
from mer_ros.msg import AudioChunk, EmotionState, ModalityLogits, Transcript
from rclpy.duration import Duration
from rclpy.time import Time
from sensor_msgs.msg import Image
import torch

from mer_ros.data import AudioBlock, NANOSECONDS, Words
from mer_ros.emotions import EMOTIONS
from mer_ros.fusion import fuse
from mer_ros.messages.conversions import to_ros
from mer_ros.nodes.face_node import FaceNode
from mer_ros.nodes.fusion_node import FusionNode
from mer_ros.nodes.speech_node import SpeechNode
from mer_ros.nodes.text_node import TextNode
from mer_ros.profiles import PROFILES


@pytest.fixture(autouse=True)
def no_weights(tmp_path, monkeypatch):
    monkeypatch.setenv('MER_ROS_CACHE', str(tmp_path / 'cache'))


@pytest.fixture(scope='session')
def load_test(repository):
    """Return what loads a test of the models, which knows how to write a small checkpoint."""
    def load(name):
        path, = (repository / 'test' / 'models').rglob(f'{name}.py')
        spec = importlib.util.spec_from_file_location(name, path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module

    return load


@pytest.fixture(scope='session')
def checkpoints(load_test, write_resnet, tmp_path_factory):
    """Write a small checkpoint of every model but emotion2vec; return their paths by name."""
    folder = tmp_path_factory.mktemp('checkpoints')
    load_test('test_resemotenet').write(folder / 'resemotenet.pth')
    load_test('test_learned_detectors').write_anchors(folder / 'retinaface.onnx')
    (folder / 'selector').mkdir()
    write_resnet(folder / 'selector', EMOTIONS)
    load_test('test_text_transformers').write(folder / 'distilroberta')
    return {name: str(folder / file) for name, file in (
        ('resemotenet', 'resemotenet.pth'), ('retinaface', 'retinaface.onnx'),
        ('frame_selector', 'selector'), ('distilroberta', 'distilroberta'))}


@pytest.fixture(scope='session')
def emotion2vec(write_emotion2vec, tmp_path_factory):
    """Write a small checkpoint of emotion2vec; return its path."""
    folder = tmp_path_factory.mktemp('emotion2vec')
    write_emotion2vec(folder)
    return str(folder)


def settings(node, **more):
    """Return what the profile paper sets for a node, and more."""
    return {name.replace('.', '__'): value
            for name, value in {**PROFILES['paper'][node], **more}.items()}


def face_settings(checkpoints, **more):
    return settings('face_node', model_path=checkpoints['resemotenet'],
                    detector_path=checkpoints['retinaface'], **more)


def red_face(graph, stamp=None):
    """Return an image with the red spot that the small detector takes for a face."""
    pixels = np.zeros((160, 256, 3), np.uint8)
    pixels[64:80, 160:176] = (255, 0, 0)
    message = Image(height=160, width=256, encoding='rgb8', step=3 * 256)
    message.data.frombytes(pixels.tobytes())
    time = graph.probe.get_clock().now() if stamp is None else Time(nanoseconds=stamp)
    message.header.stamp = time.to_msg()
    return message


def publish_sentence(graph, node, sentence, begin):
    """Publish sound in blocks of 0.1 s from a time on, no faster than the node takes it."""
    topic = graph.publisher(AudioChunk, 'audio')
    for first in range(0, len(sentence), 1600):
        before = node.meter.read(0.0).totals['received']
        topic.publish(to_ros(AudioBlock(begin + first * NANOSECONDS // 16000,
                                        sentence[first:first + 1600, None], 16000)))
        graph.wait(lambda before=before: node.meter.read(0.0).totals['received'] > before,
                   'the chunk')


def error(graph):
    """Return what the node says of itself when it reports an error."""
    reports = graph.collect(DiagnosticArray, '/diagnostics')
    graph.wait(lambda: any(array.status[0].level == DiagnosticStatus.ERROR for array in reports),
               'the error')
    return next(array.status[0].message for array in reports
                if array.status[0].level == DiagnosticStatus.ERROR)


def test_face_and_words_go_through_the_models_of_the_paper_and_are_fused(graph, checkpoints):
    graph.start(FusionNode, **settings('fusion_node', modalities=['face', 'text'],
                                       **{'window.length': 30.0, 'staleness.half_life': 600.0}))
    graph.start(FaceNode, **face_settings(
        checkpoints, selector='frame_selector', selector_path=checkpoints['frame_selector'],
        selection='off', every=1))
    graph.start(TextNode, **settings('text_node', model_path=checkpoints['distilroberta']))
    states = graph.collect(EmotionState, 'emotion')

    image = red_face(graph)
    graph.publisher(Transcript, 'transcript').publish(to_ros(Words(
        image.header.stamp.sec * NANOSECONDS + image.header.stamp.nanosec, 'I am so happy')))
    graph.publisher(Image, 'image').publish(image)
    graph.wait(lambda: states, 'a state', 60.0)

    assert [(opinion.modality, opinion.model) for opinion in states[0].modalities] == [
        ('face', 'resemotenet'), ('text', 'distilroberta')]
    assert sum(states[0].belief) + states[0].uncertainty == pytest.approx(1.0)


def test_the_frame_selector_rates_the_images_and_the_expression_model_judges_one(
        graph, checkpoints):
    node = graph.start(FaceNode, **face_settings(
        checkpoints, selector='frame_selector', selector_path=checkpoints['frame_selector'],
        every=1))
    logits = graph.collect(ModalityLogits, 'face/logits')
    topic = graph.publisher(Image, 'image')
    topic.publish(red_face(graph))
    graph.wait(lambda: node.engine.seen, 'the image to be rated', 60.0)
    assert node.engine.labels == EMOTIONS
    graph.settle(0.6)
    topic.publish(red_face(graph))
    graph.wait(lambda: logits, 'logits')
    assert logits[0].model == 'resemotenet'
    assert 1 / len(EMOTIONS) <= logits[0].saliency <= 1.0
    assert list(logits[0].labels) != list(EMOTIONS)


def test_without_the_selector_the_maximum_of_the_expression_model_stands_in_and_says_so(
        graph, checkpoints):
    node = graph.start(FaceNode, **face_settings(checkpoints, every=1))
    assert node.get_parameter('selector').value == 'frame_selector'
    level, told, _ = node._report()
    assert level == 'warn'
    assert ('selector frame_selector is replaced by the maximum of the expression model itself'
            in told)
    assert 'mer_ros train frame_selector' in told


def test_an_utterance_goes_through_emotion2vec(graph, emotion2vec, sentence):
    node = graph.start(SpeechNode, **settings('speech_node', model_path=emotion2vec))
    logits = graph.collect(ModalityLogits, 'speech/logits')
    publish_sentence(graph, node, sentence, NANOSECONDS)
    graph.wait(lambda: logits, 'logits', 60.0)
    assert logits[0].model == 'emotion2vec'
    assert sorted(logits[0].labels) == sorted(EMOTIONS)
    assert np.ptp(logits[0].logits) > 0.0


def test_an_utterance_seen_heard_and_read_is_eqs_1_to_12_of_what_the_models_said(
        graph, checkpoints, emotion2vec, sentence):
    patience = {'window.length': 60.0, 'window.max_lateness': 60.0, 'staleness.half_life': 600.0}
    graph.start(FusionNode, **settings('fusion_node', **patience))
    sees = graph.start(FaceNode, **face_settings(
        checkpoints, selector_path=checkpoints['frame_selector'], every=1))
    graph.start(TextNode, **settings('text_node', model_path=checkpoints['distilroberta']))
    hears = graph.start(SpeechNode, **settings('speech_node', model_path=emotion2vec))
    said = {name: graph.collect(ModalityLogits, f'{name}/logits')
            for name in ('face', 'speech', 'text')}
    states = graph.collect(EmotionState, 'emotion')
    end = graph.probe.get_clock().now().nanoseconds
    begin = end - len(sentence) * NANOSECONDS // 16000
    middle = (begin + end) // 2

    images = graph.publisher(Image, 'image')
    for after in (0, 1, 2):
        images.publish(red_face(graph, middle + after * NANOSECONDS * 6 // 10))
        graph.wait(lambda after=after: sees.meter.read(0.0).totals['processed'] > after,
                   'the image to be looked at', 60.0)
    graph.publisher(Transcript, 'transcript').publish(to_ros(Words(middle, 'so happy now')))
    graph.wait(lambda: said['face'] and said['text'], 'the face and the words', 60.0)
    publish_sentence(graph, hears, sentence, begin)
    graph.wait(lambda: states, 'the state of the utterance', 60.0)

    [heard], [read] = said['speech'], said['text']
    until = Time.from_msg(heard.header.stamp)
    within = [face for face in said['face'] if until - Duration.from_msg(heard.window)
              <= Time.from_msg(face.header.stamp) <= until]
    seen = max(within, key=lambda face: (face.saliency, Time.from_msg(face.header.stamp)))
    opinion = fuse({name: by_emotion(one) for name, one in (
        ('face', seen), ('speech', heard), ('text', read))}, preset='paper')
    np.testing.assert_allclose(states[0].belief, opinion.belief, rtol=0, atol=1e-9)
    np.testing.assert_allclose(states[0].probability, opinion.probability, rtol=0, atol=1e-9)
    assert states[0].uncertainty == pytest.approx(float(opinion.uncertainty), abs=1e-9)
    assert [one.model for one in states[0].modalities] == [
        'resemotenet', 'emotion2vec', 'distilroberta']


def by_emotion(message):
    """Return the logits of a message in the order of EMOTIONS."""
    scores = dict(zip(message.labels, message.logits, strict=True))
    return np.array([scores[emotion] for emotion in EMOTIONS])


@pytest.mark.parametrize('dtype', ['bf16', 'int8'])
def test_precision_and_length_are_parameters(graph, checkpoints, dtype):
    graph.start(TextNode, **settings('text_node', model_path=checkpoints['distilroberta'],
                                     dtype=dtype, max_length=16))
    logits = graph.collect(ModalityLogits, 'text/logits')
    topic = graph.publisher(Transcript, 'transcript')
    for second, text in enumerate(('so happy now', 'no ' * 100 + 'so happy now'), start=1):
        topic.publish(to_ros(Words(second * NANOSECONDS, text)))
    graph.wait(lambda: len(logits) == 2, 'logits', 60.0)
    assert np.isfinite(logits[1].logits).all()


@pytest.mark.skipif(torch.cuda.is_available(), reason='there is a GPU')
@pytest.mark.parametrize(('node', 'name', 'checkpoint'), [
    (FaceNode, 'face_node', 'resemotenet'), (TextNode, 'text_node', 'distilroberta')])
def test_a_gpu_that_is_not_there_is_an_error(graph, checkpoints, node, name, checkpoint):
    made = graph.add(node, **settings(name, model_path=checkpoints[checkpoint], device='cuda'))
    assert not made.autostart()
    assert "device 'cuda' was asked for, but torch" in error(graph)
    assert made.engine is None


@pytest.mark.parametrize(('node', 'name', 'command'), [
    (TextNode, 'text_node', 'mer_ros models download distilroberta'),
    (SpeechNode, 'speech_node', 'mer_ros models download emotion2vec_plus_large')])
def test_missing_weights_are_told_with_the_command_that_fetches_them(graph, node, name, command):
    if node is SpeechNode:
        pytest.importorskip('funasr')
    more = {'variant': 'large'} if node is SpeechNode else {}
    made = graph.add(node, **settings(name, **more))
    assert not made.autostart()
    assert f'`{command}`' in error(graph)
    assert made.engine is None


def test_weights_of_another_architecture_are_an_error_and_not_replaced(graph, checkpoints):
    made = graph.add(TextNode, **settings(
        'text_node', model_path=checkpoints['frame_selector'], fallback=True))
    assert not made.autostart()
    assert 'ValueError' in error(graph)
    assert made.engine is None
