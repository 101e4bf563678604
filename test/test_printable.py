"""What strangers write must not move a cursor, turn the direction of writing or hide."""

import unicodedata

from hypothesis import given
from hypothesis import strategies as st
import pytest

from mer_ros.data import BadInput, LONGEST_MESSAGE
from mer_ros.printable import is_printable, printable

HOSTILE = {
    'escape': '\x1b[2J', 'title': '\x1b]0;owned\x07', 'clipboard': '\x1b]52;c;ZXZpbA==\x07',
    'line end': 'a\nb', 'return': 'a\rb', 'c1': '\x9b31m', 'bidi': '\u202eevil',
    'isolate': '\u2066x',
    'hidden': 'se\u200bcret', 'separator': 'a\u2028b', 'half a pair': '\ud83d', 'nul': 'a\0b',
    'delete': 'a\x7f', 'tag': '\U000e0041'}


@pytest.mark.parametrize('text', HOSTILE.values(), ids=HOSTILE.keys())
def test_what_could_move_the_cursor_or_hide_becomes_a_question_mark(text: str) -> None:
    assert not is_printable(text)
    assert is_printable(printable(text))
    assert '?' in printable(text)


@pytest.mark.parametrize('text', [
    '', 'face_1', 'Ada Lovelace', 'wie schön', '悲しい', '👩‍🚒', 'می‌خواهم'])
def test_what_people_write_stays(text: str) -> None:
    assert printable(text) == text


def test_what_is_too_long_is_cut() -> None:
    assert printable('x' * 1_000_000, 10) == 'xxxxxxxxxx...'


@given(st.text(alphabet=st.characters(exclude_categories=()), max_size=50))
def test_nothing_else_comes_out(text: str) -> None:
    shown = printable(text)
    assert len(shown) == len(text)
    assert not [c for c in shown if unicodedata.category(c) in ('Cc', 'Cs', 'Zl', 'Zp', 'Cn', 'Co')]
    assert not [c for c in shown if unicodedata.bidirectional(c) in (
        'LRE', 'RLE', 'LRO', 'RLO', 'PDF', 'LRI', 'RLI', 'FSI', 'PDI')]


def test_an_error_may_quote_anything() -> None:
    error = BadInput('reason', 'the text \x1b[2J' + 'x' * 10**6)
    assert is_printable(str(error))
    assert len(str(error)) <= LONGEST_MESSAGE + len('...')
