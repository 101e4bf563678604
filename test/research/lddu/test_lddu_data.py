"""Reading CMU-MOSEI and M3ED in their true layouts, safely; batches of sequences."""

import argparse
import csv
import os
import pickle

import numpy as np
import pytest

pytest.importorskip('torch')
import torch

from mer_ros.research.lddu.training.lddu_data import batches, Corpus, Sequences, Split
from mer_ros.research.lddu.training.lddu_layouts import (
    M3ED_LABELS,
    M3ED_MODELS,
    MOSEI_LABELS,
    MOSEI_MODELS,
    read_target,
    read_targets,
    read_unaligned,
)
from mer_ros.research.lddu.training.lddu_synthetic import DIMS, make
from mer_ros.research.lddu.training.safe_pickle import ForbiddenGlobal, load_pickle, load_torch

COUNTS = {'train': 4, 'valid': 2, 'test': 3}
TARGETS = [[2, 4, 3], [2, 5, 9, 3], [2, 3], [2, 8, 4, 3]]


def write_aligned(path, **changes):
    """Write the layout of CMU-MOSEI's train_valid_test.pt: lists of arrays, targets, settings."""
    rng = np.random.default_rng(0)
    data = {'dict': {'tgt': {'<s>': 2}}, 'settings': argparse.Namespace(max_len=60)}
    for split, count in COUNTS.items():
        audio = rng.normal(size=(count, 60, 74)).astype(np.float32)
        audio[0, 0, 0] = -np.inf
        data[split] = {'src-text': list(rng.normal(size=(count, 60, 300)).astype(np.float32)),
                       'src-audio': list(audio),
                       'src-visual': list(rng.normal(size=(count, 60, 35)).astype(np.float32)),
                       'tgt': TARGETS[:count]}
    data['train'].update(changes)
    torch.save(data, path)
    return path


def write_unaligned(folder, *, order=None, swap=False):
    """Write MMSA's unaligned pickle and a table of labels in another order."""
    rng = np.random.default_rng(0)
    data, rows = {}, []
    for split, count in COUNTS.items():
        ids = [f'{split}video$_${i}' for i in range(count)]
        data[split] = {'id': ids, 'text': rng.normal(size=(count, 50, 768)).astype(np.float32),
                       'audio': rng.normal(size=(count, 500, 74)).astype(np.float32),
                       'vision': rng.normal(size=(count, 500, 35)).astype(np.float32),
                       'audio_lengths': [20 + i for i in range(count)],
                       'vision_lengths': [30] * count, 'raw_text': ['words'] * count}
        rows += [{'video_id': f'{split}video', 'clip_id': str(i), 'mode': split,
                  'tgt': str(TARGETS[i])} for i in range(count)]
    (folder / 'unaligned_50.pkl').write_bytes(pickle.dumps(data))
    write_table(folder / 'mmsa.csv', rows[::-1])
    return folder / 'unaligned_50.pkl', folder / 'mmsa.csv', rows


def write_table(path, rows):
    with path.open('w', newline='') as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def test_aligned_mosei_is_read_with_its_labels_by_number(tmp_path):
    corpus = read_targets(write_aligned(tmp_path / 'a.pt'), MOSEI_LABELS, MOSEI_MODELS)
    assert corpus.labels == ('happiness', 'sadness', 'anger', 'surprise', 'disgust', 'fear')
    assert corpus.dims == {'text': 300, 'audio': 74, 'visual': 35}
    assert [len(split.ids) for split in (corpus.train, corpus.valid, corpus.test)] == [4, 2, 3]
    assert corpus.train.truth.tolist() == [
        [1, 0, 0, 0, 0, 0], [0, 1, 0, 0, 0, 1], [0] * 6, [1, 0, 0, 0, 1, 0]]


def test_minus_infinity_in_sound_becomes_zero(tmp_path):
    corpus = read_targets(write_aligned(tmp_path / 'a.pt'), MOSEI_LABELS, MOSEI_MODELS)
    assert corpus.train.sequences['audio'][0][0, 0] == 0


def test_m3ed_is_cut_to_the_utterances_that_a_dialogue_has(tmp_path):
    rng = np.random.default_rng(0)
    data = {}
    for split, count in COUNTS.items():
        data[split] = {f'src-{name}': [rng.normal(size=(60, dim)).astype(np.float32)] * count
                       for name, dim in (('text', 768), ('visual', 1024), ('audio', 342))}
        data[split] |= {'len_list': [7, 60, 75, 1][:count], 'tgt': [[2, 10, 5, 3]] * count}
    torch.save(data, tmp_path / 'm3ed_data_60.pt')
    corpus = read_targets(tmp_path / 'm3ed_data_60.pt', M3ED_LABELS, M3ED_MODELS)
    assert [len(corpus.train.sequences['audio'][i]) for i in range(4)] == [7, 60, 60, 1]
    assert [label for label, there in zip(corpus.labels, corpus.test.truth[0], strict=True)
            if there] == ['neutral', 'surprise']


