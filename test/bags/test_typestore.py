"""The types that bags are read and written with."""

from pathlib import Path
import sys

import pytest

from mer_ros.bags import BagError
from mer_ros.bags import typestore as module
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


def test_definitions_of_an_installation_are_found_through_the_ament_prefix(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    share = tmp_path / 'prefix' / 'share' / 'mer_ros'
    share.mkdir(parents=True)
    (share / 'msg').symlink_to(repository / 'msg')
    _pretend_to_be_installed(monkeypatch, tmp_path)
    monkeypatch.setenv('AMENT_PREFIX_PATH', f'/nowhere:{tmp_path / "prefix"}')
    assert 'mer_ros/msg/EmotionState' in typestore.__wrapped__().fielddefs


def test_missing_definitions_are_an_error_that_names_the_places(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _pretend_to_be_installed(monkeypatch, tmp_path)
    monkeypatch.setenv('AMENT_PREFIX_PATH', str(tmp_path))
    with pytest.raises(BagError, match=f'{tmp_path}.*build the package'):
        typestore.__wrapped__()


def _pretend_to_be_installed(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    monkeypatch.setattr(module, '__file__',
                        str(folder / 'site-packages' / 'mer_ros' / 'bags' / 'typestore.py'))
    monkeypatch.setattr(sys, 'prefix', str(folder / 'venv'))
