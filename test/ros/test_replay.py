"""A bag replayed into a live graph."""

from itertools import pairwise
from pathlib import Path
from threading import Thread
from typing import Any

import numpy as np
import pytest

pytest.importorskip('rclpy')

from mer_ros.msg import AudioChunk, ModalityLogits, Transcript
from rclpy.qos import QoSProfile
from rosbags.interfaces import (
    Qos,
    QosDurability,
    QosHistory,
    QosLiveliness,
    QosReliability,
    QosTime,
)
from rosbags.rosbag2 import StoragePlugin, Writer
from rosbags.typesys import get_types_from_msg, get_typestore, Stores
from rosgraph_msgs.msg import Clock
from std_msgs.msg import String

from mer_ros.bags import BagError, BagReader, BagTopic, BagWriter
from mer_ros.bags.input_bag import BAG_START, write_input
from mer_ros.bags.typestore import typestore
from mer_ros.bags.writer import STORAGES
from mer_ros.data import AudioBlock, NANOSECONDS, Words
from mer_ros.messages.conversions import to_nanoseconds
from mer_ros.nodes.replay.replay_node import main, replay_bag
from mer_ros.nodes.replay.replay_topics import inputs, offered_qos
from mer_ros.share import shared

TENTH = NANOSECONDS // 10


