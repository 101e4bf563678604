"""Reading bags, whole and broken."""

from contextlib import closing, suppress
import logging
from pathlib import Path
import shutil
import sqlite3
from typing import Any

import numpy as np
import pytest
from rosbags.rosbag2 import CompressionFormat, CompressionMode, StoragePlugin, Writer

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


def test_a_folder_without_a_bag_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(BagError, match=r'holds no bag: no \.mcap and no \.db3 file'):
        BagReader(tmp_path)


@storages
def test_a_folder_without_metadata_is_read_by_its_files(tmp_path: Path, storage: str) -> None:
    """As after a recorder was killed that had begun a second file."""
    folder = tmp_path / 'killed'
    folder.mkdir()
    for number, begin in ((9, 0), (10, 3)):
        with BagWriter(tmp_path / f'part_{number}', storage=storage) as bag:
            for second in range(begin, begin + 3):
                write_input(bag, Words(BAG_START + second * NANOSECONDS, f'word {second}'))
        (file,) = (path for path in (tmp_path / f'part_{number}').iterdir()
                   if path.suffix in ('.mcap', '.db3'))
        file.rename(folder / file.name)
    with BagReader(folder) as bag:
        assert [x.text for _, x in bag.decoded()] == [f'word {second}' for second in range(6)]
        assert [(topic.name, topic.count) for topic in bag.topics] == [('/transcript', 6)]
        assert 'has no metadata.yaml' in bag.notes[0]


def test_what_sqlite_left_in_its_log_is_read_too(tmp_path: Path) -> None:
    folder = write_transcripts(tmp_path / 'bag', 'sqlite3', count=2)
    (file,) = folder.glob('*.db3')
    more = write_transcripts(tmp_path / 'more', 'sqlite3', count=5)
    (source,) = more.glob('*.db3')
    with closing(sqlite3.connect(file)) as base, closing(sqlite3.connect(source)) as other:
        base.execute('PRAGMA journal_mode=WAL')
        base.execute('PRAGMA wal_autocheckpoint=0')
        for row in other.execute('SELECT topic_id, timestamp, data FROM messages WHERE id > 2'):
            base.execute('INSERT INTO messages (topic_id, timestamp, data) VALUES (?, ?, ?)', row)
        base.commit()
        # What a killed recorder leaves: the database is not closed.
        killed = shutil.copytree(folder, tmp_path / 'killed')
    with BagReader(killed) as bag:
        assert [x.text for _, x in bag.decoded()] == [f'word {second}' for second in range(5)]
        assert 'was not closed' in bag.notes[0]
    assert (killed / f'{file.name}-wal').stat().st_size, 'the recording itself is not changed'


@pytest.mark.parametrize('name', ['old.bag', 'renamed.mcap'])
def test_a_bag_of_ros_1_is_called_one(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b'#ROSBAG V2.0\n' + bytes(100))
    for path in (tmp_path / name, tmp_path):
        with pytest.raises(BagError, match=r'ROS 1 bag; .*rosbags-convert --src'):
            BagReader(path)


@storages
@pytest.mark.parametrize('name', ['2024-05-01T12:30:00', 'what?', 'a#b', '50%20', 'a b', '$x$'])
def test_a_bag_may_have_any_name(tmp_path: Path, storage: str, name: str) -> None:
    folder = write_transcripts(tmp_path / 'bag', storage).rename(tmp_path / name)
    (file,) = (path for path in folder.iterdir() if path.suffix in ('.mcap', '.db3'))
    file = file.rename(folder / f'{name}{file.suffix}')
    for path in (folder, file):
        with BagReader(path) as bag:
            assert len(list(bag.decoded())) == 5


@pytest.mark.parametrize('name', ['a.mcap', 'a.db3'])
def test_a_file_that_was_compressed_as_a_whole_is_read(tmp_path: Path, name: str) -> None:
    zstd = pytest.importorskip('backports.zstd')
    storage = 'mcap' if name.endswith('mcap') else 'sqlite3'
    (file,) = write_transcripts(tmp_path / 'bag', storage).glob(f'*{Path(name).suffix}')
    (tmp_path / 'packed').mkdir()
    (tmp_path / 'packed' / f'{name}.zstd').write_bytes(zstd.compress(file.read_bytes()))
    with BagReader(tmp_path / 'packed') as bag:
        assert len(list(bag.decoded())) == 5


@pytest.mark.parametrize('name', ['empty.mcap', 'empty.db3', 'text.txt'])
def test_a_file_that_is_no_bag_is_an_error(tmp_path: Path, name: str) -> None:
    (tmp_path / name).touch()
    with pytest.raises(BagError, match=f'{name} cannot be read'):
        BagReader(tmp_path / name)


def write_long(path: Path, plugin: StoragePlugin, *, compression: bool) -> Path:
    """Write 3000 numbered texts, some megabytes that cannot be made much smaller."""
    writer = Writer(path, version=9, storage_plugin=plugin)
    if compression:
        writer.set_compression(CompressionMode.STORAGE, CompressionFormat.ZSTD)
    rng = np.random.default_rng(1)
    with writer:
        connection = writer.add_connection('/asr', STRING, typestore=typestore())
        for second in range(3000):
            message = string(f'{second} {rng.bytes(500).hex()}')
            writer.write(connection, (second + 1) * NANOSECONDS,
                         typestore().serialize_cdr(message, STRING))
    return path


@pytest.mark.parametrize(('storage', 'compression', 'share'), [
    ('mcap', False, 0.5), ('mcap', False, 0.95), ('mcap', True, 0.5), ('mcap', True, 0.95),
    ('sqlite3', False, 0.95)])
def test_a_bag_that_is_cut_short_is_read_to_the_cut(
    tmp_path: Path, storage: str, share: float, compression: bool
) -> None:
    path = write_long(tmp_path / 'bag', STORAGES[storage], compression=compression)
    (file,) = (part for part in path.iterdir() if part.suffix in ('.mcap', '.db3'))
    raw = file.read_bytes()
    file.write_bytes(raw[:int(len(raw) * share)])
    for source in (path, file):
        with BagReader(source) as bag:
            read = [int(x.data.split()[0]) for _, x in bag.decoded()]
            assert read == list(range(len(read))), 'nothing is missing before the cut'
            assert len(read) > 3000 * share * 0.5
            assert any('is not whole' in note for note in bag.notes)


@storages
def test_a_bag_of_which_next_to_nothing_is_left_is_an_error(tmp_path: Path, storage: str) -> None:
    folder = write_transcripts(tmp_path / 'bag', storage, count=500)
    (file,) = (path for path in folder.iterdir() if path.suffix in ('.mcap', '.db3'))
    file.write_bytes(file.read_bytes()[:6])
    with pytest.raises(BagError, match='cut short or damaged'):
        BagReader(folder)


def test_what_comes_after_a_damaged_place_is_read(tmp_path: Path) -> None:
    path = write_long(tmp_path / 'bag', StoragePlugin.MCAP, compression=True)
    (file,) = path.glob('*.mcap')
    raw = bytearray(file.read_bytes())
    begin = raw.index(b'\x28\xb5\x2f\xfd', len(raw) // 3)
    raw[begin:begin + 64] = bytes(64)
    file.write_bytes(raw)
    with BagReader(path) as bag:
        read = [int(x.data.split()[0]) for _, x in bag.decoded()]
    assert read == sorted(set(read))
    assert (read[0], read[-1]) == (0, 2999)
    assert 1000 < len(read) < 3000
    assert any('1 damaged parts' in note for note in bag.notes)


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
