"""What the executable bringup makes of its arguments."""

import pytest

pytest.importorskip('rclpy')

from mer_ros.nodes import bringup


@pytest.mark.parametrize('value', ['true', 'false'])
def test_an_option_renames_no_topic(monkeypatch, value):
    given = []
    monkeypatch.setattr(bringup, 'run', lambda makers, args: given.append(args) or 0)
    settings = ['--ros-args', '-r', 'image:=camera']
    assert bringup.main(['bringup', f'response:={value}', 'lddu:=true', *settings]) == 0
    assert given == [['bringup', *settings]]


def test_an_unknown_option_is_refused_with_the_known_ones(monkeypatch, capsys):
    monkeypatch.setattr(bringup, 'run', lambda makers, args: 0)
    assert bringup.main(['bringup', 'respond:=true']) == 2
    assert 'response:=true|false' in capsys.readouterr().err
