"""The audio-visual node in a live graph, on the sample that ships with the package."""

from dataclasses import replace
from threading import Event

import numpy as np
import pytest

pytest.importorskip('rclpy')

from mer_ros.msg import EmotionState, ModalityLogits
from std_msgs.msg import Bool
from std_srvs.srv import SetBool

from mer_ros.data import AudioBlock, CameraImage, NANOSECONDS, Words
from mer_ros.evaluation.bag_inputs import BagInputs
from mer_ros.messages.conversions import to_nanoseconds, to_ros
from mer_ros.models import MODELS
from mer_ros.nodes.avnet_node import AvNetNode, WaitingImage
from mer_ros.nodes.bringup import PERCEPTION
from mer_ros.nodes.fusion_node import FusionNode
from mer_ros.nodes.text_node import TextNode
from mer_ros.samples import SAMPLE_BAG

SECONDS = 5
LABELS = ('anger', 'happiness', 'neutral', 'sadness')


class Tiny:
    """Stands in for the network, of which no weights ship: the louder, the happier."""

    name = 'tiny'
    labels = LABELS
    segments = 3
    sample_rate = 16000

    def __init__(self, *, path=None, threads=1, device='auto'):
        self.path = path

    def embed(self, faces, sounds):
        assert faces.shape[1:] == (98, 80)
        assert sounds.shape[1:] == (24000,)
        loud = np.abs(sounds).mean(axis=1)
        return np.stack([faces.mean(axis=(1, 2)) / 255, 20 * loud], axis=1).astype(np.float32)

    def classify(self, embeddings):
        return embeddings @ np.float32([[0, 1, 0, -1], [0, 2, 0, -2]])


@pytest.fixture
def weights(monkeypatch):
    """Let the model parameter avnet mean the stand-in."""
    monkeypatch.setitem(MODELS['av']._loaded, 'avnet', Tiny)


@pytest.fixture(scope='session')
def sample():
    """Return the first seconds of the sample: images, sound and words, in order."""
    items = list(BagInputs(SAMPLE_BAG).read(('face', 'speech', 'text')))
    first = items[0].stamp
    return [item for item in items if item.stamp - first < SECONDS * NANOSECONDS]


def at(graph, items):
    """Return the items as if the last of them had just happened."""
    shift = graph.probe.get_clock().now().nanoseconds - items[-1].stamp - NANOSECONDS // 5
    return [replace(item, stamp=item.stamp + shift) for item in items]


def play(graph, items, *listening):
    """Publish items one by one, as the nodes take them in."""
    kinds = {CameraImage: 'image/compressed', AudioBlock: 'audio', Words: 'transcript'}
    wanted = {kind for kind in kinds if any(isinstance(item, kind) for item in items)}
    topics = {kind: graph.publisher(type(to_ros(next(
        item for item in items if isinstance(item, kind)))), kinds[kind]) for kind in wanted}
    for item in items:
        def taken():
            return sum(node.meter.read(0.0).totals['received'] for node in listening)
        before = taken()
        topics[type(item)].publish(to_ros(item))
        graph.wait(lambda before=before, taken=taken: taken() > before, 'the message')


def of_av(items):
    return [item for item in items if not isinstance(item, Words)]


def test_images_and_sound_become_logits_every_half_second(graph, weights, sample):
    node = graph.start(AvNetNode, image_transport='compressed', lossless=True)
    logits = graph.collect(ModalityLogits, 'av/logits', 100)
    items = of_av(at(graph, sample))
    play(graph, items, node)
    graph.wait(lambda: len(logits) >= 7, 'logits')
    graph.settle()

    stamps = [to_nanoseconds(message.header.stamp) for message in logits]
    assert stamps == sorted(stamps)
    assert len(stamps) <= 2 * SECONDS
    assert items[0].stamp < stamps[0] <= stamps[-1] <= items[-1].stamp + NANOSECONDS // 10
    last = logits[-1]
    assert (last.modality, last.model, last.person_id) == ('av', 'tiny', '')
    assert tuple(last.labels) == LABELS
    assert last.header.frame_id == 'camera'
    assert to_nanoseconds(last.window) > 2 * NANOSECONDS
    assert 0.0 < last.quality <= 1.0


def test_the_node_obeys_what_the_weights_say_of_detector_and_segments(
        graph, weights, monkeypatch):
    monkeypatch.setattr(Tiny, 'detector', 'yunet', raising=False)
    monkeypatch.setattr(Tiny, 'segment_length', 0.25, raising=False)
    node = graph.start(AvNetNode, detector='haar')
    assert node.engine.segment_length == 0.25
    assert 'learned from faces that yunet cut out, and haar cuts them out now' in node._report()[1]
    other = graph.add(AvNetNode, detector_path='/nowhere.onnx', namespace='other')
    assert not other.autostart(), 'the detector of the weights is asked for, and its file missing'
    assert 'nowhere.onnx' in other.failure


