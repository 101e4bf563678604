"""Bags without definitions, as Humble writes them, hold what the adapters read."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
import sqlite3
from typing import Any

import numpy as np
import pytest
from rosbags.rosbag2 import StoragePlugin, Writer
from rosbags.typesys.store import Typestore

from mer_ros.bags import BagReader
from mer_ros.bags.foreign_types import stores_of
from mer_ros.bags.typestore import typestore
from mer_ros.data import NANOSECONDS
from mer_ros.messages.adapters import AUDIO_TYPES, TRANSCRIPT_TYPES, words_from
from mer_ros.messages.sound_reader import SoundReader

START = 20 * NANOSECONDS
PREFIX = 'audio_common_msgs/msg/'


def write(folder: Path, msgtype: str, rows: list[bytes]) -> Path:
    """Write a bag whose storage says nothing of its types."""
    with Writer(folder / 'bag', version=8, storage_plugin=StoragePlugin.SQLITE3) as writer:
        connection = writer.add_connection('/topic', msgtype, msgdef='none', rihs01='RIHS01_0')
        for index, row in enumerate(rows):
            writer.write(connection, START + index * NANOSECONDS, row)
    with closing(sqlite3.connect(next((folder / 'bag').glob('*.db3')))) as database:
        database.execute('DELETE FROM message_definitions')
        database.commit()
    return folder / 'bag'


def read(folder: Path, store: Typestore, msgtype: str, **fields: Any) -> Any:
    """Send a message through such a bag."""
    sent = store.types[msgtype](**fields)
    with BagReader(write(folder, msgtype, [bytes(store.serialize_cdr(sent, msgtype))])) as bag:
        ((_, message),) = bag.decoded()
        assert not bag.skipped
    return message


def header(store: Typestore) -> Any:
    return store.types['std_msgs/msg/Header'](
        stamp=store.types['builtin_interfaces/msg/Time'](sec=20, nanosec=0), frame_id='ears')


def audio_data(store: Typestore, name: str, samples: np.ndarray) -> Any:
    """Return AudioData of mgonzs13."""
    kinds = {'float32_data': np.float32, 'int32_data': np.int32, 'int16_data': np.int16,
             'int8_data': np.int8, 'uint8_data': np.uint8}
    return store.types[f'{PREFIX}AudioData'](**{
        field: samples.astype(kind) if field == name else np.empty(0, kind)
        for field, kind in kinds.items()})


@pytest.mark.parametrize('msgtype', [*AUDIO_TYPES, *TRANSCRIPT_TYPES, f'{PREFIX}AudioInfo'])
def test_every_type_that_is_read_is_known(msgtype: str) -> None:
    assert msgtype in typestore().fielddefs or stores_of(msgtype)


@pytest.mark.parametrize('length', [0, 1, 2, 3, 4, 20, 640, 641])
def test_bytes_of_ros_drivers_are_heard(tmp_path: Path, length: int) -> None:
    message = read(tmp_path, stores_of(f'{PREFIX}AudioData')[0], f'{PREFIX}AudioData',
                   data=np.arange(length).astype(np.uint8))
    block = SoundReader().read(message, kind=f'{PREFIX}AudioData', arrival=START)
    assert len(block.samples) == length // 2


@pytest.mark.parametrize(('number', 'name'), [(1, 'float32_data'), (8, 'int16_data')])
@pytest.mark.parametrize('length', [0, 1, 512])
def test_samples_of_the_other_audio_common_are_heard(
    tmp_path: Path, number: int, name: str, length: int
) -> None:
    (store,) = stores_of(f'{PREFIX}AudioStamped')
    audio = store.types[f'{PREFIX}Audio'](
        audio_data=audio_data(store, name, np.zeros(length)),
        info=store.types[f'{PREFIX}AudioInfo'](format=number, channels=1, rate=16000, chunk=512))
    message = read(tmp_path, store, f'{PREFIX}AudioStamped', header=header(store), audio=audio)
    assert len(SoundReader().read(message, kind=f'{PREFIX}AudioStamped').samples) == length


@pytest.mark.parametrize('length', [0, 1, 3, 4, 512])
def test_the_two_packages_of_one_name_are_told_apart_by_their_bytes(
    tmp_path: Path, length: int
) -> None:
    other = stores_of(f'{PREFIX}AudioData')[1]
    data = audio_data(other, 'int16_data', np.ones(length))
    message = read(tmp_path, other, f'{PREFIX}AudioData', **{
        field: getattr(data, field) for field in (
            'float32_data', 'int32_data', 'int16_data', 'int8_data', 'uint8_data')})
    assert len(message.int16_data) == length


@pytest.mark.parametrize(('which', 'fields', 'rate'), [
    (0, {'channels': 1, 'sample_rate': 44100, 'sample_format': 'S16LE', 'bitrate': 128,
         'coding_format': 'wave'}, 44100),
    (1, {'format': 8, 'channels': 1, 'rate': 48000, 'chunk': 512}, 48000)])
def test_what_a_driver_says_is_read(
    tmp_path: Path, which: int, fields: dict[str, Any], rate: int
) -> None:
    message = read(tmp_path, stores_of(f'{PREFIX}AudioInfo')[which], f'{PREFIX}AudioInfo', **fields)
    reader = SoundReader()
    reader.inform(message)
    assert reader.raw.sample_rate == rate


@pytest.mark.parametrize(('which', 'language'), [(0, {'language': ''}), (0, {'language': 'de'}),
                                                 (1, {})])
def test_live_speech_of_every_release_is_read(
    tmp_path: Path, which: int, language: dict[str, str]
) -> None:
    kind = 'hri_msgs/msg/LiveSpeech'
    store = stores_of(kind)[which]
    message = read(tmp_path, store, kind, header=header(store), incremental='', final='I am glad',
                   confidence=0.5, **language)
    words = words_from(message, kind=kind)
    assert words is not None
    assert (words.text, words.confidence, words.language) == (
        'I am glad', 0.5, language.get('language', ''))


def test_bytes_that_no_definition_takes_are_skipped_with_the_type(tmp_path: Path) -> None:
    with BagReader(write(tmp_path, f'{PREFIX}AudioData', [b'\0\1\0\0\xff\0\0\0'])) as bag:
        assert list(bag.decoded()) == []
        assert 'AudioData' in bag.first_skipped['/topic']
