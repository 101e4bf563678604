"""BRIGHTER beside GoEmotions: which parts are learned from, and what they are tested about."""

import csv

import numpy as np
import pytest

pytest.importorskip('torch')
pytest.importorskip('lightning')
pytest.importorskip('sklearn')

from mer_ros.emotions import EMOTIONS
from mer_ros.research.lddu.training.lddu_brighter import read_brighter
from mer_ros.research.lddu.training.train_lddu import measured_parts

COLUMNS = ('id', 'text', 'language', 'ekman7', 'ekman7_all', 'split')


@pytest.fixture
def data(tmp_path):
    for split in ('train', 'dev', 'test'):
        for name, language in (('goemotions', 'en'), ('deu', 'deu'), ('eng', 'eng')):
            folder = tmp_path / ('goemotions' if name == 'goemotions' else 'brighter')
            folder.mkdir(exist_ok=True)
            file = folder / (f'{split}.tsv' if name == 'goemotions' else f'{name}_{split}.tsv')
            with file.open('w', newline='') as stream:
                table = csv.DictWriter(stream, COLUMNS, delimiter='\t')
                table.writeheader()
                for row in range(2):
                    table.writerow({
                        'id': f'{name} {split} {row}', 'text': 'what a day', 'language': language,
                        'ekman7': '', 'ekman7_all': 'fear|surprise', 'split': split})
    return tmp_path


def test_what_nobody_was_asked_about_is_neither_learned_nor_tested(data):
    corpus, parts, texts = read_brighter(data)
    assert [len(texts[name]) for name in ('train', 'valid', 'test')] == [4, 4, 6]
    assert [len(split.ids) for split in (corpus.train, corpus.valid, corpus.test)] == [4, 4, 6]
    assert not any('eng' in name for name in (*corpus.train.ids, *corpus.valid.ids))
    assert {name: int(part.samples.sum()) for name, part in parts.items()} == {
        'goemotions': 2, 'deu': 2, 'eng': 2}
    assert [label for label, asked in zip(EMOTIONS, parts['eng'].labels, strict=True)
            if not asked] == ['disgust']

    predicted = np.zeros((6, 7), dtype=np.bool_)
    predicted[:, [EMOTIONS.index(label) for label in ('fear', 'surprise', 'disgust')]] = True
    found = measured_parts(corpus.test.truth, predicted, parts)
    assert found['eng'] == {'n': 2, 'accuracy': 1.0, 'precision': 1.0, 'recall': 1.0,
                            'micro_f1': 1.0, 'macro_f1': 1.0}
    assert found['deu'] == {'n': 2, 'accuracy': 0.6667, 'precision': 0.6667, 'recall': 1.0,
                            'micro_f1': 0.8, 'macro_f1': 1.0}
