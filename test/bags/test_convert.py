"""Media files as bags."""

from pathlib import Path

import cv2
import numpy as np
import pytest
import soundfile

from mer_ros.bags import BagError, BagReader
from mer_ros.bags.convert import media_to_bag
from mer_ros.bags.input_bag import BAG_START
from mer_ros.data import NANOSECONDS


def write_sound(path: Path, seconds: float = 1.0) -> Path:
    soundfile.write(path, np.sin(np.arange(round(8000 * seconds)) / 5) / 2, 8000)
    return path


@pytest.mark.parametrize('storage', ['mcap', 'sqlite3'])
def test_sound_becomes_a_bag_with_times_of_its_own(tmp_path: Path, storage: str) -> None:
    counts = media_to_bag(write_sound(tmp_path / 'a.wav'), tmp_path / 'bag', storage=storage)
    with BagReader(tmp_path / 'bag') as bag:
        chunks = [message for _, message in bag.decoded(topics=['/audio'])]
        assert bag.end == BAG_START + NANOSECONDS
    assert counts == {'/audio': len(chunks)}
    assert chunks[0].header.stamp.sec == BAG_START // NANOSECONDS
    assert sum(len(chunk.data) for chunk in chunks) == 2 * 8000


def test_the_transcript_ends_with_the_sound(tmp_path: Path) -> None:
    media_to_bag(write_sound(tmp_path / 'a.wav'), tmp_path / 'bag', transcript=' so good \n')
    with BagReader(tmp_path / 'bag') as bag:
        ((received, words),) = bag.decoded(topics=['/transcript'])
    assert received.stamp == BAG_START + NANOSECONDS
    assert (words.text, words.window.sec) == ('so good', 1)


def test_an_image_becomes_a_bag(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / 'a.png'), np.full((32, 48, 3), 99, np.uint8))
    counts = media_to_bag(tmp_path / 'a.png', tmp_path / 'bag')
    assert set(counts) == {'/image/compressed'}


def test_the_same_file_gives_the_same_messages(tmp_path: Path) -> None:
    sound = write_sound(tmp_path / 'a.wav')
    bags = []
    for name in ('one', 'two'):
        media_to_bag(sound, tmp_path / name, transcript='hello')
        with BagReader(tmp_path / name) as bag:
            bags.append(list(bag.messages()))
    assert bags[0] == bags[1]


def test_a_file_that_is_not_there_leaves_no_bag(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        media_to_bag(tmp_path / 'no.wav', tmp_path / 'bag')
    assert not (tmp_path / 'bag').exists()


def test_an_existing_bag_is_kept(tmp_path: Path) -> None:
    with pytest.raises(BagError, match='exists already'):
        media_to_bag(write_sound(tmp_path / 'a.wav'), tmp_path)
