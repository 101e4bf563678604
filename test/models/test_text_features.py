"""Sentences to sets of hashes."""

import zlib

import numpy as np
import pytest

from mer_ros.models.text_features import CHARACTER_GRAMS, clean, features, MAX_CHARACTERS, tokens


def test_words_keep_apostrophes_and_runs_of_punctuation():
    assert tokens("I'm SO happy!!! ok?") == ["i'm", 'so', 'happy', '!!!', 'ok', '?']


def test_traces_of_how_the_data_sets_were_prepared_are_removed():
    assert clean('[NAME] said , half - hour \u2019') == "Xname said, half-hour '"
    assert clean('[PERSON]') == clean('[NAME]')


def test_features_hold_words_and_pairs():
    found = features('Good day')
    for gram in ('good', 'day', '< good', 'good day', 'day >'):
        assert zlib.crc32(gram.encode()) in found


def test_character_grams_never_cross_words():
    # Of two words, the features are those of each alone, and pairs.
    def grams(text):
        words = tokens(text)
        named = {zlib.crc32(g.encode()) for g in (
            *words, *map(' '.join, zip(['<', *words], [*words, '>'], strict=True)))}
        return {int(h) for h in features(text)} - named
    style = grams('x') | grams('x y')
    assert grams('river stone') - style == (grams('river') | grams('stone')) - style


@pytest.mark.parametrize('word', ['a', 'be', 'river', 'aaaa', '\N{GRINNING FACE}'])
def test_a_word_has_all_its_distinct_character_grams(word):
    bordered = f'<{word}>'
    expected = {bordered[i:i + size] for size in CHARACTER_GRAMS
                for i in range(len(bordered) - size + 1)}
    # The word, two pairs, and the traits of style come on top.
    traits = features(word).size - len(expected) - 3
    assert 1 <= traits <= 3


def test_hashes_are_sorted_distinct_and_the_same_in_every_process():
    found = features('the cat and the cat')
    assert found.dtype == np.uint32
    assert (np.diff(found.astype(np.int64)) > 0).all()
    assert zlib.crc32(b'cat') in found


@pytest.mark.parametrize('text', ['', '   ', '\x00\x01\x1f', '\n\t'])
def test_a_text_without_words_has_no_features(text):
    assert features(text).size == 0


@pytest.mark.parametrize('text', ['\udc80\ud83d', '\N{GRINNING FACE}' * 3, '\u200b\u202e', 'ẞİß',
                                  '\x01' * 50 + 'a'])
def test_any_string_has_features_or_none(text):
    assert features(text).dtype == np.uint32


def test_only_the_end_of_a_long_text_counts():
    end = 'b ' * (MAX_CHARACTERS // 2)
    assert (features('angry ' * 200000 + end) == features(end)).all()
