"""What the gate for calm talk learns from."""

import numpy as np
import pytest

pytest.importorskip('sklearn')
pytest.importorskip('torch')

from mer_ros.models.text.english_text import indices_of
from mer_ros.training.text.text_data import read_split, sentence_keys
from mer_ros.training.text.text_linear import train_linear
from mer_ros.training.text.text_talk import calm, felt, read_talk, spellings

HEADER = 'id\ttext\tekman7\tekman7_all\tlabels\n'


def test_an_answer_comes_with_and_without_capitals_and_marks():
    assert {'no thanks', 'No thanks.', 'NO THANKS', 'no thanks!', 'no thanks,'} <= set(
        spellings('no thanks'))
    assert 'Where?' in spellings('where')


def test_no_sentence_is_both_calm_and_felt():
    assert not set(calm(seed=0)) & set(felt(seed=0))


def test_the_same_seed_gives_the_same_talk():
    assert list(calm(seed=3)) == list(calm(seed=3))
    assert list(felt(seed=3)) == list(felt(seed=3)) != list(felt(seed=4))
    assert not [text for text in (*calm(seed=0), *felt(seed=0)) if '{' in text]


def test_commands_are_read_where_there_are_some(tmp_path):
    (tmp_path / 'robot_commands').mkdir()
    (tmp_path / 'robot_commands' / 'scout.tsv').write_text(
        'id\ttext\tlanguage\tekman7\tsource\tsplit\n'
        'a\tdrive to the orange cone\ten\tneutral\tscout\ttrain\n'
        'b\tfahr zum Kegel\tde\tneutral\tscout\ttrain\n'
        'c\tdrive on\ten\tneutral\tscout\ttest\n')
    found = read_talk(tmp_path, seed=0).calm
    assert found.sum() == len(list(calm(seed=0))) + 1
    assert (~found).sum() == len(list(felt(seed=0)))
    assert len(read_talk(tmp_path, seed=0, most=50).calm) == 50


def test_the_gate_knows_answers_and_leaves_feelings_alone(tmp_path):
    """A film in which somebody shouts an answer does not make the answer a feeling."""
    lines = (('Thanks!', 'happiness'), ('what a lovely day', 'happiness'), ('you fool', 'anger'))
    for name, stem in (('goemotions', ''), ('xed', 'en_')):
        (tmp_path / name).mkdir()
        (tmp_path / name / f'{stem}train.tsv').write_text(HEADER + ''.join(
            f'{name}{i}\t{text}\t{emotion}\t{emotion}\t{emotion}\n'
            for i, (text, emotion) in enumerate(lines * 8)))
    comments, films = (read_split(name, tmp_path, 'train', []) for name in ('goemotions', 'xed'))
    talk = read_talk(tmp_path, seed=0)
    keys = sentence_keys([comments, films])
    keys = np.union1d(keys, np.unique(np.concatenate(talk.plain.sentences)))
    linear = train_linear(comments, films, keys, talk=talk, seed=0)

    odds = [linear.idf[row] @ linear.weights[row, -1] / np.linalg.norm(linear.idf[row])
            + linear.offsets[-1] for row in (indices_of(found, keys)
                                             for found in comments.plain.sentences[:3])]
    assert [value > 0 for value in odds] == [True, False, False]