def test_features_without_a_target_each_are_refused(tmp_path):
    path = write_aligned(tmp_path / 'a.pt', tgt=TARGETS[:3])
    with pytest.raises(ValueError, match='4 sequences of text'):
        read_targets(path, MOSEI_LABELS, MOSEI_MODELS)


def test_a_split_that_lacks_something_is_named(tmp_path):
    torch.save({'train': {'src-text': []}}, tmp_path / 'a.pt')
    with pytest.raises(ValueError, match=r"train lacks \['src-audio'"):
        read_targets(tmp_path / 'a.pt', MOSEI_LABELS, MOSEI_MODELS)


@pytest.mark.parametrize('target', [[4, 5], [2, 10, 3], [2, 4], [2, 2, 3], [2]])
def test_a_target_without_its_marks_or_with_an_unknown_number_is_refused(target):
    with pytest.raises(ValueError, match='from 4 to 9'):
        read_target(target, MOSEI_LABELS)


def test_unaligned_mosei_is_joined_by_id_whatever_the_order_of_the_table(tmp_path):
    features, table, _ = write_unaligned(tmp_path)
    corpus = read_unaligned(features, table)
    assert corpus.dims == {'text': 768, 'audio': 74, 'visual': 35}
    assert corpus.train.ids[1] == 'trainvideo$_$1'
    assert corpus.train.truth[1].tolist() == [0, 1, 0, 0, 0, 1]
    assert [len(corpus.train.sequences['audio'][i]) for i in range(4)] == [20, 21, 22, 23]
    assert len(corpus.train.sequences['text'][0]) == 50


def test_aligned_bert_features_are_joined_by_id_and_lose_their_padding(tmp_path):
    features, table, _ = write_unaligned(tmp_path)
    data = pickle.loads(features.read_bytes())
    rng = np.random.default_rng(1)
    for part in data.values():
        count = len(part['id'])
        for key, dim in (('text', 768), ('audio', 74), ('vision', 35)):
            part[key] = rng.normal(size=(count, 50, dim)).astype(np.float32)
            part[key][0, :12] = 0
        part['audio'][0, 20] = 0
    (tmp_path / 'aligned_50.pkl').write_bytes(pickle.dumps(data))
    corpus = read_unaligned(tmp_path / 'aligned_50.pkl', table, aligned=True)
    assert corpus.dims == {'text': 768, 'audio': 74, 'visual': 35}
    assert corpus.models['text'] == 'bert'
    for name in corpus.dims:
        assert [len(corpus.train.sequences[name][i]) for i in range(2)] == [38, 50]
    np.testing.assert_allclose(corpus.train.sequences['text'][0],
                               data['train']['text'][0, 12:], rtol=1e-3, atol=1e-3)


def test_sequences_that_are_not_aligned_are_refused_by_sample(tmp_path):
    features, table, _ = write_unaligned(tmp_path)
    with pytest.raises(ValueError, match=r'train: sample 0 has \[50, 500, 500\] frames'):
        read_unaligned(features, table, aligned=True)


@pytest.mark.parametrize(('change', 'named'), [
    (lambda rows: rows[1:], '1 ids of features have no label'),
    (lambda rows: [*rows, {**rows[0], 'clip_id': '99'}], '1 labels have no features'),
    (lambda rows: [{**rows[0], 'mode': 'test'}, *rows[1:]], 'differ in train'),
    (lambda rows: [*rows, rows[0]], 'twice'),
    (lambda rows: [{'mode': row['mode'], 'tgt': row['tgt']} for row in rows], 'columns id')])
def test_labels_that_do_not_fit_the_ids_are_refused(tmp_path, change, named):
    features, table, rows = write_unaligned(tmp_path)
    write_table(table, change(rows))
    with pytest.raises(ValueError, match=named):
        read_unaligned(features, table)


def test_missing_files_are_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r'a\.pt'):
        read_targets(tmp_path / 'a.pt', MOSEI_LABELS, MOSEI_MODELS)
    features, table, _ = write_unaligned(tmp_path)
    table.unlink()
    with pytest.raises(FileNotFoundError, match=r'mmsa\.csv'):
        read_unaligned(features, table)


