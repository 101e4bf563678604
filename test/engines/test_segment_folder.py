"""A folder of segments that came from somebody else, or is used by many, or lies on a full disk."""

from collections.abc import Callable
import csv
from dataclasses import asdict, replace
import errno
import json
import multiprocessing
import os
from pathlib import Path
import secrets
from threading import Barrier, Thread

from hypothesis import given, HealthCheck, settings
from hypothesis import strategies as st
import pytest

from mer_ros.engines.segment_folder import Collection, HEADER, INDEX, Item

ITEM = Item('0123abcd', 1, 'text', 'ada', 'lite', '', 'fear', 1.0, 0.5, '', '0123abcd.txt', 5.0)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a collection of one segment, in a folder beside a file that is nobody's business."""
    (tmp_path / 'secret.txt').write_text('mine')
    collection = Collection(tmp_path / 'kept', create=True)
    add(collection, ITEM)
    return tmp_path / 'kept'


def add(collection: Collection, item: Item) -> None:
    with collection.edit() as items:
        for name in item.files:
            collection.write(name, b'words')
        items[item.id] = item


def plant(folder: Path, *rows: object) -> None:
    """Write an index as a stranger may: each row as it is if it is a string, else as JSON."""
    lines = [row if isinstance(row, str) else json.dumps(row) for row in (HEADER, *rows)]
    (folder / INDEX).write_text('\n'.join(lines), errors='surrogatepass')


FOREIGN = ('../secret.txt', '/etc/passwd', 'secret.txt', '..', '.', '0123abcd.sh', '0123abcd.txt/',
           './0123abcd.txt', '0123ABCD.txt', '0123abcd.txt\0', 'ffffffff.txt')


@pytest.mark.parametrize('name', FOREIGN)
@pytest.mark.parametrize('key', ['features', 'media'])
def test_no_name_in_the_index_reaches_another_file(folder: Path, key: str, name: str) -> None:
    plant(folder, {**asdict(ITEM), key: name})
    collection = Collection(folder)
    assert collection.items() == []
    assert collection.broken == 1
    with pytest.raises((ValueError, FileNotFoundError)):
        collection.read(name)
    collection.sweep()
    assert collection.delete_all() == 0
    assert (folder.parent / 'secret.txt').read_text() == 'mine'


def test_links_are_neither_read_nor_written_through_nor_their_targets_deleted(folder: Path) -> None:
    secret = folder.parent / 'secret.txt'
    for name in ('0123abcd.txt', '.lock2', '0123abcd.txt.draft', 'index.jsonl.draft'):
        (folder / name).unlink(missing_ok=True)
        (folder / name).symlink_to(secret)
    collection = Collection(folder)
    with pytest.raises(OSError, match=r'symbolic links'):
        collection.read('0123abcd.txt')
    with collection.edit() as items:
        collection.write('0123abcd.txt', b'new')
        items[ITEM.id] = replace(ITEM, label='fear')
    assert secret.read_text() == 'mine'
    assert collection.read('0123abcd.txt') == b'new'
    collection.delete_all()
    assert secret.read_text() == 'mine'


@pytest.mark.parametrize('name', ['.lock', INDEX])
def test_a_planted_lock_or_index_that_is_a_link_is_refused(folder: Path, name: str) -> None:
    secret = folder.parent / 'secret.txt'
    (folder / name).unlink()
    (folder / name).symlink_to(secret)
    with pytest.raises(OSError, match='symbolic links'):
        Collection(folder).items()
    assert secret.read_text() == 'mine'


def test_a_folder_that_is_a_link_is_refused_and_its_mode_stays(folder: Path) -> None:
    other = folder.parent / 'other'
    other.mkdir(mode=0o755)
    (folder.parent / 'link').symlink_to(other)
    with pytest.raises(ValueError, match='a link to one is not followed'):
        Collection(folder.parent / 'link', create=True)
    assert other.stat().st_mode & 0o777 == 0o755
    assert list(other.iterdir()) == []


BROKEN: dict[str, object] = {
    'nonsense': 'nonsense', 'number': 7, 'deep': '[' * 100_000, 'keys': {}, 'nan': '{"id": NaN}',
    'person': {**asdict(ITEM), 'person_id': 7}, 'huge stamp': {**asdict(ITEM), 'stamp': 10**400},
    'fraction': {**asdict(ITEM), 'stamp': 0.5}, 'infinite': {**asdict(ITEM), 'stored': 1e999},
    'id': {**asdict(ITEM), 'id': '../x'}, 'half a line': json.dumps(asdict(ITEM))[:-9],
    'digits': '{"id": ' + '9' * 10_000 + '}', 'nul': '\0' * 99, 'surrogate': '\udc80'}


