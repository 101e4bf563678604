"""When a node perceived, and when it did not: a log without faces, voices or words."""

from datetime import datetime, timezone
import json
import os
from pathlib import Path

from mer_ros.nodes.base.switch import state_folder

LIMIT = 128 * 1024
"""Bytes of a log; then it becomes the old one, and a new one begins."""


def audit_folder() -> Path:
    """Return the folder of the logs, one a node and an old one."""
    return state_folder() / 'audit'


class AuditLog:
    """Appends an event a line, as JSON: time (UTC), node, event and what it was about.

    ``problem`` says, for the user, why the last event is not kept; '' when all is well.

    Args:
        name: full name of the node, such as '/robot1/face_node'.
        limit: bytes after which the file is put aside; with the old one, twice that is kept.
    """

    def __init__(self, name: str, *, limit: int = LIMIT) -> None:
        self.path = audit_folder() / f'{name.strip("/").replace("/", ".")}.jsonl'
        self.problem = ''
        self._name = name
        self._limit = limit

    def write(self, event: str, about: str = '') -> None:
        """Append an event; where that fails, the node goes on and ``problem`` says why."""
        line = json.dumps({
            'time': datetime.now(timezone.utc).isoformat(timespec='seconds'), 'node': self._name,
            'event': event, **({'about': about} if about else {})})
        try:
            self._append(f'{line}\n'.encode())
            self.problem = ''
        except OSError as error:
            self.problem = f'the audit log is not written: {error}'

    def _append(self, line: bytes) -> None:
        state_folder().mkdir(mode=0o700, parents=True, exist_ok=True)
        self.path.parent.mkdir(mode=0o700, exist_ok=True)
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW
        with open(os.open(self.path, flags, 0o600), 'ab') as file:
            if file.tell() + len(line) <= self._limit:
                file.write(line)
                return
        os.replace(self.path, self.path.with_suffix('.old.jsonl'))
        with open(os.open(self.path, flags | os.O_EXCL, 0o600), 'ab') as file:
            file.write(line)
