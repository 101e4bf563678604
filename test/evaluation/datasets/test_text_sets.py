"""The loaders of the text data sets."""

import pytest

from mer_ros.evaluation.datasets.load_dataset import load as load_any
from mer_ros.evaluation.datasets.text_sets import load, read_rows, rows_of


def write(path, text):
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding='utf-8')


def write_set(root, lines):
    write(root / 'goemotions' / 'dev.tsv', 'id\ttext\tekman7\tekman7_all\tlabels\n' + lines)


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
    with pytest.raises(ValueError, match=r"'goemotions', 'kote', 'meld'"):
        load('imdb', tmp_path, 'dev')
    with pytest.raises(ValueError, match="'train', 'dev', 'test'"):
        load('meld', tmp_path, 'eval')
    with pytest.raises(FileNotFoundError, match='give the folder'):
        load('meld', tmp_path, 'dev')
    with pytest.raises(FileNotFoundError, match='give the folder'):
        load('brighter:deu', tmp_path, 'dev')


def test_a_set_of_many_files_is_read_whole_or_by_its_parts(tmp_path):
    write(tmp_path / 'brighter' / 'deu_test.tsv', 'id\ttext\tlanguage\tekman7\tsplit\n'
          'a\tAch so\tdeu\tneutral\ttest\nb\tbeides\tdeu\t\ttest\n')
    write(tmp_path / 'brighter' / 'swe_test.tsv', 'id\ttext\tlanguage\tekman7\tsplit\n'
          'c\tTack\tswe\thappiness\ttest\n')
    assert load('brighter', tmp_path, 'test').inputs == ['Ach so', 'Tack']
    assert load('brighter:swe', tmp_path, 'test').labels == ['happiness']
    with pytest.raises(ValueError, match=r"no part 'fra'; known: \['deu', 'swe'\]"):
        load('brighter:fra', tmp_path, 'test')


def test_files_of_several_splits_are_read_by_their_column(tmp_path):
    write(tmp_path / 'robot_commands' / 'scout.tsv', 'id\ttext\tlanguage\tekman7\tsplit\n'
          'a\tturn left\ten\tneutral\ttrain\nb\tgo on\ten\tneutral\ttest\n')
    write(tmp_path / 'robot_commands' / 'xsid.tsv', 'id\ttext\tlanguage\tekman7\tsplit\n'
          'c\tLicht an\tde\tneutral\ttest\n')
    assert load('robot_commands', tmp_path, 'test').inputs == ['go on', 'Licht an']
    assert load('robot_commands:scout', tmp_path, 'train').inputs == ['turn left']
    assert load_any('robot_commands:de', tmp_path, 'test').inputs == ['Licht an']


def test_lines_of_films_in_other_languages_are_tested_on_both_sets(tmp_path):
    write(tmp_path / 'xed_multi' / 'fr.tsv', 'id\ttext\tlanguage\tekman7\tsplit\n'
          'a\tOui\tfr\tfear\ttrain\nb\tNon\tfr\tanger\ttest\n')
    write(tmp_path / 'xed' / 'fr_eval.tsv', 'id\ttext\tekman7\nc\tAh\tsurprise\n')
    assert load('xed_multi:fr', tmp_path, 'test').inputs == ['Ah', 'Non']
    assert [row['language'] for row in rows_of('xed_multi', tmp_path, 'test')] == ['fr', 'fr']
    assert load('xed_multi', tmp_path, 'train').labels == ['fear']


def test_dialogues_belong_together_and_are_for_tests_only(tmp_path):
    write(tmp_path / 'evalonly_dailydialog' / 'eval.tsv', 'dialogue\ttext\tekman7\tsplit\n'
          'te_1\tHello !\tneutral\teval\n')
    assert load('dailydialog', tmp_path, 'test').groups == ['te_1']
    with pytest.raises(ValueError, match=r"no split 'train'; known: \['test'\]"):
        load('dailydialog', tmp_path, 'train')


@pytest.mark.parametrize(('name', 'count'), [
    ('goemotions', 4625), ('xed', 976), ('meld', 2439), ('dailydialog', 9417),
    ('topical_chat', 3539), ('robot_commands:scout', 768), ('brighter:deu', 1215),
    ('kote', 214), ('xed_multi:fr', 534)])
def test_the_test_splits_have_the_documented_size(shared_data, name, count):
    samples = load(name, shared_data, 'test')
    assert len(samples) == count
    assert ('neutral' in samples.labels) == (not name.startswith('xed'))
