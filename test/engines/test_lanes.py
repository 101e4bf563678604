"""Perception of a recording on several cores gives what it gives on one."""

from dataclasses import asdict
import weakref

import numpy as np
import pytest

from mer_ros.bags import BagReader
from mer_ros.data import AudioBlock, BadInput, CameraImage, NANOSECONDS, UndecodedImage
from mer_ros.engines.lanes import feed_ahead
from mer_ros.engines.pipeline import MODALITIES, Pipeline
from mer_ros.evaluation.bag_inputs import BagInputs
from mer_ros.samples import SAMPLE_BAG


@pytest.fixture(scope='module')
def items():
    return list(BagInputs(SAMPLE_BAG).read(MODALITIES))


def plain(states):
    return [{name: value.tolist() if isinstance(value, np.ndarray) else value
             for name, value in asdict(state).items() if name != 'modalities'} for state in states]


@pytest.mark.parametrize('people', ['one', 'many'])
def test_the_states_are_those_of_one_thread(items, people):
    alone, together = Pipeline(people=people), Pipeline(people=people)
    expected = [state for item in items for state in alone.feed(item)] + alone.finish()
    found = [state for _, states in feed_ahead(together, items) for state in states]
    found += together.finish()
    assert plain(found) == plain(expected)
    assert len(found) > 10


def test_an_image_that_is_passed_over_is_not_decoded(items):
    decoded = []

    def undecoded(image):
        return UndecodedImage(image.stamp, lambda: decoded.append(image.stamp) or image)

    images = [item for item in items if isinstance(item, CameraImage)]
    list(feed_ahead(Pipeline(), map(undecoded, images)))
    assert len(decoded) == -(-len(images) // 5), 'every fifth is looked at'


def test_an_input_that_cannot_be_used_is_told_in_its_place_and_the_others_go_on(items):
    broken = CameraImage(items[0].stamp, np.zeros((0, 0, 3), np.uint8))
    outcomes = [outcome for _, outcome in feed_ahead(Pipeline(), [broken, *items])]
    assert [outcome.reason for outcome in outcomes if isinstance(outcome, BadInput)] == ['size']
    assert isinstance(outcomes[0], BadInput)
    assert len(outcomes) == len(items) + 1


def test_images_of_a_bag_come_undecoded_where_it_is_asked_for(items):
    inputs = BagInputs(SAMPLE_BAG)
    undecoded = list(inputs.read(MODALITIES, decode=False))
    assert not any(isinstance(item, CameraImage) for item in undecoded)
    pairs = [(one, other) for one, other in zip(undecoded, items, strict=True)
             if isinstance(one, UndecodedImage)]
    assert all(one.stamp == other.stamp for one, other in pairs)
    np.testing.assert_array_equal(pairs[0][0].decode().pixels, pairs[0][1].pixels)


def test_the_reason_for_a_broken_image_names_its_topic(tmp_path):
    from mer_ros.bags import BagWriter

    with BagReader(SAMPLE_BAG) as reader:
        message, content = next(
            (message, content) for message, content in reader.decoded()
            if message.msgtype.endswith('CompressedImage'))
    with BagWriter(tmp_path / 'bag') as bag:
        bag.write('/camera/compressed', content, message.stamp)
        content.data = np.frombuffer(b'no image', np.uint8)
        bag.write('/camera/compressed', content, message.stamp + 1)
    _, image = BagInputs(tmp_path / 'bag').read(['face'], decode=False)
    with pytest.raises(BadInput, match='/camera/compressed: '):
        image.decode()


def test_images_are_let_go_as_soon_as_nobody_needs_them():
    class Frame:
        def __init__(self, stamp):
            self.stamp = stamp

        def __call__(self):
            return CameraImage(self.stamp, np.zeros((64, 64, 3), np.uint8))

    frames, kept = weakref.WeakSet(), []

    def film():
        for index in range(1, 200):
            frame = Frame(index * NANOSECONDS // 30)
            frames.add(frame)
            image = UndecodedImage(frame.stamp, frame)
            del frame
            yield image
            kept.append(len(frames))

    assert len(list(feed_ahead(Pipeline(words=False), film()))) == 199
    assert max(kept) < 4, 'they waited until what was seen in them was fused'


def test_what_goes_wrong_with_a_sound_is_told_where_it_is_waited_for(items, monkeypatch):
    pipeline = Pipeline(words=False)

    def listen(item):
        raise RuntimeError('deaf')

    monkeypatch.setattr(pipeline, 'listen', listen)
    with pytest.raises(RuntimeError, match='deaf'):
        list(feed_ahead(pipeline, items))


def test_sounds_reach_the_ears_though_no_image_comes(items):
    sounds = [item for item in items if isinstance(item, AudioBlock)]
    outcomes = list(feed_ahead(Pipeline(words=False), iter(sounds)))
    assert [moment for moment, _ in outcomes] == [(item.stamp, item.end) for item in sounds]
