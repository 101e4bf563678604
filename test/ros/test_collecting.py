"""Uncertain segments that the perception nodes of a live graph keep, and do not keep."""

from dataclasses import replace

import numpy as np
import pytest

pytest.importorskip('rclpy')

from mer_ros.msg import ModalityLogits, Transcript
from std_srvs.srv import SetBool

from mer_ros.data import AudioBlock, CameraImage, NANOSECONDS, nanoseconds, Words
from mer_ros.emotions import EMOTIONS
from mer_ros.engines.collector import DAY
from mer_ros.engines.segment_folder import Collection
from mer_ros.evaluation.bag_inputs import BagInputs
from mer_ros.messages.conversions import to_ros
from mer_ros.models import MODELS
from mer_ros.nodes.avnet_node import AvNetNode
from mer_ros.nodes.base import collector_parameters
from mer_ros.nodes.face_node import FaceNode
from mer_ros.nodes.speech_node import SpeechNode
from mer_ros.nodes.text_node import TextNode
from mer_ros.samples import SAMPLE_BAG

ALL = {'collect__consent': True, 'collect__min_entropy': 0.0}
START = 100 * NANOSECONDS


class Unsure:
    """A text model that knows nothing, and gives no features."""

    name = 'unsure'
    labels = EMOTIONS

    def logits(self, batch):
        return np.zeros((len(batch), len(EMOTIONS)), dtype=np.float32)


class Flat:
    """Stands in for the audio-visual network."""

    name = 'flat'
    labels = EMOTIONS
    segments = 3
    sample_rate = 16000

    def __init__(self, *, path=None, threads=1, device='auto'):
        pass

    def embed(self, faces, sounds):
        return np.abs(sounds[:, :5])

    def classify(self, embeddings):
        return np.zeros((len(embeddings), len(EMOTIONS)), dtype=np.float32)


@pytest.fixture
def folder(tmp_path):
    """Return where the nodes of the test may keep what they like."""
    return tmp_path / 'kept'


def say(graph, node, *texts, start=START):
    """Publish transcripts one by one and wait until each was judged."""
    topic = graph.publisher(Transcript, 'transcript')
    for index, text in enumerate(texts):
        before = node.meter.read(0.0).totals['published']
        topic.publish(to_ros(Words(start + index * NANOSECONDS, text)))
        graph.wait(lambda before=before: node.meter.read(0.0).totals['published'] > before,
                   'the words to be judged')


def show(graph, node, modality, kind, topic, seconds=8):
    """Publish the sample's items of a modality."""
    items = [item for item in BagInputs(SAMPLE_BAG).read((modality,))
             if isinstance(item, kind)]
    publisher = graph.publisher(type(to_ros(items[0])), topic)
    for item in items:
        if item.stamp - items[0].stamp > nanoseconds(seconds):
            break
        before = node.meter.read(0.0).totals['received']
        publisher.publish(to_ros(item))
        graph.wait(lambda before=before: node.meter.read(0.0).totals['received'] > before,
                   'the message')


def kept(folder):
    return Collection(folder).items() if folder.is_dir() else []


