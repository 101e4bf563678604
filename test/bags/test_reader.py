"""Reading bags, whole and broken."""

from __future__ import annotations

from contextlib import suppress
import logging
from pathlib import Path
from typing import Any

import pytest
from rosbags.rosbag2 import StoragePlugin, Writer

from mer_ros.bags import BagError, BagReader, BagWriter
from mer_ros.bags.input_bag import BAG_START, write_input
from mer_ros.bags.typestore import typestore
from mer_ros.bags.writer import STORAGES
from mer_ros.data import NANOSECONDS, Words

storages = pytest.mark.parametrize('storage', sorted(STORAGES))
STRING = 'std_msgs/msg/String'
NOT_UTF_8 = b'\x00\x01\x00\x00\x03\x00\x00\x00\xff\xfe\x00'


def string(text: str) -> Any:
    return typestore().types[STRING](data=text)


def write_transcripts(path: Path, storage: str = 'mcap', count: int = 5) -> Path:
    with BagWriter(path, storage=storage) as bag:
        for second in range(count):
            write_input(bag, Words(BAG_START + second * NANOSECONDS, f'word {second}'))
    return path


def write_raw(path: Path, rows: list[tuple[str, str, str, bytes]]) -> Path:
    """Write (topic, type, definition, bytes) rows one second apart, past every check."""
    with Writer(path, version=9, storage_plugin=StoragePlugin.MCAP) as writer:
        for second, (topic, msgtype, definition, data) in enumerate(rows):
            connection = writer.add_connection(
                topic, msgtype, msgdef=definition, rihs01='RIHS01_0')
            writer.write(connection, second * NANOSECONDS + 1, data)
    return path


@storages
def test_a_bag_is_read_as_it_was_written(tmp_path: Path, storage: str) -> None:
    path = write_transcripts(tmp_path / 'bag', storage)
    with BagReader(path) as bag:
        assert [(topic.name, topic.msgtype, topic.count) for topic in bag.topics] == [
            ('/transcript', 'mer_ros/msg/Transcript', 5)]
        assert (bag.start, bag.end) == (BAG_START, BAG_START + 4 * NANOSECONDS)
        assert [(m.stamp - BAG_START, x.text) for m, x in bag.decoded()] == [
            (second * NANOSECONDS, f'word {second}') for second in range(5)]
        assert not bag.skipped


@storages
def test_a_bare_storage_file_is_a_bag_too(tmp_path: Path, storage: str) -> None:
    folder = write_transcripts(tmp_path / 'bag', storage)
    (file,) = (path for path in folder.iterdir() if path.suffix in ('.mcap', '.db3'))
    with BagReader(file) as bag:
        assert len(list(bag.decoded())) == 5
        assert bag.topics[0].qos


def test_reading_can_start_later(tmp_path: Path) -> None:
    with BagReader(write_transcripts(tmp_path / 'bag')) as bag:
        assert [x.text for _, x in bag.decoded(start=2.5)] == ['word 3', 'word 4']
        with pytest.raises(BagError, match=r'within the 4\.000 s .* given 4\.1 s'):
            list(bag.messages(start=4.1))


def test_topics_can_be_chosen(tmp_path: Path) -> None:
    with BagWriter(tmp_path / 'bag') as writer:
        writer.write('/a', string('one'), 1)
        writer.write('/b', string('two'), 2)
    with BagReader(tmp_path / 'bag') as bag:
        assert [m.topic for m in bag.messages(topics=['/b'])] == ['/b']
        with pytest.raises(BagError, match=r"no topic \['/c'\]; it has \['/a', '/b'\]"):
            list(bag.messages(topics=['/b', '/c']))


