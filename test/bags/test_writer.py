"""Bags that other tools can read."""

from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from rosbags.highlevel import AnyReader
from rosbags.interfaces import QosDurability, QosReliability

from mer_ros.bags import BagError, BagReader, BagWriter
from mer_ros.bags.typestore import typestore
from mer_ros.bags.writer import STORAGES

storages = pytest.mark.parametrize('storage', sorted(STORAGES))


def string(text: str) -> Any:
    return typestore().types['std_msgs/msg/String'](data=text)


def empty_state_array() -> Any:
    types = typestore().types
    header = types['std_msgs/msg/Header'](
        stamp=types['builtin_interfaces/msg/Time'](sec=1, nanosec=0), frame_id='')
    return types['mer_ros/msg/EmotionStateArray'](header=header, states=[])


@storages
def test_a_reader_that_knows_no_types_can_decode_the_bag(tmp_path: Path, storage: str) -> None:
    with BagWriter(tmp_path / 'bag', storage=storage) as bag:
        bag.write('/emotion_array', empty_state_array(), 7)
    with AnyReader([tmp_path / 'bag']) as foreign:
        ((connection, stamp, raw),) = foreign.messages()
        assert (stamp, foreign.deserialize(raw, connection.msgtype).states) == (7, [])


@storages
def test_emotions_are_latched_and_everything_is_reliable(tmp_path: Path, storage: str) -> None:
    with BagWriter(tmp_path / 'bag', storage=storage) as bag:
        bag.write('/emotion_array', empty_state_array(), 1)
        bag.write('/text', string('x'), 2)
    with BagReader(tmp_path / 'bag') as reader:
        qos = {topic.name: topic.qos[0] for topic in reader.topics}
    assert {q.reliability for q in qos.values()} == {QosReliability.RELIABLE}
    assert qos['/emotion_array'].durability is QosDurability.TRANSIENT_LOCAL
    assert qos['/emotion_array'].depth == 1
    assert qos['/text'].durability is QosDurability.VOLATILE


@storages
def test_the_metadata_name_the_storage_as_ros2_bag_does(tmp_path: Path, storage: str) -> None:
    with BagWriter(tmp_path / 'bag', storage=storage) as bag:
        bag.write('/text', string('x'), 2)
    metadata = (tmp_path / 'bag' / 'metadata.yaml').read_text()
    assert f'storage_identifier: {storage}\n' in metadata


def test_messages_are_read_in_order_of_time_whatever_the_order_of_writing(tmp_path: Path) -> None:
    with BagWriter(tmp_path / 'bag') as bag:
        for stamp in (30, 10, 20):
            bag.write('/text', string(str(stamp)), stamp)
    with BagReader(tmp_path / 'bag') as reader:
        assert [x.data for _, x in reader.decoded()] == ['10', '20', '30']


def test_an_existing_folder_is_not_overwritten(tmp_path: Path) -> None:
    with pytest.raises(BagError, match='exists already; remove it or choose another'):
        BagWriter(tmp_path)


def test_an_unknown_storage_is_refused_with_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"one of \['mcap', 'sqlite3'\], given 'ros1'"):
        BagWriter(tmp_path / 'bag', storage='ros1')


@storages
def test_a_failure_leaves_no_half_bag_behind(tmp_path: Path, storage: str) -> None:
    with suppress(ZeroDivisionError), BagWriter(tmp_path / 'bag', storage=storage) as bag:
        bag.write('/text', string('x'), 1)
        assert (tmp_path / 'bag').is_dir()
        raise ZeroDivisionError
    assert not (tmp_path / 'bag').exists()
