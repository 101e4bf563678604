"""Text to words."""

import pytest

from mer_ros.models.text.text_tokens import clean, MAX_CHARACTERS, pieces, spoken, tokens


def test_words_keep_apostrophes_and_runs_of_punctuation():
    assert tokens("I'm SO happy!!! ok?") == ["i'm", 'so', 'happy', '!!!', 'ok', '?']


def test_pieces_keep_their_case():
    assert pieces('I am NOT ok') == ['I', 'am', 'NOT', 'ok']


def test_traces_of_how_the_data_sets_were_prepared_are_removed():
    assert clean('[NAME] said , half - hour \u2019') == "Xname said, half-hour '"
    assert clean('[PERSON]') == clean('[NAME]')


def test_the_end_of_a_long_text_is_kept():
    assert clean('a' * MAX_CHARACTERS + 'the end').endswith('the end')
    assert len(clean('a' * 5 * MAX_CHARACTERS)) == MAX_CHARACTERS


@pytest.mark.parametrize(('text', 'heard'), [
    ("No, I DON'T... \N{FEARFUL FACE}", "no i don't"), ('!?', ''), ('', '')])
def test_spoken_text_has_no_capitals_and_no_punctuation(text, heard):
    assert spoken(text) == heard
