"""Sentences to sets of hashes."""

import zlib

import numpy as np
import pytest

from mer_ros.models.text.text_features import (
    CHARACTER_GRAMS,
    features,
    MAX_WORDS,
    PARTS,
    word_features,
)
from mer_ros.models.text.text_tokens import MAX_CHARACTERS, tokens


def test_features_hold_words_pairs_and_triples():
    found = features('Good day')
    for gram in ('good', 'day', '< good', 'good day', 'day >', '< good day', 'good day >'):
        assert zlib.crc32(gram.encode()) in found


def test_character_grams_never_cross_words():
    # Of two words, the features are those of each alone, pairs and triples.
    def grams(text):
        words = tokens(text)
        named = {zlib.crc32(g.encode()) for g in (
            *words, *(' '.join(bordered[i:i + n]) for bordered in [['<', *words, '>']]
                      for n in (2, 3) for i in range(len(bordered) - n + 1)))}
        return {int(h) for h in features(text)} - named
    style = grams('x') | grams('x y')
    assert grams('river stone') - style == (grams('river') | grams('stone')) - style


@pytest.mark.parametrize('word', ['a', 'be', 'river', 'aaaa', '\N{GRINNING FACE}'])
def test_a_word_has_all_its_distinct_character_grams(word):
    bordered = f'<{word}>'
    expected = {bordered[i:i + size] for size in CHARACTER_GRAMS
                for i in range(len(bordered) - size + 1)}
    # The word, two pairs, a triple, and the traits of style come on top.
    traits = features(word).size - len(expected) - 4
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


def test_a_meaning_and_its_negation_are_different_features():
    plain, turned = set(features('I am happy')), set(features('I am not happy'))
    assert zlib.crc32(b'\x02joy False') in plain - turned
    assert zlib.crc32(b'\x02joy True') in turned - plain
    assert zlib.crc32(b'\x03happy') in turned - plain


def test_each_word_has_a_row_that_is_filled_up_with_nothing():
    rows = word_features('Oh NO!')
    assert rows.shape == (3, PARTS)
    assert rows.dtype == np.uint32
    assert (rows[:, 0] == rows[0, 0]).all()
    assert (rows[:, 1] == [zlib.crc32(word) for word in (b'woh', b'wno', b'w!')]).all()
    assert (rows[2, 2:] == 0).all()


def test_words_of_the_same_meaning_share_a_feature():
    petrified, scared = word_features('petrified scared')
    assert zlib.crc32(b'\x02fear') in set(petrified) & set(scared)


def test_a_negated_word_and_a_shouted_one_are_marked():
    quiet, loud = word_features('good')[0], word_features('not GOOD')[1]
    added = set(loud) - set(quiet)
    assert added == {zlib.crc32(b'\x03negated'), zlib.crc32(b'\x03shout')}


@pytest.mark.parametrize('text', ['', ' ', '\udc80', 'x' * 2000, 'word ' * 500, '_', '\u0130'])
def test_any_string_has_rows_for_its_last_words(text):
    rows = word_features(text)
    assert rows.shape[0] <= MAX_WORDS
    assert rows.shape[1] == PARTS
