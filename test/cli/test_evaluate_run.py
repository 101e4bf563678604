"""The command `mer_ros evaluate`, in this process."""

import json

from click.testing import CliRunner
import cv2
import pytest

from mer_ros.cli import main
from mer_ros.samples import SAMPLE_BAG


def run(*arguments, status=0):
    done = CliRunner().invoke(main, ['evaluate', *map(str, arguments)])
    assert done.exit_code == status, done.output
    return done.output


def test_a_report_is_written_as_json_and_as_a_page(tmp_path):
    manifest = tmp_path / 'm.csv'
    manifest.write_text('label,text\nhappiness,what a lovely day\nanger,I hate you\n')
    run('--manifest', manifest, '--corruptions', '--json', tmp_path / 'r.json',
        '--html', tmp_path / 'r.html')
    report = json.loads((tmp_path / 'r.json').read_text())
    assert report['fused']['n'] == 2
    assert {each['modality'] for each in report['corruptions']} == {'text'}
    assert (tmp_path / 'r.html').read_text().startswith('<!DOCTYPE html>')


def test_a_bag_without_labels_is_an_error_that_says_how_to_write_them():
    text = run('--bag', SAMPLE_BAG, status=1)
    assert 'labels.csv; write one with the columns start,end,label,person_id' in text


@pytest.mark.parametrize('arguments', [
    [], ['--dataset', 'emodb', '--bag', str(SAMPLE_BAG)]])
def test_exactly_one_source_is_taken(arguments):
    assert 'either --manifest or --dataset or --bag' in run(*arguments, status=1)


def test_a_bag_is_not_corrupted():
    assert 'does not go with a bag' in run('--bag', SAMPLE_BAG, '--corruptions', status=1)


def test_a_data_set_needs_its_folder(monkeypatch):
    monkeypatch.delenv('MER_ROS_DATA', raising=False)
    assert '--dataset needs --data' in run('--dataset', 'emodb', status=1)


CLIPS = [f'{actor}_DFA_{code}_XX' for actor in (1001, 1002) for code in ('ANG', 'HAP', 'NEU')]


@pytest.fixture
def crema_d(tmp_path, sample_film):
    """Six clips of two actors in the published layout; those of one have no picture."""
    for folder, suffix in (('VideoFlash', '.flv'), ('AudioWAV', '.wav')):
        (tmp_path / folder).mkdir()
        for name in CLIPS if suffix == '.wav' else CLIPS[:3]:
            (tmp_path / folder / f'{name}{suffix}').symlink_to(sample_film.with_suffix(suffix))
    return tmp_path


def test_a_corpus_goes_from_its_files_to_the_tables_of_the_paper(crema_d):
    (crema_d / 'AudioWAV' / '1003_DFA_ANG_XX.wav').write_bytes(b'')
    text = run('--dataset', 'crema_d', '--data', crema_d, '--split', 'all',
               '--json', crema_d / 'r.json', '--html', crema_d / 'r.html')
    for title in ('Basic and advanced mitigation', 'Confusion, advanced', 'Rules', 'EmoBox'):
        assert title in text
    assert '1003_DFA_ANG_XX: ' in text, 'what is broken is named'
    report = json.loads((crema_d / 'r.json').read_text())
    assert report['clips'] == 6
    assert report['modalities']['face']['n'] == 3
    page = (crema_d / 'r.html').read_text()
    assert page.index('Basic and advanced mitigation') < page.index('Confusion by method')


def test_a_limit_takes_a_few_clips_of_a_corpus(crema_d):
    run('--dataset', 'crema_d', '--data', crema_d, '--split', 'all', '--limit', '2',
        '--json', crema_d / 'r.json')
    assert json.loads((crema_d / 'r.json').read_text())['clips'] == 2


def test_a_limit_and_corruptions_say_what_they_take(tmp_path):
    assert 'a corpus' in run('--dataset', 'emodb', '--data', tmp_path, '--limit', '2', status=1)
    assert 'does not go with the films of mead' in run(
        '--dataset', 'mead', '--data', tmp_path, '--corruptions', status=1)


def test_a_corpus_in_another_layout_is_an_error_that_shows_the_layout(tmp_path):
    text = run('--dataset', 'ravdess', '--data', tmp_path, status=1)
    assert 'Actor_12/01-01-06-01-02-01-12.mp4' in text


def test_a_prepared_set_of_the_same_name_keeps_its_name(tmp_path):
    (tmp_path / 'evalonly_ravdess').mkdir()
    (tmp_path / 'evalonly_ravdess' / 'labels.csv').write_text('path,ekman7,actor,split\n')
    text = run('--dataset', 'ravdess', '--data', tmp_path, '--split', 'test', status=1)
    assert "ravdess has no split 'test'; known: ['eval']" in text


def test_an_unknown_name_lists_corpora_and_prepared_sets(tmp_path):
    text = run('--dataset', 'iemocap', '--data', tmp_path, status=1)
    for name in ('mead', 'emodb', 'crema_d_votes'):
        assert f"'{name}'" in text


def test_voices_are_also_judged_against_the_same_persons_own(shared_data, tmp_path):
    text = run('--dataset', 'emodb', '--data', shared_data, '--split', 'dev', '--adapt',
               '--json', tmp_path / 'r.json')
    assert 'adapting to each person' in text
    found = json.loads((tmp_path / 'r.json').read_text())['adaptation']
    assert found['n'] == 44
    assert found['adapted']['uar'] > 0.3


def test_only_a_voice_is_adapted_to(tmp_path, portrait):
    folder = tmp_path / 'own_faces'
    folder.mkdir()
    cv2.imwrite(str(folder / 'a.png'), portrait[..., ::-1])
    (folder / 'labels.csv').write_text('path,label,subject,split\na.png,happiness,eileen,test\n')
    assert 'does not adapt' in run(
        '--dataset', 'own_faces', '--data', tmp_path, '--adapt', status=1)
