"""What the demonstration writes, and what it never deletes."""

from pathlib import Path

import pytest

pytest.importorskip('rclpy')

from mer_ros.bags import BagReader
from mer_ros.cli.demo_run import _keep, check_output, run_demo
from mer_ros.data import Emotion


def test_an_earlier_bag_is_replaced(tmp_path: Path, anna: Emotion, ben: Emotion) -> None:
    _keep([anna, anna], tmp_path)
    _keep([ben], tmp_path)
    with BagReader(tmp_path / 'emotion') as reader:
        assert [message.person_id for _, message in reader.decoded()] == ['ben']


@pytest.mark.parametrize('name', ['thesis.txt', '.hidden', 'other.mcap', 'metadata.yaml/x', 'x/y'])
def test_what_it_did_not_write_is_never_deleted(tmp_path: Path, anna: Emotion, name: str) -> None:
    _keep([anna], tmp_path)
    mine = tmp_path / 'emotion' / name
    if '/' in name:
        mine.parent.unlink(missing_ok=True)
    mine.parent.mkdir(exist_ok=True)
    mine.write_text('mine')
    before = sorted(tmp_path.rglob('*'))
    with pytest.raises(ValueError, match='no demo has written, and stays as it is'):
        run_demo(output=tmp_path)
    with pytest.raises(ValueError, match='stays as it is'):
        _keep([anna], tmp_path)
    assert sorted(tmp_path.rglob('*')) == before


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / 'mine').mkdir()
    (tmp_path / 'emotion').symlink_to(tmp_path / 'mine')
    with pytest.raises(ValueError, match='is no folder'):
        check_output(tmp_path / 'emotion')
