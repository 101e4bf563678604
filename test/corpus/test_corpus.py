"""Whatever was recorded: nothing crashes, and nothing is lost without a word."""

from pathlib import Path
import re
import subprocess
import time

from click.testing import CliRunner
import pytest

from corpus.cases import Case
from corpus.odd_bags import BAGS
from corpus.odd_media import MEDIA
from corpus.odd_parameters import PARAMETERS
from corpus.odd_sound import SOUND
from mer_ros.bags import BagError, BagReader
from mer_ros.cli import main

PATIENCE = 60.0
"""Seconds after which a test gives up waiting; never a measure of speed."""


@pytest.mark.parametrize('one', [*BAGS, *MEDIA, *SOUND], ids=lambda one: one.name)
def test_an_odd_input_is_told_of_and_crashes_nothing(one: Case, tmp_path: Path) -> None:
    folder = tmp_path / 'input'
    folder.mkdir()
    source = one.make(folder)
    result = CliRunner().invoke(
        main, ['analyze', str(source), '--output', str(tmp_path / 'out'), *one.options],
        terminal_width=200)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    assert 'Traceback' not in result.output
    assert re.search(one.says, result.output), result.output
    for topic in topics_of(source):
        assert topic in result.output, f'nothing is said of {topic}'


@pytest.mark.parametrize('name', PARAMETERS)
def test_an_odd_file_of_parameters_is_answered_in_a_sentence(
    name: str, domain: int, tmp_path: Path
) -> None:
    index = pytest.importorskip('ament_index_python.packages')
    content, says = PARAMETERS[name]
    (tmp_path / 'odd.yaml').write_text(content)
    program = f'{index.get_package_prefix("mer_ros")}/lib/mer_ros/text_node'
    with (tmp_path / 'told').open('w+') as told:
        process = subprocess.Popen(
            [program, '--ros-args', '--params-file', str(tmp_path / 'odd.yaml')],
            stdout=told, stderr=subprocess.STDOUT)
        try:
            # A node may refuse to start, or stay up and say why it is not configured.
            until = time.monotonic() + PATIENCE
            while not re.search(says, (tmp_path / 'told').read_text()):
                assert time.monotonic() < until, (tmp_path / 'told').read_text()
                time.sleep(0.1)
        finally:
            process.kill()
            process.wait()
    assert 'Traceback' not in (tmp_path / 'told').read_text()


def topics_of(source: Path) -> list[str]:
    try:
        with BagReader(source) as bag:
            return [topic.name for topic in bag.topics]
    except BagError:
        return []
