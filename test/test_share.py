"""Files that are installed beside the package."""

import sys

import pytest

from mer_ros import share


@pytest.fixture
def install(tmp_path, monkeypatch):
    """Return a function that makes the package look as if it lay below a folder, and gives it."""
    def made(below='venv/lib/python3/site-packages'):
        folder = tmp_path / below
        (folder / 'mer_ros').mkdir(parents=True)
        monkeypatch.setattr(share, '__file__', str(folder / 'mer_ros' / 'share.py'))
        monkeypatch.setattr(sys, 'prefix', str(tmp_path / 'venv'))
        monkeypatch.setenv('AMENT_PREFIX_PATH', f'/nowhere:{tmp_path / "ros"}')
        return folder
    return made


def test_the_source_tree_goes_before_every_installation(install, tmp_path):
    tree = install('tree')
    (tree / 'package.xml').touch()
    for folder in (tree, tmp_path / 'ros' / 'share' / 'mer_ros'):
        (folder / 'msg').mkdir(parents=True)
    assert share.shared('msg') == tree / 'msg'


def test_the_ament_prefix_goes_before_that_of_python(install, tmp_path):
    install()
    for prefix in ('venv', 'ros'):
        last = tmp_path / prefix / 'share' / 'mer_ros' / 'config' / 'responses'
        last.mkdir(parents=True)
        assert share.shared('config/responses') == last


def test_what_lies_above_the_package_by_chance_is_ignored(install, tmp_path):
    for folder in (install(), tmp_path):
        (folder / 'config' / 'responses').mkdir(parents=True)
    with pytest.raises(FileNotFoundError, match=r'ros/share/mer_ros/config.*build the package'):
        share.shared('config/responses')