def test_the_fusion_node_fuses_it_with_words_by_configuration_alone(graph, weights, sample):
    fusion = graph.start(FusionNode, modalities=['av', 'text'])
    states = graph.collect(EmotionState, 'emotion', 100)
    nodes = [graph.start(AvNetNode, image_transport='compressed', lossless=True),
             graph.start(TextNode)]
    play(graph, at(graph, sample), *nodes)
    graph.wait(lambda: any(len(state.modalities) == 2 for state in states), 'both in a state')

    both = next(state for state in states if len(state.modalities) == 2)
    assert [(opinion.modality, opinion.model) for opinion in both.modalities] == [
        ('av', 'tiny'), ('text', 'lite')]
    assert list(both.missing) == []
    assert sum(both.probability) == pytest.approx(1.0)
    assert not [name for name in fusion.meter.read(0.0).totals if name.startswith('refused')]


def test_the_whole_graph_in_one_process_has_the_node_of_the_modality(graph):
    assert isinstance(graph.add(PERCEPTION['av']), AvNetNode)


def test_the_same_sample_gives_the_same_logits_again(graph, weights, sample):
    node = graph.start(AvNetNode, image_transport='compressed', lossless=True)
    logits = graph.collect(ModalityLogits, 'av/logits', 100)
    items = of_av(at(graph, sample))
    play(graph, items, node)
    graph.wait(lambda: len(logits) >= 7, 'logits')
    graph.settle()
    first, logits[:] = list(logits), []
    play(graph, items, node)
    graph.wait(lambda: len(logits) == len(first), 'the same again')
    assert logits == first
    assert node.engine.counts['backward'] >= 1


def test_nothing_that_the_robot_says_itself_is_judged(graph, weights, sample):
    node = graph.start(AvNetNode, image_transport='compressed', lossless=True)
    logits = graph.collect(ModalityLogits, 'av/logits', 100)
    robot = graph.publisher(Bool, 'robot_speaking')
    robot.publish(Bool(data=True))
    graph.wait(lambda: node._hearing.mute.covers(0, 2**62), 'the node to know')
    shift = SECONDS * NANOSECONDS
    play(graph, [replace(item, stamp=item.stamp + shift) for item in of_av(at(graph, sample))],
         node)
    graph.wait(lambda: node.engine.counts['muted'] >= 7, 'the segments to be left out')
    assert logits == []


def test_switched_off_it_forgets_and_judges_nothing(graph, weights, sample):
    node = graph.start(AvNetNode, image_transport='compressed', lossless=True)
    logits = graph.collect(ModalityLogits, 'av/logits', 100)
    items = of_av(at(graph, sample))
    play(graph, items[:len(items) // 2], node)
    graph.wait(lambda: logits, 'logits')
    client = graph.probe.create_client(SetBool, 'avnet_node/enable')
    graph.wait(client.service_is_ready, 'the service')
    answer = client.call_async(SetBool.Request(data=False))
    graph.wait(answer.done, 'the answer')
    graph.wait(lambda: not node.engine._waiting, 'it to be forgotten')
    count, before = len(logits), node.meter.read(0.0).totals['received']
    topic = graph.publisher(type(to_ros(items[-1])), {
        CameraImage: 'image/compressed', AudioBlock: 'audio'}[type(items[-1])])
    topic.publish(to_ros(items[-1]))
    graph.settle()
    assert (len(logits), node.meter.read(0.0).totals['received']) == (count, before)


def test_a_slow_model_costs_images_and_no_sound(graph, monkeypatch, sample):
    go_on = Event()

    class Slow(Tiny):
        def embed(self, faces, sounds):
            assert go_on.wait(60.0)
            return super().embed(faces, sounds)

    monkeypatch.setitem(MODELS['av']._loaded, 'avnet', Slow)
    node = graph.start(AvNetNode, image_transport='compressed', segment_length=0.2)
    logits = graph.collect(ModalityLogits, 'av/logits', 100)
    items = of_av(at(graph, sample))
    play(graph, items, node)
    dropped = node.meter.read(0.0).totals['dropped']
    go_on.set()
    end = max(item.end for item in items if isinstance(item, AudioBlock))
    graph.wait(lambda: node.engine._sound.end >= end, 'all of the sound')
    graph.wait(lambda: logits, 'logits')
    graph.settle()
    assert dropped >= 10
    assert len(logits) <= SECONDS / 0.2 - dropped
    assert node.engine.counts['gap'] == 0


def test_an_image_leaves_the_queue_once():
    waiting = WaitingImage('message')
    assert waiting.take() == 'message'
    assert waiting.take() is None


def test_sound_without_images_is_pointed_out(graph, weights, sample):
    node = graph.start(AvNetNode)
    play(graph, [item for item in at(graph, sample) if isinstance(item, AudioBlock)][:3], node)
    assert 'no image yet' in node._report()[1]


def test_without_weights_the_node_stays_unconfigured_and_says_how_to_make_them(graph):
    node = graph.add(AvNetNode, fallback=True)
    assert not node.autostart()
    level, message, values = node._report()
    assert (level, values['lifecycle state']) == ('error', 'unconfigured')
    assert '`mer_ros train avnet ' in message
    assert '`mer_ros models export avnet ' in message
    assert not graph.probe.count_publishers('av/logits')


def test_a_file_that_is_not_there_is_named(graph, tmp_path):
    node = graph.add(AvNetNode, model_path=str(tmp_path / 'none.onnx'))
    assert not node.autostart()
    assert f'there are no weights {tmp_path}/none.onnx' in node._report()[1]


def test_more_segments_than_the_model_averages_are_refused(graph, weights):
    node = graph.add(AvNetNode, min_segments=4)
    assert not node.autostart()
    assert 'it must be 1 to 3' in node._report()[1]
