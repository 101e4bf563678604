"""Terminals that know few characters."""

import io

import pytest

from mer_ros.cli.plain_marks import write_plain_marks


@pytest.mark.parametrize('encoding', ['latin-1', 'ascii', 'cp1252'])
def test_marks_that_a_terminal_lacks_become_ascii(encoding: str) -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding=encoding)
    write_plain_marks(stream)
    stream.write('██░ ■ fear 漢')
    stream.flush()
    assert raw.getvalue() == b'##- # fear ?'
