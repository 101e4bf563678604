"""The built-in text model: contract, robustness, and what it must know."""

import numpy as np
import pytest

from mer_ros.emotions import EMOTIONS
from mer_ros.evaluation.datasets_text import load
from mer_ros.evaluation.evaluate import evaluate_dataset
from mer_ros.models import load_model
from mer_ros.models.lite_text import BATCH, indices_of, LiteText, padded
from mer_ros.models.session import WEIGHTS


@pytest.fixture(scope='module')
def model():
    return load_model('text', 'lite')


def test_the_model_names_the_seven_emotions(model):
    assert model.name == 'lite'
    assert model.labels == EMOTIONS


@pytest.mark.parametrize(('text', 'emotion'), [
    ('I am so angry at you!', 'anger'),
    ('That is disgusting.', 'disgust'),
    ('I am scared, I am terrified.', 'fear'),
    ('Thank you so much, I love it!', 'happiness'),
    ('The meeting is on Tuesday at the office.', 'neutral'),
    ('I am so sad, I miss her and I cry.', 'sadness'),
    ('Wow, what a surprise!', 'surprise'),
])
def test_plain_sentences_are_understood(model, text, emotion):
    assert EMOTIONS[int(model.logits([text])[0].argmax())] == emotion


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


def test_a_missing_file_says_what_to_do(tmp_path):
    with pytest.raises(FileNotFoundError, match='mer_ros train'):
        LiteText(path=tmp_path / 'none.onnx')


def test_the_file_is_small_enough_for_any_robot():
    assert (WEIGHTS / 'lite_text.onnx').stat().st_size < 5_000_000


def test_only_known_features_get_an_index():
    keys = np.array([3, 7, 9], dtype=np.uint32)
    assert indices_of(np.array([1, 3, 8, 9, 20], dtype=np.uint32), keys).tolist() == [0, 2]


def test_rows_are_filled_up_to_the_longest():
    rows = [np.array([4]), np.array([], dtype=int), np.array([1, 2])]
    assert padded(rows, 9).tolist() == [[4, 9], [9, 9], [1, 2]]
    assert padded([np.array([], dtype=int)], 9).tolist() == [[9]]


def test_held_out_sentences_are_classified_far_above_chance(model, shared_data):
    goemotions = evaluate_dataset('goemotions', shared_data, 'test', model=model, resamples=0)
    assert goemotions['macro_f1'] > 0.53
    assert goemotions['ece'] <= 0.05
    xed = evaluate_dataset('xed', shared_data, 'test', model=model, resamples=0)
    assert xed['macro_f1'] > 0.46


def test_what_the_model_learned_from_is_not_what_it_is_tested_on(shared_data):
    for name in ('goemotions', 'xed'):
        train = set(load(name, shared_data, 'train').inputs)
        test = load(name, shared_data, 'test').inputs
        assert sum(text in train for text in test) < 0.01 * len(test)
