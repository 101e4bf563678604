"""Which topics of a bag are taken as what the robot perceives."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from mer_ros.bags import BagError, BagReader, BagWriter, writer
from mer_ros.bags.bag_messages import to_message
from mer_ros.bags.choose_topics import choose_topics, parse_topics, TopicChoice
from mer_ros.bags.typestore import typestore
from mer_ros.data import Words

START = 1_000_000_000_000


def make(kind: str, **fields: Any) -> Any:
    return typestore().types[kind](**fields)


def header() -> Any:
    return make('std_msgs/msg/Header', frame_id='',
                stamp=make('builtin_interfaces/msg/Time', sec=1000, nanosec=0))


def image(encoding: str, channels: int = 3, dtype: Any = np.uint8) -> Any:
    pixels = np.random.default_rng(1).integers(0, 255, (16, 16, channels)).astype(dtype)
    return make('sensor_msgs/msg/Image', header=header(), height=16, width=16, encoding=encoding,
                is_bigendian=0, step=pixels.nbytes // 16,
                data=np.frombuffer(pixels.tobytes(), np.uint8))


def jpeg(text: str = 'jpeg') -> Any:
    pixels = np.random.default_rng(1).integers(0, 255, (16, 16, 3), dtype=np.uint8)
    return make('sensor_msgs/msg/CompressedImage', header=header(), format=text,
                data=np.asarray(cv2.imencode('.jpg', pixels)[1]).reshape(-1))


def string(text: str) -> Any:
    return make('std_msgs/msg/String', data=text)


def chosen(folder: Path, topics: Iterable[tuple[str, Any, int]], **wanted: str) -> TopicChoice:
    """Write each message so many times to its topic, and choose."""
    with BagWriter(folder / 'bag') as bag:
        for name, message, count in topics:
            for index in range(count):
                bag.write(name, message, START + index)
    with BagReader(folder / 'bag') as reader:
        return choose_topics(reader, wanted)


def reasons(choice: TopicChoice) -> dict[str, str]:
    return {passed.name: passed.reason for passed in choice.passed}


@pytest.mark.parametrize('other', [
    ('/camera/depth/image_rect_raw', image('16UC1', 1, np.uint16), 'is a depth image'),
    ('/camera/depth/points', image('32FC1', 1, np.float32), 'is a depth image'),
    ('/camera/color/image_raw/compressedDepth', jpeg('16UC1; compressedDepth png'), 'depth'),
    ('/camera/color/heatmap', image('bgr8'), 'its name says'),
    ('/people/segmentation', image('rgb8'), 'its name says'),
    ('/camera/infra1/image_rect_raw', image('mono8', 1), 'is preferred'),
    ('/rear/image', image('rgb8'), 'is preferred'),
    ('/face_node/annotated', image('rgb8'), 'is preferred'),
    ('/camera/color/odd', image('jpeg2000'), "'jpeg2000'"),
])
def test_the_colour_camera_is_taken_whatever_is_recorded_beside_it(
    tmp_path: Path, other: tuple[str, Any, str]
) -> None:
    name, message, reason = other
    choice = chosen(tmp_path, [('/camera/color/image_raw', image('rgb8'), 2), (name, message, 9)])
    assert choice.names == {'face': '/camera/color/image_raw'}
    assert reason in reasons(choice)[name]


def test_the_colour_image_of_a_depth_camera_is_a_picture(tmp_path: Path) -> None:
    choice = chosen(tmp_path, [('/depth_camera/image_raw', image('8UC3'), 1)])
    assert choice.names == {'face': '/depth_camera/image_raw'}


def test_a_mask_is_taken_only_where_there_is_nothing_else(tmp_path: Path) -> None:
    mask = image('rgb8')
    mask.data = (np.arange(768) // 300).astype(np.uint8)
    choice = chosen(tmp_path, [('/a', mask, 9), ('/b', image('rgb8'), 1)])
    assert choice.names == {'face': '/b'}


@pytest.mark.parametrize(('name', 'text', 'reason'), [
    ('/robot_description', '<robot name="x"></robot>', 'nobody said it'),
    ('/chatter', 'Hello', 'its name does not say'),
    ('/asr/raw', '{"language": "en"}', 'it holds data'),
    ('/speech/events', 'state=listening', 'machines tell each other'),
    ('/tts/text', 'I am happy', 'nobody said it'),
    ('/speech/status', 'ready', 'nobody said it'),
    ('/asr/partial', 'I am', 'nobody said it'),
    ('/rosout_text', '[INFO] hi', 'nobody said it'),
    ('/speech', 'Hello human', 'is preferred'),
])
def test_a_string_that_nobody_said_is_no_transcript(
    tmp_path: Path, name: str, text: str, reason: str
) -> None:
    choice = chosen(tmp_path, [(name, string(text), 9), ('/asr/result_text', string('hello'), 1)])
    assert choice.names == {'text': '/asr/result_text'}
    assert reason in reasons(choice)[name]


def test_a_latched_string_is_no_transcript(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, 'LATCHED_TYPES', {'std_msgs/msg/String'})
    with pytest.raises(BagError, match='it is latched'):
        chosen(tmp_path, [('/speech_text', string('hello'), 1)])


def test_the_busier_of_equals_is_taken_and_the_better_type_before_it(tmp_path: Path) -> None:
    words = to_message(Words(START, 'x'))
    choice = chosen(tmp_path, [('/asr', string('hello'), 9), ('/a', words, 1), ('/b', words, 2)])
    assert choice.names == {'text': '/b'}
    assert choice.lines()[0] == 'text from /b (mer_ros/msg/Transcript, 2 messages)'
    assert any('--topic text=/a takes it' in line for line in choice.lines())


def test_a_topic_that_is_asked_for_is_taken_and_a_modality_is_switched_off(tmp_path: Path) -> None:
    choice = chosen(tmp_path, [('/color', image('rgb8'), 1), ('/chatter', string('hello'), 1)],
                    face='', text='/chatter')
    assert choice.names == {'text': '/chatter'}
    assert reasons(choice) == {'/color': 'face is switched off'}


def test_a_topic_that_is_not_there_is_named_with_those_that_are(tmp_path: Path) -> None:
    with pytest.raises(BagError, match=r"no topic /x of face; it has .*'/color'"):
        chosen(tmp_path, [('/color', image('rgb8'), 1)], face='/x')


def test_where_nothing_can_be_taken_every_reason_is_given(tmp_path: Path) -> None:
    with pytest.raises(BagError, match=r'/chatter: its name does not say.*/depth: an image'):
        chosen(tmp_path, [('/chatter', string('hello'), 1),
                          ('/depth', image('16UC1', 1, np.uint16), 1)])


def test_options_name_a_topic_for_a_modality() -> None:
    assert parse_topics(['face=/a', 'speech=']) == {'face': '/a', 'speech': ''}
    for odd in (['/a'], ['face=/a', 'face=/b']):
        with pytest.raises(ValueError, match='MODALITY=/TOPIC'):
            parse_topics(odd)