@pytest.fixture(params=STORAGES)
def bag(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    with BagWriter(tmp_path / 'bag', storage=request.param) as writer:
        for index in range(10):
            write_input(writer, AudioBlock(
                BAG_START + index * TENTH, np.zeros((800, 1), np.float32), 8000))
            write_input(writer, Words(BAG_START + index * TENTH, f'word {index}'))
    return tmp_path / 'bag'


def replayed(graph: Any, path: Path, **options: Any) -> int:
    """Replay a bag beside the graph, which keeps running; return what replay_bag returned."""
    results: list[int] = []
    options = {'rate': 10.0, 'tail': 0.5, 'progress': False, **options}
    thread = Thread(target=lambda: results.append(replay_bag(path, **options)))
    thread.start()
    graph.wait(lambda: not thread.is_alive(), 'the end of the bag')
    graph.settle()
    return results[0]


def listen(graph: Any, kind: type, topic: str, **options: Any) -> list[Any]:
    received: list[Any] = []
    graph.probe.create_subscription(
        kind, topic, received.append, QoSProfile(depth=1000), **options)
    return received


def test_every_message_arrives_byte_for_byte_and_in_order(graph: Any, bag: Path) -> None:
    raw = listen(graph, AudioChunk, '/audio', raw=True)
    words = listen(graph, Transcript, '/transcript')
    assert replayed(graph, bag) == 20
    with BagReader(bag) as reader:
        assert raw == [message.data for message in reader.messages(topics=['/audio'])]
    assert [message.text for message in words] == [f'word {index}' for index in range(10)]


def test_the_clock_runs_from_before_the_first_message_until_after_the_last(
    graph: Any, bag: Path
) -> None:
    clocks = listen(graph, Clock, '/clock')
    listen(graph, AudioChunk, '/audio')
    listen(graph, Transcript, '/transcript')
    replayed(graph, bag)
    times = [to_nanoseconds(message.clock) for message in clocks]
    assert 0 < times[0] < BAG_START
    assert all(a <= b for a, b in pairwise(times))
    with BagReader(bag) as reader:
        assert times[-1] == reader.end + NANOSECONDS // 2


def test_the_clock_can_be_left_to_others(graph: Any, bag: Path) -> None:
    clocks = listen(graph, Clock, '/clock')
    listen(graph, Transcript, '/transcript')
    assert replayed(graph, bag, clock=False, topics=['/transcript']) == 10
    assert clocks == []


def test_the_bag_waits_until_the_logits_of_its_listeners_are_listened_to(
    graph: Any, bag: Path
) -> None:
    words = listen(graph, Transcript, '/transcript')
    graph.probe.create_publisher(ModalityLogits, '/text/logits', 1)
    thread = Thread(target=replay_bag, args=(bag,), kwargs={
        'topics': ['/transcript'], 'rate': 10.0, 'tail': 0.0, 'wait_for': 60.0,
        'progress': False})
    thread.start()
    graph.settle(3.0)
    assert words == []
    listen(graph, ModalityLogits, '/text/logits')
    graph.wait(lambda: len(words) == 10, 'the bag')
    graph.wait(lambda: not thread.is_alive(), 'the end of the bag')


def test_topics_can_be_renamed_and_the_beginning_left_out(graph: Any, bag: Path) -> None:
    words = listen(graph, Transcript, '/robot/heard')
    replayed(graph, bag, topics=['/transcript'], start=0.75, remaps={'/transcript': '/robot/heard'})
    assert [message.text for message in words] == ['word 8', 'word 9']


def test_text_that_is_not_utf_8_is_published_as_recorded(graph: Any, tmp_path: Path) -> None:
    broken = b'\x00\x01\x00\x00\x03\x00\x00\x00\xff\xfe\x00'
    with Writer(tmp_path / 'bag', version=9, storage_plugin=StoragePlugin.MCAP) as writer:
        connection = writer.add_connection('/text', 'std_msgs/msg/String', typestore=typestore())
        writer.write(connection, NANOSECONDS, broken)
        writer.write(connection, NANOSECONDS + 1,
                     typestore().serialize_cdr(String(data='good'), 'std_msgs/msg/String'))
    raw = listen(graph, String, '/text', raw=True)
    assert replayed(graph, tmp_path / 'bag') == 2
    assert raw[0] == broken
    assert b'good' in raw[1]


def test_a_type_that_is_not_installed_is_skipped_by_name(
    graph: Any, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with Writer(tmp_path / 'bag', version=9, storage_plugin=StoragePlugin.MCAP) as writer:
        foreign = writer.add_connection('/level', 'foreign_msgs/msg/Level',
                                        msgdef='uint8 level\n', rihs01='RIHS01_0')
        text = writer.add_connection('/text', 'std_msgs/msg/String', typestore=typestore())
        writer.write(foreign, NANOSECONDS, b'\x00\x01\x00\x00\x2a')
        writer.write(text, NANOSECONDS, typestore().serialize_cdr(
            String(data='good'), 'std_msgs/msg/String'))
    texts = listen(graph, String, '/text')
    assert replayed(graph, tmp_path / 'bag') == 1
    assert [message.data for message in texts] == ['good']
    assert ('/level is not replayed: the message type foreign_msgs/msg/Level is not installed'
            in capfd.readouterr().err)


@pytest.mark.parametrize(('options', 'error', 'reason'), [
    ({'topics': ['/smell']}, BagError, r"no topic \['/smell'\]; it has"),
    ({'start': 99.0, 'wait_for': 0.0}, BagError, 'start must lie within'),
    ({'rate': 0.0}, ValueError, 'rate'),
])
def test_options_that_do_not_fit_are_refused(
    domain: int, bag: Path, options: dict[str, Any], error: type[Exception], reason: str
) -> None:
    with pytest.raises(error, match=reason):
        replay_bag(bag, progress=False, **options)


def test_an_empty_bag_is_an_error(domain: int, tmp_path: Path) -> None:
    with BagWriter(tmp_path / 'bag'):
        pass
    with pytest.raises(BagError, match='nothing that can be replayed'):
        replay_bag(tmp_path / 'bag')


@pytest.mark.parametrize(('arguments', 'status', 'message'), [
    (['/nowhere'], 1, 'there is no bag at /nowhere'),
    ([], 1, 'no bag is named'),
    (['one', 'two'], 2, 'usage: replay'),
    (['--rate', '2'], 2, 'usage: replay'),
])
def test_the_executable_reports_what_is_wrong(
    domain: int, capsys: pytest.CaptureFixture[str], arguments: list[str], status: int,
    message: str
) -> None:
    assert main(arguments) == status
    assert message in capsys.readouterr().err


FOREVER = QosTime(9223372036, 854775807)


def profile(reliability: QosReliability, durability: QosDurability, depth: int = 1) -> Qos:
    return Qos(QosHistory.KEEP_LAST, depth, reliability, durability, FOREVER, FOREVER,
               QosLiveliness.AUTOMATIC, FOREVER, False)


def offered(*profiles: Qos) -> tuple[str, str, int]:
    qos = offered_qos(BagTopic('/x', 'std_msgs/msg/String', 1, profiles))
    return qos.reliability.name, qos.durability.name, qos.depth


RELIABLE, BEST_EFFORT = QosReliability.RELIABLE, QosReliability.BEST_EFFORT
LATCHED, VOLATILE = QosDurability.TRANSIENT_LOCAL, QosDurability.VOLATILE


@pytest.mark.parametrize(('profiles', 'expected'), [
    ((), ('RELIABLE', 'VOLATILE', 100)),
    ((profile(RELIABLE, LATCHED, 3),), ('RELIABLE', 'TRANSIENT_LOCAL', 3)),
    ((profile(BEST_EFFORT, VOLATILE, 5),), ('BEST_EFFORT', 'VOLATILE', 100)),
    ((profile(RELIABLE, LATCHED), profile(RELIABLE, VOLATILE)), ('RELIABLE', 'VOLATILE', 100)),
    ((profile(RELIABLE, LATCHED), profile(BEST_EFFORT, LATCHED)),
     ('BEST_EFFORT', 'TRANSIENT_LOCAL', 1)),
    ((profile(QosReliability.UNKNOWN, QosDurability.UNKNOWN),), ('RELIABLE', 'VOLATILE', 100)),
])
def test_a_topic_is_offered_as_it_was_recorded(
    profiles: tuple[Qos, ...], expected: tuple[str, str, int]
) -> None:
    assert offered(*profiles) == expected


def test_on_demand_every_topic_is_offered_reliable() -> None:
    topic = BagTopic('/x', 'std_msgs/msg/String', 1, (profile(BEST_EFFORT, VOLATILE),))
    assert offered_qos(topic, reliable=True).reliability.name == 'RELIABLE'


def test_the_graph_is_given_what_it_listens_to_and_does_not_publish_itself() -> None:
    def topics(**counts: int) -> list[BagTopic]:
        return [BagTopic(name.replace('__', '/'), types[name.rpartition('__')[2]], count, ())
                for name, count in counts.items()]

    types = {'image': 'sensor_msgs/msg/Image', 'audio': 'audio_common_msgs/msg/AudioStamped',
             'logits': 'mer_ros/msg/ModalityLogits', 'emotion': 'mer_ros/msg/EmotionState',
             'tf': 'tf2_msgs/msg/TFMessage', 'robot_speaking': 'std_msgs/msg/Bool',
             'active_speaker': 'mer_ros/msg/ActiveSpeaker',
             'voice_activity': 'mer_ros/msg/VoiceActivity'}
    rest = {'__face__logits': 1, '__gesture__logits': 1, '__emotion': 1, '__tf': 1,
            '__active_speaker': 1, '__speech__voice_activity': 1}
    assert inputs(topics(__image=1, __audio=0, __robot_speaking=1, **rest)) == [
        '/gesture/logits', '/image', '/robot_speaking', '/speech/voice_activity']
    assert inputs(topics(__image=0, **rest)) == [
        '/active_speaker', '/face/logits', '/gesture/logits', '/speech/voice_activity']


def test_logits_of_an_older_version_are_replayed_with_what_they_lack_empty(
    graph: Any, tmp_path: Path
) -> None:
    text = (shared('msg') / 'ModalityLogits.msg').read_text(encoding='utf-8')
    store = get_typestore(Stores.ROS2_JAZZY)
    store.register(get_types_from_msg(
        text.partition('string[] doubts')[0], 'mer_ros/msg/ModalityLogits'))
    kinds = {name.rpartition('/')[2]: kind for name, kind in store.types.items()}
    message = kinds['ModalityLogits'](
        header=kinds['Header'](stamp=kinds['Time'](sec=1_700_000_000, nanosec=0), frame_id='eye'),
        window=kinds['Duration'](sec=0, nanosec=0), modality='face', person_id='', model='old',
        labels=['anger'], logits=np.array([1.5]), quality=0.25)
    with Writer(tmp_path / 'bag', version=9, storage_plugin=StoragePlugin.MCAP) as writer:
        connection = writer.add_connection(
            '/face/logits', 'mer_ros/msg/ModalityLogits', typestore=store)
        writer.write(connection, BAG_START, store.serialize_cdr(
            message, 'mer_ros/msg/ModalityLogits'))
    received = listen(graph, ModalityLogits, '/face/logits')
    assert replayed(graph, tmp_path / 'bag') == 1
    (one,) = received
    assert (one.model, list(one.logits), one.quality, list(one.doubts)) == ('old', [1.5], 0.25, [])
