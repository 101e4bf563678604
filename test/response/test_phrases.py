"""Finding phrases in what is said."""

import pytest

from mer_ros.response.phrases import Phrases, plain


def test_case_accents_punctuation_and_apostrophes_do_not_matter():
    assert plain("  Don't, JOSÉ -- stop!\n") == 'dont jose stop'
    assert plain('Don’t') == plain("don't")
    assert plain('¿Qué? 😀') == 'que'


@pytest.mark.parametrize(('text', 'found'), [
    ('I want to die.', True), ('I WANT... to die', True), ('suicidal thoughts', True),
    ('I want to diet', False), ('my skill set', False), ('kill', True), ('', False),
    ('a.*b', False), ("I don't care", True)])
def test_whole_words_are_found_and_a_star_is_the_rest_of_one(text, found):
    assert Phrases(['want to die', 'suicid*', 'kill', 'dont care']).occur_in(text) == found


def test_an_empty_list_finds_nothing():
    assert not Phrases([]).occur_in('anything')


def test_signs_of_regular_expressions_mean_nothing():
    assert not Phrases(['c(a|b)+']).occur_in('caab')


@pytest.mark.parametrize('text', [
    'kill my self', 'k\u200bill my\u00adself', 'k i l l  m y s e l f', 'kіll mуself', 'Κill mysеlf',
    'K\u0338ILL MYSELF', 'ᴋɪʟʟ myself', 'ｋｉｌｌ myself', 'k\u2060ill myse\u1160lf',
    '𝐤𝐢𝐥𝐥 𝐦𝐲𝐬𝐞𝐥𝐟'])
def test_a_phrase_is_found_however_it_is_disguised(text):
    assert Phrases(['kill myself', 'suicid*']).occur_in(f'I will {text} today')


@pytest.mark.parametrize('text', [
    'skill myself', 'kill mysel', 'kill myselfish', 'я иду домой', 'di e'])
def test_what_only_resembles_a_phrase_is_not_found(text):
    assert not Phrases(['kill myself', 'suicid*', 'die']).occur_in(text)
