"""A list that does not stay in memory."""

import os
import tracemalloc

import pytest

from mer_ros.spilled import Spilled


def test_it_reads_like_a_list():
    items = [{'n': number} for number in range(10)]
    spilled = Spilled(items[:3])
    spilled.extend(items[3:])
    assert list(spilled) == items
    assert len(spilled) == 10
    assert spilled[-1] == {'n': 9}
    assert spilled[2:8:3] == items[2:8:3]
    assert spilled[20:] == []
    assert not Spilled()
    with pytest.raises(IndexError):
        spilled[10]


def test_items_may_be_added_while_others_are_read():
    spilled = Spilled(['a', 'b'])
    read = iter(spilled)
    assert next(read) == 'a'
    spilled.extend(['c'])
    assert next(read) == 'b'
    assert spilled[2] == 'c'


def test_what_is_kept_takes_next_to_no_memory():
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        spilled = Spilled(bytes(10_000) for _ in range(1_000))
        assert tracemalloc.get_traced_memory()[0] - before < 500_000
    finally:
        tracemalloc.stop()
    assert sum(map(len, spilled)) == 10_000_000


def test_nobody_else_finds_the_file():
    spilled = Spilled(['secret'])
    status = os.fstat(spilled._file.fileno())
    assert status.st_nlink == 0
    assert status.st_mode & 0o077 == 0
