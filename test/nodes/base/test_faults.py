"""What a node logs of what goes wrong."""

from __future__ import annotations

import pytest

pytest.importorskip('rclpy')

from mer_ros.nodes.base.faults import Faults
from mer_ros.nodes.base.meter import Meter
from mer_ros.printable import is_printable


class Log:
    """A logger that remembers."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.warning = self.error = self.lines.append


def test_what_an_error_quotes_moves_no_cursor_and_fills_no_disk() -> None:
    log = Log()
    faults = Faults(Meter(), lambda: log, alive=lambda: True)
    faults.warn('reason', 'bad\n\x1b[2J ' + 'x' * 10**6)
    faults.fail('a job', KeyError('\x1b]0;owned\x07\r' + 'x' * 10**6))
    for line in (log.lines[0], faults.last, log.lines[1].splitlines()[0]):
        assert is_printable(line)
        assert len(line) < 1100
