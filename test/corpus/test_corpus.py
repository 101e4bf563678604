"""Whatever was recorded: nothing crashes, and nothing is lost without a word."""

from pathlib import Path
import re

from click.testing import CliRunner
import pytest

from corpus.cases import Case
from corpus.odd_bags import BAGS
from corpus.odd_media import MEDIA
from mer_ros.bags import BagError, BagReader
from mer_ros.cli import main


@pytest.mark.parametrize('one', [*BAGS, *MEDIA], ids=lambda one: one.name)
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


def topics_of(source: Path) -> list[str]:
    try:
        with BagReader(source) as bag:
            return [topic.name for topic in bag.topics]
    except BagError:
        return []