def test_text_that_is_not_utf_8_is_skipped_when_decoded_but_kept_raw(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    definition = 'string data\n'
    good = bytes(typestore().serialize_cdr(string('good'), STRING))
    path = write_raw(tmp_path / 'bag', [('/text', STRING, definition, NOT_UTF_8),
                                        ('/other', STRING, definition, good)])
    with BagReader(path) as bag, caplog.at_level(logging.WARNING):
        assert [x.data for _, x in bag.decoded()] == ['good']
        assert bag.skipped == {'/text': 1}
        assert '/text is skipped' in caplog.text
        assert next(bag.messages()).data == NOT_UTF_8


def test_a_type_that_only_the_bag_knows_is_decoded(tmp_path: Path) -> None:
    path = write_raw(tmp_path / 'bag', [
        ('/x', 'foreign_msgs/msg/Level', 'uint8 level\n', b'\x00\x01\x00\x00\x2a')])
    with BagReader(path) as bag:
        assert [x.level for _, x in bag.decoded()] == [42]


def test_a_type_that_nobody_knows_is_named_and_skipped(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = write_raw(tmp_path / 'bag', [
        ('/x', 'foreign_msgs/msg/Level', 'this is ; no definition', b'\x00\x01\x00\x00\x2a')])
    with caplog.at_level(logging.WARNING), BagReader(path) as bag:
        assert list(bag.decoded()) == []
        assert bag.skipped == {'/x': 1}
    assert 'foreign_msgs/msg/Level is not known' in caplog.text


def test_another_definition_of_a_known_type_is_noticed(tmp_path: Path) -> None:
    data = b'\x00\x01\x00\x00\x00\x00\x00\x00'
    path = write_raw(tmp_path / 'bag', [
        ('/old', 'mer_ros/msg/Transcript', 'uint32 words\n', data),
        ('/same', STRING, 'string data\n', data)])
    with BagReader(path) as bag:
        assert bag.redefines('mer_ros/msg/Transcript')
        assert not bag.redefines(STRING)
        assert next(x for _, x in bag.decoded(topics=['/old'])).words == 0


def test_a_bag_without_messages_can_be_opened(tmp_path: Path) -> None:
    with BagWriter(tmp_path / 'bag'):
        pass
    with BagReader(tmp_path / 'bag') as bag:
        assert (bag.topics, bag.start, bag.end) == ((), 0, 0)
        assert list(bag.messages()) == []


def test_a_missing_bag_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(BagError, match=r'there is no bag at .*nowhere'):
        BagReader(tmp_path / 'nowhere')


def test_a_folder_without_metadata_is_an_error_that_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(BagError, match=r'no metadata\.yaml; .*ros2 bag reindex'):
        BagReader(tmp_path)


@pytest.mark.parametrize('name', ['empty.mcap', 'empty.db3', 'text.txt'])
def test_a_file_that_is_no_bag_is_an_error(tmp_path: Path, name: str) -> None:
    (tmp_path / name).touch()
    with pytest.raises(BagError, match=f'{name} cannot be read'):
        BagReader(tmp_path / name)


@storages
@pytest.mark.parametrize('share', [0.05, 0.5, 0.95])
def test_a_bag_that_is_cut_short_is_an_error(tmp_path: Path, storage: str, share: float) -> None:
    folder = write_transcripts(tmp_path / 'bag', storage, count=500)
    (file,) = (path for path in folder.iterdir() if path.suffix in ('.mcap', '.db3'))
    raw = file.read_bytes()
    file.write_bytes(raw[:int(len(raw) * share)])
    with pytest.raises(BagError, match='cut short or damaged'), BagReader(folder) as bag:
        list(bag.messages())


@pytest.mark.parametrize('position', range(8, 3000, 97))
def test_damaged_bytes_raise_no_other_error(tmp_path: Path, position: int) -> None:
    folder = write_transcripts(tmp_path / 'bag')
    file = folder / 'bag.mcap'
    raw = bytearray(file.read_bytes())
    raw[position:position + 16] = b'\xff' * 16
    file.write_bytes(raw)
    for path in (folder, file):
        with suppress(BagError), BagReader(path) as bag:
            list(bag.decoded())
