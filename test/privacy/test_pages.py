"""Every promise that the pages make names a test that exists."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path
import re

import pytest

PAGES = ('PRIVACY.md', 'RELIABILITY.md')
NAMED = re.compile(r'`(test/[\w/]+\.py)::(\w+)`')


@cache
def named_in(file: Path) -> frozenset[str]:
    return frozenset(node.name for node in ast.walk(ast.parse(file.read_text(encoding='utf-8')))
                     if isinstance(node, ast.FunctionDef))


@pytest.mark.parametrize('page', PAGES)
def test_every_test_that_a_page_names_exists(repository: Path, page: str) -> None:
    named = NAMED.findall((repository / 'doc' / page).read_text(encoding='utf-8'))
    assert len(named) > 15
    assert [f'{file}::{test}' for file, test in named if not (repository / file).is_file()
            or test not in named_in(repository / file)] == []


@pytest.mark.parametrize('page', PAGES)
def test_every_row_of_promises_names_a_test(repository: Path, page: str) -> None:
    """A table of promises has `promise` for its first heading; one of figures names commands."""
    inside = False
    for line in (repository / 'doc' / page).read_text(encoding='utf-8').splitlines():
        if not line.startswith('|'):
            inside = False
        elif line.startswith('| promise |') and '| command |' not in line:
            inside = True
        elif inside and not line.startswith('|---'):
            assert NAMED.search(line), line
