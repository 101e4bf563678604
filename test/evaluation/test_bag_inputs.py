"""What a bag holds for the engines."""

import numpy as np
import pytest
from rosbags.rosbag2 import StoragePlugin, Writer
from rosbags.typesys import get_types_from_msg, get_typestore, Stores

from mer_ros.bags import BagError, BagWriter
from mer_ros.bags.bag_messages import to_message
from mer_ros.bags.foreign_types import stores_of
from mer_ros.bags.input_bag import write_input
from mer_ros.bags.typestore import typestore
from mer_ros.data import AudioBlock, CameraImage, Words
from mer_ros.evaluation.bag_inputs import BagInputs

START = 1_000_000_000_000


def string(text):
    return typestore().types['std_msgs/msg/String'](data=text)


def test_inputs_come_as_plain_data_with_their_own_stamps(tmp_path):
    with BagWriter(tmp_path / 'bag') as bag:
        write_input(bag, CameraImage(START, np.zeros((8, 8, 3), np.uint8)))
        write_input(bag, AudioBlock(START, np.zeros((160, 1), np.float32), 16000))
        write_input(bag, Words(START + 5_000_000_000, 'hello', person_id='Ann'))
    inputs = BagInputs(tmp_path / 'bag')
    assert inputs.topics == {
        'face': '/image/compressed', 'speech': '/audio', 'text': '/transcript'}
    image, sound, words = inputs.read(('face', 'speech', 'text'))
    assert (image.stamp, image.pixels.shape) == (START, (8, 8, 3))
    assert (sound.stamp, sound.samples.shape) == (START, (160, 1))
    assert (words.stamp, words.text, words.person_id) == (START + 5_000_000_000, 'hello', 'Ann')
    assert [type(item) for item in inputs.read(('text',))] == [Words]


def test_a_string_is_stamped_with_the_time_at_which_it_was_received(tmp_path):
    with BagWriter(tmp_path / 'bag') as bag:
        bag.write('/asr', string('hello'), START + 7)
    inputs = BagInputs(tmp_path / 'bag')
    assert [(item.stamp, item.text) for item in inputs.read(('text',))] == [(START + 7, 'hello')]


def test_of_several_topics_the_better_type_and_then_the_busier_is_used(tmp_path):
    with BagWriter(tmp_path / 'bag') as bag:
        for index in range(3):
            bag.write('/log', string('x'), START + index)
        for topic, count in (('/a', 1), ('/b', 2)):
            for index in range(count):
                bag.write(topic, to_message(Words(START + index, 'x')), START + index)
    assert BagInputs(tmp_path / 'bag').topics == {'text': '/b'}


def test_what_cannot_be_used_is_counted_by_reason_at_each_reading(tmp_path):
    with BagWriter(tmp_path / 'bag') as bag:
        bag.write('/transcript', to_message(Words(0, 'never stamped')), START)
        write_input(bag, Words(START, 'hello'))
    inputs = BagInputs(tmp_path / 'bag')
    for _ in range(2):
        assert len(list(inputs.read(('text',)))) == 1
        assert inputs.remarks.counts == {'unstamped': 1}


