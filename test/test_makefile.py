"""The targets of the Makefile that other tests do not run."""

from pathlib import Path
import re
import shutil
import subprocess

import pytest

ROOT = Path(__file__).resolve().parent.parent


def make(*arguments):
    if not shutil.which('make'):
        pytest.skip('make is not installed')
    return subprocess.run(['make', '-C', str(ROOT), *arguments], capture_output=True, text=True,
                          timeout=60, check=True).stdout


def test_without_that_python_the_tests_without_ros_are_skipped_by_name():
    assert 'skipped: python9.99 is not installed' in make('test-core', 'PYTHON=python9.99')


def test_the_tests_without_ros_exist_and_need_none():
    named = re.search(r'^CORE_TESTS := ((?:.*\\\n)*.*)', (ROOT / 'Makefile').read_text(), re.M)[1]
    paths = [ROOT / 'test' / name for name in named.replace('\\', ' ').split()]
    assert len(paths) > 10
    for path in paths:
        files = [path] if path.suffix else list(path.rglob('test_*.py'))
        assert files, path
        assert [file.name for file in files if re.search(
            r"^pytest\.importorskip\('rclpy'\)", file.read_text(), re.M)] == []


def test_a_sourced_installation_keeps_its_own_numpy_and_empy():
    text = (ROOT / 'Makefile').read_text()
    sourced = text.partition('ifeq ($(ROS_SOURCED),yes)')[2].partition('\nelse\n')[0]
    assert 'numpy==$(shell $(PYTHON) -c' in sourced
    assert 'ros-build.txt' not in sourced
    assert 'empy' in (ROOT / 'requirements' / 'ros-build.txt').read_text()


@pytest.mark.parametrize('path', ['requirements', 'README.md', 'doc', 'Makefile'])
def test_no_numpy_is_pinned_below_that_of_a_distribution(path):
    files = [ROOT / path] if (ROOT / path).is_file() else (ROOT / path).rglob('*.*')
    pinned = re.compile(r'numpy\s*(?:<|==\s*[\d.]+)')
    assert [file.name for file in files if file.suffix in ('.txt', '.md', '') and (
        not file.name.startswith('lock-')) and pinned.search(file.read_text())] == []