def test_by_default_nothing_is_kept(graph, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    node = graph.start(TextNode)
    say(graph, node, 'I do not know what to say')
    assert node._collecting is None
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize('kind', [AvNetNode, FaceNode, SpeechNode, TextNode])
def test_without_consent_no_node_can_be_configured_to_keep_anything(graph, folder, kind):
    node = graph.add(kind, collect__folder=str(folder))
    assert not node.autostart()
    level, message, values = node._report()
    assert (level, values['lifecycle state']) == ('error', 'unconfigured')
    assert 'collect.consent is false: ask those before the robot' in message
    assert not folder.exists()
    assert node.engine is None


def test_words_are_kept_as_features_alone(graph, folder):
    node = graph.start(TextNode, collect__folder=str(folder), **ALL)
    say(graph, node, 'I do not know what to say', 'hello')
    graph.wait(lambda: len(kept(folder)) == 2, 'the segments')
    item = kept(folder)[0]
    assert (item.modality, item.model, item.stamp, item.media) == ('text', 'lite', START, '')
    with np.load(folder / item.features) as file:
        np.testing.assert_array_equal(
            file['features'], node._parts['model'].features('I do not know what to say'))
    content = b''.join(path.read_bytes() for path in folder.iterdir())
    assert b'know' not in content
    assert node.meter.read(0.0).totals['collected'] == 2


def test_words_are_kept_too_when_asked_for(graph, folder):
    node = graph.start(TextNode, collect__folder=str(folder), collect__media=True, **ALL)
    say(graph, node, 'I do not know what to say')
    graph.wait(lambda: kept(folder), 'the segment')
    [item] = kept(folder)
    assert (folder / item.media).read_text() == 'I do not know what to say'


def test_faces_are_kept_as_the_model_saw_them(graph, folder):
    node = graph.start(FaceNode, collect__folder=str(folder), collect__media=True, every=1,
                       image_transport='compressed', lossless=True, **ALL)
    show(graph, node, 'face', CameraImage, 'image/compressed', seconds=3)
    graph.wait(lambda: kept(folder), 'the segments')
    item = kept(folder)[0]
    assert item.modality == 'face'
    assert (folder / item.media).suffix == '.jpg'
    with np.load(folder / item.features) as file:
        assert file['features'].ndim == 2


def test_the_features_of_a_voice_are_of_all_that_was_judged(graph, folder):
    node = graph.start(SpeechNode, collect__folder=str(folder), collect__media=True,
                       publish_features=True, lossless=True, **ALL)
    show(graph, node, 'speech', AudioBlock, 'audio')
    graph.wait(lambda: len(kept(folder)) >= 2, 'the segments')
    import soundfile

    for item in kept(folder):
        sound, rate = soundfile.read(folder / item.media, dtype='float32')
        assert rate == 16000
        with np.load(folder / item.features) as file:
            expected = node._parts['model'].features(sound)
            assert file['features'].shape == expected.shape


def test_audio_visual_segments_are_kept_with_their_embeddings(graph, folder, monkeypatch):
    monkeypatch.setitem(MODELS['av']._loaded, 'avnet', Flat)
    node = graph.start(AvNetNode, collect__folder=str(folder), collect__media=True,
                       image_transport='compressed', lossless=True, **ALL)
    topics = {kind: graph.publisher(type(to_ros(example)), topic) for kind, example, topic in (
        (CameraImage, CameraImage(1, np.ones((8, 8, 3), np.uint8)), 'image/compressed'),
        (AudioBlock, AudioBlock(1, np.ones((8, 1), np.float32), 16000), 'audio'))}
    items = list(BagInputs(SAMPLE_BAG).read(('face', 'speech')))
    for item in items[:len(items) // 3]:
        before = node.meter.read(0.0).totals['received']
        topics[type(item)].publish(to_ros(item))
        graph.wait(lambda before=before: node.meter.read(0.0).totals['received'] > before,
                   'the message')
    graph.wait(lambda: kept(folder), 'the segments')
    item = kept(folder)[0]
    assert (item.modality, item.model) == ('av', 'flat')
    assert item.entropy == pytest.approx(np.log2(7), abs=1e-5)
    assert item.uncertainty == 1.0
    assert item.media == f'{item.id}.jpg {item.id}.wav'
    with np.load(folder / item.features) as file:
        assert file['features'].shape[1] == 5


def test_a_switched_off_node_keeps_nothing(graph, folder):
    node = graph.start(TextNode, collect__folder=str(folder), **ALL)
    client = graph.probe.create_client(SetBool, 'text_node/enable')
    graph.wait(client.service_is_ready, 'the service')

    def switch(on):
        answer = client.call_async(SetBool.Request(data=on))
        graph.wait(answer.done, 'the answer')

    switch(False)
    topic = graph.publisher(Transcript, 'transcript')
    topic.publish(to_ros(Words(START, 'I do not know what to say')))
    graph.settle()
    assert kept(folder) == []
    switch(True)
    say(graph, node, 'hello')
    graph.wait(lambda: len(kept(folder)) == 1, 'the segment')


def test_what_is_too_old_is_deleted_when_the_node_starts(graph, folder):
    node = graph.start(TextNode, collect__folder=str(folder), **ALL)
    say(graph, node, 'I do not know what to say', 'hello')
    graph.wait(lambda: len(kept(folder)) == 2, 'the segments')
    node.trigger_deactivate()
    node.trigger_cleanup()
    assert node._collecting is None
    with Collection(folder).edit() as items:
        old = next(iter(items.values()))
        items[old.id] = replace(old, stored=old.stored - 31 * DAY)
    node.autostart()
    assert len(kept(folder)) == 1
    assert node.meter.read(0.0).totals['expired'] == 1


def test_what_gets_too_old_while_the_node_runs_is_deleted(graph, folder, monkeypatch):
    monkeypatch.setattr(collector_parameters, 'HOUR_S', 0.1)
    node = graph.start(TextNode, collect__folder=str(folder), **ALL)
    say(graph, node, 'I do not know what to say', 'hello')
    graph.wait(lambda: len(kept(folder)) == 2, 'the segments')
    with Collection(folder).edit() as items:
        old = next(iter(items.values()))
        items[old.id] = replace(old, stored=old.stored - 31 * DAY)
    graph.wait(lambda: len(kept(folder)) == 1, 'the old segment to be deleted')


def test_a_model_of_which_nothing_could_be_kept_is_refused(graph, folder, monkeypatch):
    monkeypatch.setitem(MODELS['text']._loaded, 'lite', Unsure)
    node = graph.add(TextNode, collect__folder=str(folder), **ALL)
    assert not node.autostart()
    assert 'gives no features, and collect.media is false' in node._report()[1]
    assert not folder.exists()


def test_a_full_disk_is_told_and_the_node_goes_on(graph, folder, monkeypatch):
    node = graph.start(TextNode, collect__folder=str(folder), **ALL)
    logits = graph.collect(ModalityLogits, 'text/logits')

    def full(collection, name, content):
        raise OSError(28, 'No space left on device')

    monkeypatch.setattr(Collection, 'write', full)
    say(graph, node, 'I do not know what to say', 'hello')
    graph.wait(lambda: node.meter.read(0.0).totals['refused.collecting'] == 2, 'the complaint')
    graph.wait(lambda: len(logits) == 2, 'logits')
    monkeypatch.undo()
    say(graph, node, 'and now', start=START + 9 * NANOSECONDS)
    graph.wait(lambda: len(kept(folder)) == 1, 'the segment')
