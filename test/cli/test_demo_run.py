"""What the demonstration writes and says, and what it never deletes."""

from collections.abc import Callable, Sequence
import os
from pathlib import Path

import cv2
import numpy as np
import pytest

pytest.importorskip('rclpy')

from mer_ros.bags import BagReader
from mer_ros.bags.convert import media_to_bag
from mer_ros.cli import demo_run
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


@pytest.fixture
def say(tmp_path: Path, anna: Emotion, domain: int, monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str]) -> Callable[..., list[str]]:
    """Return what the demonstration prints, as lines, where the graph perceives these states."""
    def printed(source: Path, *, states: Sequence[Emotion] = (anna,)) -> list[str]:
        monkeypatch.setattr(demo_run, '_perceive', lambda *_: (list(states), {'face': 1}, []))
        status = run_demo(str(source), output=tmp_path / 'output', domain=domain)
        assert status == (0 if states else 1)
        return capsys.readouterr().out.splitlines()

    for name in ('XDG_STATE_HOME', 'FASTRTPS_DEFAULT_PROFILES_FILE',
                 'ROS_AUTOMATIC_DISCOVERY_RANGE'):
        monkeypatch.setenv(name, os.environ.get(name, ''))  # the demonstration sets them
    return printed


def cut_picture(path: Path) -> Path:
    """Write a picture of which the end is missing."""
    noise = np.random.default_rng(0).integers(0, 255, (120, 160, 3), dtype=np.uint8)
    data = cv2.imencode('.jpg', noise)[1].tobytes()
    path.write_bytes(data[:len(data) * 2 // 3])
    return path


@pytest.mark.parametrize('perceives', [True, False])
def test_what_is_damaged_is_said_at_the_end_also_where_nothing_is_perceived(
        tmp_path: Path, anna: Emotion, say: Callable[..., list[str]], perceives: bool) -> None:
    lines = say(cut_picture(tmp_path / 'cut.jpg'), states=[anna] if perceives else [])
    damage = next(index for index, line in enumerate(lines) if line.startswith('the image is '))
    assert damage > next(index for index, line in enumerate(lines) if line.startswith('input '))
    assert any(line.startswith('emotion bag:') for line in lines[damage:]) == perceives


def test_topics_that_are_taken_and_not_and_what_a_bag_lacks_are_said_at_the_end(
        tmp_path: Path, say: Callable[..., list[str]]) -> None:
    cv2.imwrite(str(tmp_path / 'grey.png'), np.full((120, 160, 3), 128, np.uint8))
    media_to_bag(tmp_path / 'grey.png', tmp_path / 'bag')
    (tmp_path / 'bag' / 'metadata.yaml').unlink()
    lines = say(tmp_path / 'bag')
    taken = next(index for index, line in enumerate(lines) if line.startswith('face from /image'))
    assert any('has no metadata.yaml' in line for line in lines[taken:])
    assert any(line.startswith('emotion bag:') for line in lines[taken:])
