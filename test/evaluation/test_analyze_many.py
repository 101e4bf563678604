"""Many recordings are perceived side by side."""

from concurrent.futures import ThreadPoolExecutor
import json
import shutil

from click.testing import CliRunner
import pytest

from mer_ros.cli import main
from mer_ros.evaluation.analyze import analyze
from mer_ros.evaluation.analyze_many import analyze_many, recordings_of
from mer_ros.samples import SAMPLE_BAG


@pytest.fixture
def folder(tmp_path):
    """Return a folder of two recordings and a text."""
    (tmp_path / 'recordings').mkdir()
    for name in ('monday', 'tuesday'):
        (tmp_path / 'recordings' / name).mkdir()
        shutil.copy(SAMPLE_BAG, tmp_path / 'recordings' / name / 'bag.mcap')
    (tmp_path / 'recordings' / 'notes.txt').write_text('it rained')
    return tmp_path / 'recordings'


def test_a_folder_of_recordings_is_analyzed_by_a_folder_each(folder, tmp_path):
    result = CliRunner().invoke(main, [
        'analyze', str(folder), '--jobs', '2', '--output', str(tmp_path / 'out')])
    assert result.exit_code == 0, result.output
    assert 'notes.txt: ' in result.output, 'what is no recording is told, with its reason'
    assert '2 of 3 recordings' in result.output
    analyze(SAMPLE_BAG, output=tmp_path / 'alone')
    alone = json.loads((tmp_path / 'alone' / 'states.json').read_text())
    for name in ('monday', 'tuesday'):
        made = tmp_path / 'out' / name
        assert json.loads((made / 'states.json').read_text()) == alone
        assert 'timeline.png' in (made / 'report.txt').read_text()


def test_a_folder_without_a_recording_is_an_error(tmp_path):
    (tmp_path / 'a').write_text('no')
    (tmp_path / 'b').write_text('no')
    result = CliRunner().invoke(main, [
        'analyze', str(tmp_path), '--output', str(tmp_path / 'out'), '--jobs', '1'])
    assert result.exit_code == 1
    assert 'nothing was perceived in any of 2 recordings' in result.output


def test_a_bag_is_one_recording(tmp_path):
    (tmp_path / 'bag').mkdir()
    shutil.copy(SAMPLE_BAG, tmp_path / 'bag' / 'a.mcap')
    shutil.copy(SAMPLE_BAG, tmp_path / 'bag' / 'b.mcap')
    assert recordings_of(tmp_path / 'bag') == [tmp_path / 'bag']


def test_two_recordings_of_one_name_are_refused(tmp_path):
    with ThreadPoolExecutor(1) as executor, pytest.raises(ValueError, match='name of its own'):
        list(analyze_many([tmp_path / 'a' / 'x.mp4', tmp_path / 'b' / 'x.mp4'], tmp_path, executor))


def test_a_cluster_of_dask_does_the_same(folder, tmp_path):
    distributed = pytest.importorskip('distributed')
    with (distributed.LocalCluster(
            n_workers=1, threads_per_worker=1, dashboard_address=None, host='127.0.0.1',
            local_directory=str(tmp_path)) as cluster,
            distributed.Client(cluster) as client):
        outcomes = list(analyze_many(
            recordings_of(folder), tmp_path / 'out', client.get_executor()))
    assert {outcome.source.name: outcome.states > 10 for outcome in outcomes} == {
        'monday': True, 'tuesday': True, 'notes.txt': False}
