"""The audit log: what happened, bounded, and nobody's face, voice or words."""

import json
import stat

from mer_ros.nodes.base.audit import audit_folder, AuditLog


def events(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_an_event_is_a_line_with_its_time():
    log = AuditLog('/robot/face_node')
    log.write('perceiving', 'yes')
    log.write('stop')
    assert log.path == audit_folder() / 'robot.face_node.jsonl'
    first, second = events(log.path)
    assert first.pop('time').endswith('+00:00')
    assert first == {'node': '/robot/face_node', 'event': 'perceiving', 'about': 'yes'}
    assert second['event'] == 'stop'
    assert stat.S_IMODE(log.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(audit_folder().stat().st_mode) == 0o700


def test_a_log_goes_on_after_a_restart():
    for _ in range(2):
        AuditLog('/face_node').write('perceiving', 'yes')
    assert len(events(AuditLog('/face_node').path)) == 2


def test_a_full_log_is_put_aside_once():
    log = AuditLog('/face_node', limit=1000)
    for number in range(100):
        log.write('perceiving', str(number))
    old = log.path.with_suffix('.old.jsonl')
    assert {path.name for path in audit_folder().iterdir()} == {log.path.name, old.name}
    assert log.path.stat().st_size <= 1000
    assert old.stat().st_size <= 1000
    numbers = [int(event['about']) for path in (old, log.path) for event in events(path)]
    assert numbers == list(range(numbers[0], 100))


def test_a_log_that_cannot_be_written_is_told_and_stops_nothing(monkeypatch, tmp_path):
    (tmp_path / 'file').write_text('no folder')
    monkeypatch.setenv('XDG_STATE_HOME', str(tmp_path / 'file'))
    log = AuditLog('/face_node')
    log.write('perceiving', 'yes')
    assert 'audit log is not written' in log.problem


def test_a_link_is_not_followed(tmp_path):
    log = AuditLog('/face_node')
    audit_folder().mkdir(parents=True)
    (tmp_path / 'other').write_text('')
    log.path.symlink_to(tmp_path / 'other')
    log.write('perceiving', 'yes')
    assert log.problem
    assert (tmp_path / 'other').read_text() == ''