@pytest.mark.parametrize('row', BROKEN.values(), ids=BROKEN.keys())
def test_no_line_keeps_anything_from_being_deleted(folder: Path, row: object) -> None:
    plant(folder, row, asdict(replace(ITEM, id='89abcdef', media='89abcdef.txt')))
    (folder / '89abcdef.txt').write_bytes(b'words')
    collection = Collection(folder)
    assert [item.id for item in collection.items()] == ['89abcdef']
    assert collection.broken == 1
    collection.sweep()
    assert {path.name for path in folder.iterdir()} == {'.lock', INDEX, '89abcdef.txt'}
    assert collection.delete_all() == 1
    assert {path.name for path in folder.iterdir()} == {'.lock', INDEX}


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=200))
def test_everything_can_be_deleted_whatever_the_index_holds(folder: Path, content: bytes) -> None:
    (folder / INDEX).write_bytes(content)
    (folder / '0123abcd.npz').write_bytes(b'')
    Collection(folder).delete_all()
    assert {path.name for path in folder.iterdir()} == {'.lock', INDEX}
    assert Collection(folder).items() == []


def test_folders_with_names_of_files_are_left_alone(folder: Path) -> None:
    (folder / 'aaaaaaaa.wav').mkdir()
    collection = Collection(folder)
    collection.sweep()
    assert collection.delete_all() == 1
    assert (folder / 'aaaaaaaa.wav').is_dir()


def test_strings_come_back_printable(folder: Path) -> None:
    plant(folder, {**asdict(ITEM), 'person_id': 'a\rb\x1b]52;c;x\x07' + 'x' * 10**6})
    [item] = Collection(folder).items()
    assert item.person_id.startswith('a?b?]52;c;x?')
    assert len(item.person_id) < 300


def test_a_folder_of_an_earlier_version_is_taken_over(folder: Path) -> None:
    (folder / INDEX).unlink()
    columns = [name for name in Item.__slots__ if name != 'stored']
    with (folder / 'index.csv').open('w', newline='') as file:
        writer = csv.writer(file, lineterminator='\n')
        writer.writerow(columns)
        writer.writerow([getattr(ITEM, name) for name in columns])
        writer.writerow(['89abcdef', 1, 'text', 'a\rb', 'lite', '', 'fear', 1, 1, '', '../x.txt'])
    os.utime(folder / '0123abcd.txt', times=(77.0, 77.0))
    collection = Collection(folder)
    assert collection.items() == [replace(ITEM, stored=77.0)]
    assert not (folder / 'index.csv').exists()


def fill(folder: Path, wait: Callable[[], object]) -> None:
    wait()
    collection = Collection(folder, create=True)
    for _ in range(5):
        name = secrets.token_hex(4)
        add(collection, replace(ITEM, id=name, media=f'{name}.txt'))


def test_several_may_start_in_a_new_folder_at_once_as_threads(tmp_path: Path) -> None:
    for attempt in range(10):
        folder, gate = tmp_path / f'deep/{attempt}', Barrier(6)
        threads = [Thread(target=fill, args=(folder, gate.wait)) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(Collection(folder).items()) == 30


def test_several_may_start_in_a_new_folder_at_once_as_processes(tmp_path: Path) -> None:
    context = multiprocessing.get_context('fork')
    gate = context.Barrier(4)
    children = [context.Process(target=fill, args=(tmp_path / 'kept', gate.wait))
                for _ in range(4)]
    for child in children:
        child.start()
    for child in children:
        child.join()
    assert [child.exitcode for child in children] == [0] * 4
    assert len(Collection(tmp_path / 'kept').items()) == 20


def full(monkeypatch: pytest.MonkeyPatch, until: Callable[[], bool]) -> None:
    """Let nothing be written until a condition holds, as on a full disk."""
    sync = os.fsync

    def fail(file: int) -> None:
        if not until():
            raise OSError(errno.ENOSPC, 'No space left on device')
        sync(file)

    monkeypatch.setattr(os, 'fsync', fail)


def test_on_a_full_disk_the_old_stays_and_the_reason_names_the_file(
        folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    collection = Collection(folder)
    full(monkeypatch, lambda: False)
    before = sorted(path.name for path in folder.iterdir())
    with pytest.raises(OSError, match=r'No space left.*nothing was changed.*ffffffff\.txt'):
        add(collection, replace(ITEM, id='ffffffff', media='ffffffff.txt'))
    assert sorted(path.name for path in folder.iterdir()) == before
    assert collection.items() == [ITEM]


def test_on_a_full_disk_people_can_still_be_deleted(
        folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    collection = Collection(folder)
    full(monkeypatch, lambda: not (folder / '0123abcd.txt').exists())
    with collection.edit() as items:
        items.clear()
    assert {path.name for path in folder.iterdir()} == {'.lock', INDEX}
    assert collection.items() == []
