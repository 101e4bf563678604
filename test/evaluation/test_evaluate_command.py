"""The command `mer_ros evaluate`, in this process."""

import json

from click.testing import CliRunner
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
    assert 'either --manifest or --dataset or --bag' in run(*arguments, status=2)


def test_a_bag_is_not_corrupted():
    assert 'not a bag' in run('--bag', SAMPLE_BAG, '--corruptions', status=2)


def test_a_data_set_needs_its_folder(monkeypatch):
    monkeypatch.delenv('MER_ROS_DATA', raising=False)
    assert '--dataset needs --data' in run('--dataset', 'emodb', status=2)