def test_the_voice_of_the_robot_itself_is_left_out(tmp_path):
    told = typestore().types['std_msgs/msg/Bool']
    with BagWriter(tmp_path / 'bag') as bag:
        for second in range(4):
            if second in (1, 2):
                bag.write('/robot/robot_speaking', told(data=second == 1), START + second * 10**9)
            write_input(bag, AudioBlock(
                START + second * 10**9, np.zeros((8000, 1), np.float32), 16000))
    inputs = BagInputs(tmp_path / 'bag')
    heard = [(item.stamp - START) // 10**9 for item in inputs.read(('speech',))]
    assert heard == [0, 1, 2, 3]
    own = [item.own for item in inputs.read(('speech',))]
    assert own == [False, True, True, False], 'the room still sounds when the robot has stopped'
    assert inputs.remarks.counts == {'robot_speaking': 2}


@pytest.mark.parametrize(('audio', 'rate'), [(None, 48000), ({'sample_rate': 8000}, 8000)])
def test_raw_bytes_are_what_audio_info_or_the_user_says(tmp_path, audio, rate):
    store = stores_of('audio_common_msgs/msg/AudioData')[0]
    with Writer(tmp_path / 'bag', version=9, storage_plugin=StoragePlugin.MCAP) as writer:
        for topic, kind, stamp, fields in (
                ('/mic/audio', 'AudioData', 0, {'data': np.zeros(640, np.uint8)}),
                ('/mic/audio_info', 'AudioInfo', 1, {
                    'channels': 2, 'sample_rate': 48000, 'sample_format': 'S16LE', 'bitrate': 128,
                    'coding_format': 'wave'})):
            name = f'audio_common_msgs/msg/{kind}'
            message = store.types[name](**fields)
            connection = writer.add_connection(topic, name, typestore=store)
            writer.write(connection, START + stamp, store.serialize_cdr(message, name))
    (block,) = BagInputs(tmp_path / 'bag', audio=audio).read(('speech',))
    assert (block.sample_rate, block.samples.shape, block.arrived) == (rate, (160, 2), True)


def test_a_bag_without_anything_to_perceive_says_what_it_has(tmp_path):
    with BagWriter(tmp_path / 'bag') as bag:
        bag.write('/stamp', typestore().types['std_msgs/msg/Header'](
            stamp=typestore().types['builtin_interfaces/msg/Time'](sec=0, nanosec=0),
            frame_id=''), START)
    with pytest.raises(BagError, match=r"'/stamp'.*needed is one of .*AudioChunk"):
        BagInputs(tmp_path / 'bag')


def foreign(path, topic, msgtype, definitions, **fields):
    """Write one message of a package that is not installed here, received at START."""
    store = get_typestore(Stores.ROS2_JAZZY)
    for name, text in definitions.items():
        store.register(get_types_from_msg(text, name))
    with Writer(path, version=9, storage_plugin=StoragePlugin.MCAP) as bag:
        connection = bag.add_connection(topic, msgtype, typestore=store)
        message = store.types[msgtype](**fields)
        bag.write(connection, START, store.serialize_cdr(message, msgtype))
    return BagInputs(path)


def test_sound_of_another_package_is_read_by_the_name_of_its_type(tmp_path):
    inputs = foreign(
        tmp_path / 'bag', '/mic', 'audio_common_msgs/msg/AudioData',
        {'audio_common_msgs/msg/AudioData': 'uint8[] data\n'},
        data=np.array([0, 64] * 1600, np.uint8))
    assert inputs.topics == {'speech': '/mic'}
    (block,) = inputs.read(('speech',))
    assert (block.stamp, block.end) == (START - 100_000_000, START)
    np.testing.assert_allclose(block.samples, 0.5)


def test_of_live_speech_what_is_final_is_read(tmp_path):
    header = typestore().types['std_msgs/msg/Header'](
        stamp=typestore().types['builtin_interfaces/msg/Time'](sec=1000, nanosec=5), frame_id='')
    definition = 'std_msgs/Header header\nstring incremental\nstring final\nfloat64 confidence\n'
    for text, expected in (('hello', [('hello', START + 5)]), ('', [])):
        inputs = foreign(
            tmp_path / f'bag{text}', '/voice', 'hri_msgs/msg/LiveSpeech',
            {'hri_msgs/msg/LiveSpeech': definition},
            header=header, incremental='hel', final=text, confidence=0.5)
        assert [(item.text, item.stamp) for item in inputs.read(('text',))] == expected


@pytest.mark.parametrize(('stamp', 'said'), [
    (START + 3600 * 10**9, '3600.0 s ahead of'), (START - 40 * 10**9, '40.0 s behind'),
    (5 * 10**9, 'they count from a start')])
def test_a_clock_that_disagrees_is_named(tmp_path, stamp, said):
    with BagWriter(tmp_path / 'bag') as bag:
        bag.write('/transcript', to_message(Words(stamp, 'hello')),
                  START if stamp > 10**12 // 2 else 10**18)
        write_input(bag, AudioBlock(START, np.zeros((160, 1), np.float32), 16000))
    inputs = BagInputs(tmp_path / 'bag')
    list(inputs.read(inputs.topics))
    (note,) = inputs.remarks.notes
    assert said in note
    assert '/transcript' in note