class Attack:
    """Runs a program when it is unpickled."""

    def __init__(self, mark):
        self.mark = mark

    def __reduce__(self):
        return os.system, (f'touch {self.mark}',)


@pytest.mark.parametrize(('write', 'read'), [
    (lambda data, path: path.write_bytes(pickle.dumps(data)), load_pickle),
    (torch.save, load_torch)])
def test_a_pickle_that_runs_a_program_is_refused_by_name_and_runs_nothing(tmp_path, write, read):
    write({'train': Attack(tmp_path / 'mark')}, tmp_path / 'data')
    with pytest.raises(ForbiddenGlobal, match=r'(posix|nt)\.system'):
        read(tmp_path / 'data')
    assert not (tmp_path / 'mark').exists()


def test_builtins_that_run_code_are_refused(tmp_path):
    for name in ('eval', 'exec', 'getattr', '__import__'):
        (tmp_path / 'data').write_bytes(b'cbuiltins\n' + name.encode() + b'\n.')
        with pytest.raises(ForbiddenGlobal, match=name):
            load_pickle(tmp_path / 'data')


def test_arrays_of_every_kind_come_back(tmp_path):
    data = {'a': np.arange(6.0).reshape(2, 3), 'b': np.float32(2), 'c': np.array(['x', 'yy']),
            'd': np.array([[1, 2], None], dtype=object), 'e': np.arange(3)[::-1]}
    for protocol in (2, 4, 5):
        (tmp_path / 'data').write_bytes(pickle.dumps(data, protocol=protocol))
        found = load_pickle(tmp_path / 'data')
        for name, value in data.items():
            assert np.array_equal(found[name], value)


@pytest.mark.parametrize('read', [load_pickle, load_torch])
def test_a_damaged_file_is_refused(tmp_path, read):
    (tmp_path / 'data').write_bytes(b'no pickle at all')
    with pytest.raises(ValueError, match='not a complete one'):
        read(tmp_path / 'data')


def test_padding_is_marked_and_an_empty_sequence_has_no_frame():
    rows = Sequences([np.ones((2, 3)), np.empty((0, 3)), np.ones((1, 3))], 3)
    frames, there = rows.padded([0, 1, 2])
    assert frames.shape == (3, 2, 3)
    assert there.tolist() == [[1, 1], [0, 0], [1, 0]]
    assert frames.sum(2).tolist() == [[3, 3], [0, 0], [3, 0]]
    assert rows.padded([1])[0].shape == (1, 1, 3)


def test_sequences_of_another_width_or_not_finite_are_refused():
    with pytest.raises(ValueError, match='must be'):
        Sequences([np.ones((2, 3)), np.ones((2, 4))], 3)
    with pytest.raises(ValueError, match='finite'):
        Sequences([np.full((1, 3), np.nan)], 3)


def make_split(*names, count=None):
    rows = Sequences([np.full((1, 2), i) for i in range(count or len(names))], 2)
    return Split({'text': rows}, np.zeros((len(names), 2), np.float32), names)


def test_splits_that_do_not_belong_together_are_refused():
    with pytest.raises(ValueError, match='do not belong together'):
        make_split('a', 'b', count=3)
    with pytest.raises(ValueError, match='repeated'):
        make_split('a', 'a')
    with pytest.raises(ValueError, match='in two splits'):
        Corpus(('x', 'y'), {'text': 'm'}, make_split('a'), make_split('b'), make_split('a'))


def test_an_epoch_shows_every_sample_once_in_an_order_of_its_own():
    loader = batches(make_split(*'abcdefgh'), batch=3, seed=1)
    orders = []
    for epoch in (0, 1, 0):
        loader.sampler.set_epoch(epoch)
        orders.append([i for batch in loader for i in batch.samples.tolist()])
    assert sorted(orders[0]) == list(range(8))
    assert orders[0] != orders[1]
    assert orders[0] == orders[2]


def test_synthetic_samples_are_noisier_where_they_are_said_to_be():
    made = make(train=20, valid=5, test=200)
    rows = made.corpus.test.sequences['audio']
    loudness = np.array([rows[i].std() for i in range(200)])
    assert np.corrcoef(np.log(loudness), np.log(made.noise[:, list(DIMS).index('audio')]))[
        0, 1] > 0.8
    again = make(train=20, valid=5, test=200)
    assert np.array_equal(again.corpus.test.sequences['text'][3],
                          made.corpus.test.sequences['text'][3])
