"""The loaders of the text data sets."""

import pytest

from mer_ros.evaluation.datasets.text_sets import load, read_rows


def write_set(root, lines):
    folder = root / 'goemotions'
    folder.mkdir()
    (folder / 'dev.tsv').write_text('id\ttext\tekman7\tekman7_all\tlabels\n' + lines,
                                    encoding='utf-8')


def test_sentences_with_one_emotion_are_kept_and_quotes_are_text(tmp_path):
    write_set(tmp_path, 'a\t"Oh" no\tfear\tfear\tfear\nb\tboth\t\tanger|fear\tanger|fear\n')
    samples = load('goemotions', tmp_path, 'dev')
    assert samples.inputs == ['"Oh" no']
    assert samples.labels == ['fear']
    assert samples.groups == ['a']
    assert samples.modality == 'text'


def test_a_torn_row_is_refused_with_its_line(tmp_path):
    write_set(tmp_path, 'a\tfine\tfear\tfear\tfear\nb\ttorn\n')
    with pytest.raises(ValueError, match='line 3 has 2 cells'):
        list(read_rows(tmp_path / 'goemotions' / 'dev.tsv'))


def test_unknown_names_and_splits_list_the_known_ones(tmp_path):
    with pytest.raises(ValueError, match=r"'goemotions', 'meld', 'xed'"):
        load('imdb', tmp_path, 'dev')
    with pytest.raises(ValueError, match="'train', 'dev', 'test'"):
        load('meld', tmp_path, 'eval')
    with pytest.raises(FileNotFoundError, match='give the folder'):
        load('meld', tmp_path, 'dev')


@pytest.mark.parametrize(('name', 'count'), [
    ('goemotions', 4625), ('xed', 976), ('meld', 2439)])
def test_the_test_splits_have_the_documented_size(shared_data, name, count):
    samples = load(name, shared_data, 'test')
    assert len(samples) == count
    assert ('neutral' in samples.labels) == (name != 'xed')
