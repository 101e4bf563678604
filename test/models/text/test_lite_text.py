"""The built-in text model: contract, robustness, and what it must know."""

import numpy as np
import pytest

from mer_ros.emotions import EMOTIONS
from mer_ros.evaluation.datasets.text_sets import load
from mer_ros.evaluation.evaluate import evaluate_dataset
from mer_ros.fusion.logspace import softmax
from mer_ros.models import load_model
from mer_ros.models.protocols import HasFeatures
from mer_ros.models.session import WEIGHTS
from mer_ros.models.text.english_text import BATCH, indices_of, padded, places_of, stacked
from mer_ros.models.text.lite_text import LiteText
from mer_ros.models.text.text_features import MAX_WORDS, PARTS
from mer_ros.models.text.text_tokens import spoken


@pytest.fixture(scope='module')
def model():
    return load_model('text', 'lite')


def test_the_model_names_the_seven_emotions(model):
    assert model.name == 'lite'
    assert model.labels == EMOTIONS


PLAIN = [
    ('I am so angry at you!', 'anger'),
    ('That is disgusting.', 'disgust'),
    ('I am scared, I am terrified.', 'fear'),
    ('Thank you so much, I love it!', 'happiness'),
    ('The meeting is on Tuesday at the office.', 'neutral'),
    ('I am so sad, I miss her and I cry.', 'sadness'),
    ('Wow, what a surprise!', 'surprise'),
]


@pytest.mark.parametrize(('text', 'emotion'), PLAIN)
def test_plain_sentences_are_understood(model, text, emotion):
    assert EMOTIONS[int(model.logits([text])[0].argmax())] == emotion


@pytest.mark.parametrize(('text', 'emotion'), PLAIN)
def test_plain_sentences_are_understood_without_capitals_and_punctuation(model, text, emotion):
    assert EMOTIONS[int(model.logits([spoken(text)])[0].argmax())] == emotion


@pytest.mark.parametrize(('text', 'emotion'), [
    ('I am petrified of heights.', 'fear'),
    ('She was sobbing all night.', 'sadness'),
])
def test_rare_words_are_understood_by_their_meaning(model, text, emotion):
    assert EMOTIONS[int(model.logits([text])[0].argmax())] == emotion


@pytest.mark.parametrize(('plain', 'negated', 'emotion'), [
    ('I am happy about this.', 'I am not happy about this.', 'happiness'),
    ('I am very happy with it.', 'I am not really very happy with it.', 'happiness'),
    ('I like your idea.', "I don't like your idea.", 'happiness'),
    ('This is good.', 'This is not good at all.', 'happiness'),
    ('That is nice.', 'That is not nice.', 'happiness'),
    ('I was impressed.', 'I was not impressed.', 'happiness'),
    ('I am afraid of you.', 'I am not afraid of you.', 'fear'),
])
def test_a_negation_takes_from_the_emotion_that_it_denies(model, plain, negated, emotion):
    before, after = softmax(model.logits([plain, negated]))[:, EMOTIONS.index(emotion)]
    assert after < 0.75 * before


@pytest.mark.parametrize('text', [
    '', ' ', '\x00\x07\x1b[0m', '\N{GRINNING FACE}' * 20, '\udc80 half \ud83d', 'x' * 1_000_000,
    'no ' * 400_000, '[NAME]', '\u202eright to left', '\u6f22\u5b57', '!' * 5000, 'NaN', '\ufffd',
])
def test_any_string_gets_finite_logits(model, text):
    logits = model.logits([text])
    assert logits.shape == (1, 7)
    assert logits.dtype == np.float32
    assert np.isfinite(logits).all()


def test_a_batch_gives_what_single_sentences_give(model):
    texts = ['I love this', '', 'what?', 'go away ' * 50] * (BATCH // 2)
    together = model.logits(texts)
    assert together.shape == (len(texts), 7)
    for index in range(4):
        assert together[index] == pytest.approx(model.logits([texts[index]])[0], abs=1e-4)


def test_no_sentence_gives_no_rows(model):
    assert model.logits([]).shape == (0, 7)


def test_a_bare_string_is_refused(model):
    with pytest.raises(TypeError, match='wrap it in a list'):
        model.logits('hello')


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r'none\.onnx is missing'):
        LiteText(path=tmp_path / 'none.onnx')


def test_the_file_is_small_enough_for_any_robot():
    assert (WEIGHTS / 'lite_text.onnx').stat().st_size < 8_000_000


def test_only_known_features_get_an_index():
    keys = np.array([3, 7, 9], dtype=np.uint32)
    assert indices_of(np.array([1, 3, 8, 9, 20], dtype=np.uint32), keys).tolist() == [0, 2]


def test_the_place_of_an_unknown_hash_is_behind_the_last_one():
    keys = np.array([3, 7, 9], dtype=np.uint32)
    found = np.array([[7, 0], [20, 3]], dtype=np.uint32)
    assert places_of(found, keys).tolist() == [[1, 3], [3, 0]]


def test_words_are_stacked_up_to_the_longest_sentence():
    filled = stacked([np.zeros((2, PARTS), np.int32), np.zeros((0, PARTS), np.int32)], 9)
    assert filled.shape == (2, 2, PARTS)
    assert (filled[0] == 0).all()
    assert (filled[1] == 9).all()


def test_rows_are_filled_up_to_the_longest():
    rows = [np.array([4]), np.array([], dtype=int), np.array([1, 2])]
    assert padded(rows, 9).tolist() == [[4, 9], [9, 9], [1, 2]]
    assert padded([np.array([], dtype=int)], 9).tolist() == [[9]]


def test_held_out_sentences_are_classified_far_above_chance(model, shared_data):
    goemotions = evaluate_dataset('goemotions', shared_data, 'test', model=model, resamples=0)
    assert goemotions['macro_f1'] > 0.57
    assert goemotions['ece'] <= 0.05
    xed = evaluate_dataset('xed', shared_data, 'test', model=model, resamples=0)
    assert xed['within_classes']['macro_f1'] > 0.48


def test_what_the_model_learned_from_is_not_what_it_is_tested_on(shared_data):
    for name in ('goemotions', 'xed'):
        train = set(load(name, shared_data, 'train').inputs)
        test = load(name, shared_data, 'test').inputs
        assert sum(text in train for text in test) < 0.01 * len(test)


def test_features_are_a_row_a_word_in_its_surroundings(model):
    alone, praised, denied = (model.features(text) for text in ('good', 'so good', 'not good'))
    assert alone.dtype == np.float32
    assert [rows.shape for rows in (alone, praised, denied)] == [(1, 288), (2, 288), (2, 288)]
    assert np.abs(praised[1] - denied[1]).max() > 0.1


@pytest.mark.parametrize(('text', 'rows'), [
    ('', 0), ('   ', 0), ('Oh!!', 2), ('word ' * 500, MAX_WORDS), ('\ud83d', 1)])
def test_any_string_gets_finite_features(model, text, rows):
    features = model.features(text)
    assert features.shape == (rows, 288)
    assert np.isfinite(features).all()


def test_features_and_logits_come_from_one_network(model):
    again = [model.features('I am not amused.') for _ in range(2)]
    np.testing.assert_array_equal(*again)
    assert isinstance(model, HasFeatures)
