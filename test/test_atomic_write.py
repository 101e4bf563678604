"""Files that are whole or not there."""

from collections.abc import Iterator
import errno
import os
from pathlib import Path

import pytest

from mer_ros.atomic_write import write_atomically
from mer_ros.cli.evaluate_run import write_atomically as reports
from mer_ros.evaluation.reports.timeline import plot_timeline


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_file_is_written_and_replaced(tmp_path: Path) -> None:
    write_atomically(tmp_path / 'a.json', 'grün')
    write_atomically(tmp_path / 'a.json', b'new')
    assert (tmp_path / 'a.json').read_bytes() == b'new'
    assert names(tmp_path) == ['a.json']
    umask = os.umask(0)
    os.umask(umask)
    assert (tmp_path / 'a.json').stat().st_mode & 0o777 == 0o666 & ~umask


@pytest.mark.parametrize('step', ['fsync', 'replace'])
def test_on_a_full_disk_the_old_file_stays_and_the_reason_names_it(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    write_atomically(tmp_path / 'states.json', 'old')

    def full(*arguments: object, **options: object) -> None:
        raise OSError(errno.ENOSPC, 'No space left on device')

    monkeypatch.setattr(os, step, full)
    with pytest.raises(OSError, match=r'No space left.*; nothing was changed.*states\.json'):
        reports(tmp_path / 'states.json', 'new')
    assert (tmp_path / 'states.json').read_text() == 'old'
    assert names(tmp_path) == ['states.json']


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r'nothing was changed.*nowhere/a'):
        write_atomically(tmp_path / 'nowhere' / 'a', '')


def test_a_plot_is_written_in_the_format_of_its_name(tmp_path: Path, anna: object) -> None:
    for name, begin in (('a.png', b'\x89PNG'), ('a.svg', b'<?xml'), ('a.pdf', b'%PDF')):
        plot_timeline([anna], tmp_path / name)  # type: ignore[list-item]
        assert (tmp_path / name).read_bytes().startswith(begin)


def test_parts_are_written_one_after_the_other_or_not_at_all(tmp_path: Path) -> None:
    def parts() -> Iterator[str]:
        yield 'new '
        raise RuntimeError('no more')

    file = tmp_path / 'a.txt'
    write_atomically(file, (part for part in ('o', 'ld')))
    with pytest.raises(RuntimeError, match='no more'):
        write_atomically(file, parts())
    assert file.read_text() == 'old'
    assert list(tmp_path.iterdir()) == [file]
