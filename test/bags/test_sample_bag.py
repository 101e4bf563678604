"""The sample that ships with the package."""

from itertools import pairwise

from mer_ros.bags import BagReader
from mer_ros.data import NANOSECONDS
from mer_ros.messages.adapters import words_from
from mer_ros.messages.conversions import image_from
from mer_ros.messages.sound_reader import SoundReader
from mer_ros.samples import SAMPLE_BAG


def test_the_sample_is_small() -> None:
    assert SAMPLE_BAG.stat().st_size < 1_500_000


def test_the_sample_holds_every_input_with_the_types_of_today() -> None:
    with BagReader(SAMPLE_BAG) as bag:
        assert {topic.name: topic.msgtype for topic in bag.topics} == {
            '/image/compressed': 'sensor_msgs/msg/CompressedImage',
            '/audio': 'mer_ros/msg/AudioChunk',
            '/transcript': 'mer_ros/msg/Transcript'}
        assert not any(bag.redefines(topic.msgtype) for topic in bag.topics)


def test_the_camera_moves_at_ten_images_a_second() -> None:
    with BagReader(SAMPLE_BAG) as bag:
        images = [image_from(message) for _, message in bag.decoded(topics=['/image/compressed'])]
    assert {image.pixels.shape for image in images} == {(240, 320, 3)}
    assert {b.stamp - a.stamp for a, b in pairwise(images)} == {NANOSECONDS // 10}
    assert all((a.pixels != b.pixels).any() for a, b in pairwise(images))


def test_the_sound_has_no_gap() -> None:
    reader = SoundReader()
    with BagReader(SAMPLE_BAG) as bag:
        blocks = [reader.read(message) for _, message in bag.decoded(topics=['/audio'])]
    assert {block.sample_rate for block in blocks} == {16_000}
    assert all(a.end == b.stamp for a, b in pairwise(blocks))


def test_sentences_end_within_the_sound_and_do_not_overlap() -> None:
    with BagReader(SAMPLE_BAG) as bag:
        words = [words_from(message) for _, message in bag.decoded(topics=['/transcript'])]
        end = bag.end
    assert len(words) == 5
    assert all(a.stamp <= b.stamp - b.duration for a, b in pairwise(words))
    assert words[-1].stamp < end
