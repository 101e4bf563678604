"""The types that bags are read and written with."""

from pathlib import Path
import sys

import pytest

from mer_ros import share
from mer_ros.bags import BagError
from mer_ros.bags.typestore import typestore


def test_every_message_file_of_the_package_is_a_type(repository: Path) -> None:
    names = {f'mer_ros/msg/{path.stem}' for path in (repository / 'msg').glob('*.msg')}
    assert len(names) >= 6
    assert names <= set(typestore().fielddefs)


def test_the_store_is_made_once() -> None:
    assert typestore() is typestore()


def test_a_message_survives_serialisation() -> None:
    store = typestore()
    time = store.types['builtin_interfaces/msg/Time'](sec=5, nanosec=6)
    header = store.types['std_msgs/msg/Header'](stamp=time, frame_id='mic')
    transcript = store.types['mer_ros/msg/Transcript'](
        header=header, person_id='ada', text='grüß dich', language='de', confidence=0.5,
        window=store.types['builtin_interfaces/msg/Duration'](sec=1, nanosec=0))
    raw = store.serialize_cdr(transcript, 'mer_ros/msg/Transcript')
    assert store.deserialize_cdr(raw, 'mer_ros/msg/Transcript') == transcript


def test_missing_definitions_are_an_error_that_names_the_places(monkeypatch):
    monkeypatch.setattr(share, '__file__', '/nowhere/mer_ros/share.py')
    monkeypatch.setattr(sys, 'prefix', '/nowhere/venv')
    monkeypatch.setenv('AMENT_PREFIX_PATH', '/nowhere/ros')
    with pytest.raises(BagError, match=r'/nowhere/ros.*/nowhere/venv.*build the package'):
        typestore.__wrapped__()
