"""Scores of n-grams: learned by part, and never from the text that they are about."""

import numpy as np
import pytest

pytest.importorskip('sklearn')
pytest.importorskip('torch')

from mer_ros.models.text.ngrams import ngrams
from mer_ros.research.lddu.training.lddu_baselines import baselines
from mer_ros.research.lddu.training.lddu_data import Corpus, Sequences, Split
from mer_ros.research.lddu.training.lddu_ngrams import scores_of_ngrams, Texts

GLAD, SAD = 'glad', 'sad'


def texts(rows):
    """Return texts of rows (part, words, labels among GLAD and SAD)."""
    return Texts([ngrams(words) for _, words, _ in rows], np.array([part for part, _, _ in rows]),
                 np.array([[label in labels for label in (GLAD, SAD)] for *_, labels in rows],
                          np.float32))


@pytest.fixture
def train():
    random = np.random.default_rng(0)
    rows = []
    for number in range(60):
        label = (GLAD, SAD)[number % 2]
        # The same words mean the opposite in the other language.
        words = {'one': ('yay', 'meh'), 'two': ('meh', 'yay')}
        rows += [(part, f'{said[number % 2]} w{random.integers(100)}', [label])
                 for part, said in words.items()]
    return texts(rows)


def test_each_part_has_machines_of_its_own_and_one_without_training_texts_has_no_frame(train):
    new = texts([('one', 'yay now', []), ('two', 'yay now', []), ('three', 'yay now', [])])
    found = scores_of_ngrams(train, {'test': new})
    assert [frames.shape for frames in found['test']] == [(1, 2), (1, 2), (0, 2)]
    assert found['test'][0][0, 0] > 0 > found['test'][0][0, 1]
    assert found['test'][1][0, 0] < 0 < found['test'][1][0, 1]
    assert {frames.shape for frames in found['train']} == {(1, 2)}


def test_a_training_text_is_scored_without_its_own_label():
    random = np.random.default_rng(1)
    noise = texts([('one', ' '.join(f'w{random.integers(40)}' for _ in range(6)),
                    [(GLAD, SAD)[random.integers(2)]]) for _ in range(200)])
    scores = np.concatenate(scores_of_ngrams(noise, {})['train'])
    right = ((scores > 0) == (noise.truth > 0)).mean()
    assert right < 0.65, 'machines that had seen the texts would know their random labels'


def test_too_few_texts_teach_nothing():
    few = texts([('one', 'yay', [GLAD]), ('one', 'meh', [SAD])])
    assert np.concatenate(scores_of_ngrams(few, {})['train']).tolist() == [[-1.0, -1.0]] * 2


def test_scores_alone_are_a_baseline_at_the_threshold_of_dev():
    random = np.random.default_rng(2)
    splits = {}
    for name, count in (('train', 64), ('valid', 40), ('test', 40)):
        truth = (random.random((count, 2)) < 0.5).astype(np.float32)
        scores = [row[np.newaxis] for row in 4 * truth - 2]
        if name == 'test':
            scores[0] = np.empty((0, 2), np.float32)
        splits[name] = Split(
            {'text': Sequences([random.normal(size=(3, 4)) for _ in range(count)], 4),
             'ngrams': Sequences(scores, 2)}, truth, tuple(f'{name}{i}' for i in range(count)))
    corpus = Corpus((GLAD, SAD), {'text': 'lite', 'ngrams': 'ngrams'}, *splits.values())
    words = {name: [f'good day {number % 2}' for number in range(len(split.ids))]
             for name, split in splits.items()}
    probability, threshold = baselines(corpus, words)['n-grams alone']
    assert ((probability >= threshold) == corpus.test.truth)[1:].all()
    assert not probability[0].any(), 'a text without scores gets no label'
