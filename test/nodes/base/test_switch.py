"""Off stays off."""

import os
import stat

import pytest

from mer_ros.nodes.base.switch import state_folder, Switch

NAME = '/robot/face_node'


@pytest.mark.parametrize('default', [True, False])
def test_without_a_state_that_was_kept_the_parameter_decides(default):
    switch = Switch(NAME, default=default)
    assert (switch.is_on, switch.problem) == (default, '')
    assert not state_folder().exists(), 'reading writes nothing'


@pytest.mark.parametrize('is_on', [True, False])
def test_the_last_word_is_kept_whatever_the_parameter_says(is_on):
    Switch(NAME, default=True).set(not is_on)
    Switch(NAME, default=True).set(is_on)
    assert Switch(NAME, default=not is_on).is_on == is_on


def test_every_node_has_a_switch_of_its_own():
    for name in ('/a/b', '/a_b', '/b'):
        Switch(name, default=True).set(False)
        assert Switch('/a/c', default=True).is_on
    Switch('/a_b', default=True).set(True)
    assert not Switch('/a/b', default=True).is_on


def test_only_the_user_may_read_the_folder_and_no_draft_is_left():
    Switch(NAME, default=True).set(False)
    assert stat.S_IMODE(state_folder().stat().st_mode) == 0o700
    assert [path.name for path in (state_folder() / 'switch').iterdir()] == ['robot.face_node']


@pytest.mark.parametrize('content', [b'', b'of', b'on', b'on\n\n', b'\xff\xfe', b'true\n'])
def test_what_is_neither_on_nor_off_means_off(content):
    Switch(NAME, default=True).set(True)
    (state_folder() / 'switch' / 'robot.face_node').write_bytes(content)
    switch = Switch(NAME, default=True)
    assert not switch.is_on
    assert 'call ~/enable' in switch.problem
    switch.set(True)
    assert (switch.problem, Switch(NAME, default=False).is_on) == ('', True)


def test_what_cannot_be_read_means_off():
    (state_folder() / 'switch' / 'robot.face_node').mkdir(parents=True)
    switch = Switch(NAME, default=True)
    assert not switch.is_on
    assert 'cannot be read' in switch.problem


def test_a_state_that_cannot_be_kept_holds_for_now_and_is_told(monkeypatch, tmp_path):
    (tmp_path / 'file').write_text('no folder')
    monkeypatch.setenv('XDG_STATE_HOME', str(tmp_path / 'file'))
    switch = Switch(NAME, default=True)
    switch.set(False)
    assert not switch.is_on
    assert 'will be forgotten' in switch.problem


def test_a_write_that_is_cut_short_leaves_the_old_state(monkeypatch):
    Switch(NAME, default=True).set(False)

    def fail(*names, **folders):
        raise OSError('power cut')

    with monkeypatch.context() as broken:
        broken.setattr(os, 'replace', fail)
        Switch(NAME, default=True).set(True)
    assert not Switch(NAME, default=True).is_on


def test_a_folder_that_is_not_absolute_is_not_used(monkeypatch):
    monkeypatch.setenv('XDG_STATE_HOME', 'here')
    monkeypatch.setenv('HOME', '/robots/ana')
    assert str(state_folder()) == '/robots/ana/.local/state/mer_ros'
