"""Plain data as messages of a bag, and back."""

from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mer_ros.bags import BagReader, BagWriter
from mer_ros.bags.bag_messages import to_message
from mer_ros.bags.input_bag import BAG_START, write_input
from mer_ros.data import (
    AudioBlock,
    BadInput,
    CameraImage,
    Circumplex,
    Emotion,
    Features,
    Logits,
    ModalityOpinion,
    NANOSECONDS,
    Words,
)
from mer_ros.messages.adapters import words_from
from mer_ros.messages.conversions import emotion_from, features_from, image_from, logits_from
from mer_ros.messages.sound_reader import SoundReader

STAMP = BAG_START + 1_234_567_891


def through_a_bag(folder: Path, item: Any) -> Any:
    with BagWriter(folder / 'bag') as writer:
        writer.write('/topic', to_message(item), STAMP)
    with BagReader(folder / 'bag') as reader:
        ((_, message),) = reader.decoded()
    return message


def test_an_image_keeps_its_time_and_nearly_its_pixels(tmp_path: Path) -> None:
    ramp = np.linspace(0, 255, 64, dtype=np.uint8)
    pixels = np.stack([np.tile(ramp, (48, 1)), np.tile(ramp[::-1], (48, 1)),
                       np.full((48, 64), 80, np.uint8)], axis=-1)
    image = image_from(through_a_bag(tmp_path, CameraImage(STAMP, pixels, 'camera')))
    assert (image.stamp, image.frame_id) == (STAMP, 'camera')
    assert np.abs(image.pixels.astype(int) - pixels).mean() < 4


def test_a_turned_image_is_written_too(tmp_path: Path) -> None:
    pixels = np.zeros((20, 30, 3), np.uint8)
    pixels[:10, :15] = 255
    image = image_from(through_a_bag(tmp_path, CameraImage(STAMP, np.rot90(pixels))))
    assert image.pixels.shape == (30, 20, 3)
    assert image.pixels[-3, 3].min() > 200


def test_sound_keeps_its_samples_to_16_bits_and_is_clipped(tmp_path: Path) -> None:
    samples = np.array([[0.0, -1.0], [0.5, 1.0], [-0.25, 1.5]], np.float32)
    block = SoundReader().read(through_a_bag(tmp_path, AudioBlock(STAMP, samples, 44_100)))
    assert (block.stamp, block.sample_rate) == (STAMP, 44_100)
    expected = samples.clip(-1, 1)
    if block.samples.shape[1] == 1:
        expected = expected.mean(axis=1, keepdims=True)
    np.testing.assert_allclose(block.samples, expected, atol=2 / 32768)


def test_words_survive_unchanged(tmp_path: Path) -> None:
    words = Words(STAMP, 'wie schön 😀', 'microphone', 'ada', 'de-DE', 0.5, 2 * NANOSECONDS)
    assert words_from(through_a_bag(tmp_path, words)) == words


def test_an_emotion_survives_unchanged(tmp_path: Path) -> None:
    third = np.full(3, 1 / 3)
    opinion = ModalityOpinion('face', 'lite', third * 0.5, 0.5, third, 5, 0.25, ('dark', 'new'))
    emotion = Emotion(
        STAMP, STAMP - 7, 'ada', 'unknown', 1 / 3, 0.5, 0.125, ('a', 'b', 'c'), third * 0.5, third,
        third + 1, valence=0.5, arousal=-0.5, modalities=(opinion,), missing=('text',),
        valid_for=NANOSECONDS, frame_id='camera', certain_conflict=0.0625,
        prediction_set=('a', 'c'), prediction_set_coverage=0.75,
        valence_deviation=0.25, arousal_deviation=0.5)
    read = emotion_from(through_a_bag(tmp_path, emotion))
    assert_equal(read, emotion)


def test_several_emotions_at_once_survive_unchanged(tmp_path: Path) -> None:
    emotion = Emotion(
        STAMP, STAMP - 7, 'ada', 'joy', 0.75, 0.25, 0.0, ('joy', 'pride'), np.empty(0),
        np.array([0.75, 0.5]), np.empty(0), valence=0.0, arousal=0.0, multi_label=True,
        label_uncertainty=np.array([0.25, 0.5]), present=('joy', 'pride'),
        valence_deviation=0.25, arousal_deviation=0.25)
    assert_equal(emotion_from(through_a_bag(tmp_path, emotion)), emotion)


def test_logits_survive_unchanged(tmp_path: Path) -> None:
    logits = Logits(STAMP, 'face', ('a', 'b'), np.array([0.5, -1.0]), 'ada', 'lite', NANOSECONDS,
                    0.5, 'camera', doubts=('blurred', 'of another node'),
                    circumplex=Circumplex(0.1, -0.2, 0.3, 0.4))
    assert_equal(logits_from(through_a_bag(tmp_path, logits)), logits)


def test_features_survive_unchanged(tmp_path: Path) -> None:
    values = np.arange(6, dtype=np.float32).reshape(3, 2) / 7
    features = Features(STAMP, 'text', 'lite', values, 'ada', 'microphone')
    read = features_from(through_a_bag(tmp_path, features))
    assert_equal(read, features)
    assert read.values.dtype == np.float32


@pytest.mark.parametrize('shape', [(), (6,), (2, 2), (2, 4), (0, 6), (6, 0), (1, 2, 3)])
def test_features_of_another_shape_than_they_say_are_refused(shape: tuple[int, ...]) -> None:
    message = to_message(Features(STAMP, 'text', 'lite', np.ones((2, 3), np.float32)))
    message.shape = np.array(shape, dtype=np.uint32)
    with pytest.raises(BadInput, match=r'have shape .* and 6 values') as caught:
        features_from(message)
    assert caught.value.reason == 'shape'


def test_nothing_else_is_written() -> None:
    with pytest.raises(TypeError, match='no message for a str; there is for CameraImage'):
        to_message('words')


def test_inputs_count_as_received_when_they_were_complete(tmp_path: Path) -> None:
    with BagWriter(tmp_path / 'bag') as writer:
        write_input(writer, AudioBlock(BAG_START, np.zeros((800, 1), np.float32), 8000))
        write_input(writer, CameraImage(BAG_START, np.zeros((8, 8, 3), np.uint8)))
        write_input(writer, Words(BAG_START + 5, 'hello', duration=5))
    with BagReader(tmp_path / 'bag') as reader:
        assert [(m.topic, m.stamp - BAG_START) for m in reader.messages()] == [
            ('/image/compressed', 0), ('/transcript', 5), ('/audio', NANOSECONDS // 10)]


def assert_equal(left: Any, right: Any) -> None:
    for field in fields(right):
        one, other = getattr(left, field.name), getattr(right, field.name)
        if field.name == 'modalities':
            for pair in zip(one, other, strict=True):
                assert_equal(*pair)
        elif isinstance(other, np.ndarray):
            np.testing.assert_array_equal(one, other)
        else:
            assert one == other, field.name
