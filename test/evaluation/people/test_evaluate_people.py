"""The report on calm people, on a few of the recordings."""

import json
from pathlib import Path

from click.testing import CliRunner
import numpy as np
import pytest
from rich.console import Console

from mer_ros.cli import main
from mer_ros.evaluation.people import calm, commands, strange
from mer_ros.evaluation.people import evaluate_people as whole
from mer_ros.evaluation.people.calm_films import calm_films
from mer_ros.evaluation.people.strange_inputs import gibberish, PATCHES, SOUNDS
from mer_ros.evaluation.reports.people_page import people_page, people_table

NEEDED = ('grid_talking', 'evalonly_ravdess', 'evalonly_robot_faces', 'robot_commands',
          'goemotions', 'crema_d_audio', 'muxspace_faces')


@pytest.fixture(scope='module')
def report(shared_data: Path) -> dict[str, object]:
    if not all((shared_data / name).is_dir() for name in NEEDED):
        pytest.skip('the folder ../shared/data is not there')
    some = list(calm_films(shared_data))[:1]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(calm, 'calm_films', lambda root: some)
        patch.setattr(commands, 'MOST', 2)
        patch.setattr(strange, 'FAMILIAR', 20)
        patch.setattr(strange, 'STRANGE', 10)
        return whole.evaluate_people(shared_data)


def test_every_part_is_measured(report: dict[str, object]) -> None:
    assert report['skipped'] == {}
    assert len(report['calm']) == 7
    for row in (*report['calm'], report['robot_faces']):
        assert 0.0 <= row['anger_share'] <= row['emotion_share'] <= 1.0
        assert row['seconds'] > 2.0
    assert {row['language'] for row in report['commands']} >= {'en', 'de', 'zh'}
    assert all(0.0 <= row['alarms'] + row['unknown'] <= 1.0 for row in report['commands'])


def test_the_uncertainty_rises_on_what_is_no_language_and_no_voice(
    report: dict[str, object]
) -> None:
    for row in report['strange']:
        if row['modality'] != 'face' and row['auroc'] is not None:
            assert row['auroc'] > 0.8, row
    assert {row['modality'] for row in report['strange']} == {'face', 'speech', 'text'}


def test_the_report_is_shown_and_drawn(report: dict[str, object], tmp_path: Path) -> None:
    console = Console(width=120, record=True, file=(tmp_path / 'out').open('w'))
    console.print(people_table(report))
    text = console.export_text()
    for part in ('Neutral people', 'Commands by language', 'What was not learned', 'scout'):
        assert part in text
    page = people_page(json.loads(json.dumps(report, allow_nan=False)))
    assert page.count('<img ') == 3
    assert "robot&#x27;s camera: face" in page


def test_the_tables_fit_into_a_narrow_terminal(report: dict[str, object], tmp_path: Path) -> None:
    console = Console(width=80, record=True, file=(tmp_path / 'out').open('w'))
    console.print(people_table(report))
    assert 'GRID, film: face+speech+text' in console.export_text()


def test_a_part_whose_data_are_not_there_is_named_and_the_others_are_measured(
    tmp_path: Path, shared_data: Path
) -> None:
    (tmp_path / 'evalonly_robot_faces').symlink_to(shared_data / 'evalonly_robot_faces')
    report = whole.evaluate_people(tmp_path)
    assert set(report['skipped']) == {'calm', 'commands', 'strange'}
    assert report['robot_faces']['people'] == 4
    assert people_page(report).count('<img ') == 0


def test_a_folder_without_any_of_them_is_refused(tmp_path: Path) -> None:
    done = CliRunner().invoke(main, ['evaluate', '--people', '--data', str(tmp_path)])
    assert done.exit_code == 1
    assert 'holds none of the sets' in done.output


@pytest.mark.parametrize(('options', 'message'), [
    (['--people'], '--people needs --data'), (['--people', '--bag', '.'], 'give either'),
    (['--people', '--data', '.', '--adapt'], '--adapt does not go with calm people')])
def test_what_does_not_fit_is_refused(
    options: list[str], message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv('MER_ROS_DATA', raising=False)
    done = CliRunner().invoke(main, ['evaluate', *options])
    assert done.exit_code == 1
    assert message in done.output


def test_what_is_strange_is_always_the_same() -> None:
    for make in (*SOUNDS.values(), *PATCHES.values(), gibberish):
        one, other = (make(np.random.default_rng(4)) for _ in range(2))
        np.testing.assert_array_equal(one, other)
    for sound in SOUNDS.values():
        heard = sound(np.random.default_rng(0))
        assert heard.dtype == np.float32
        assert 0.01 < np.abs(heard).max() <= 1.0
