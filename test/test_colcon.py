"""The package in a colcon workspace, as on a robot."""

import os
from pathlib import Path
import shutil
import subprocess
import sys

import pytest

pytest.importorskip('rclpy')
pytestmark = pytest.mark.timeout(600)

MESSAGES_AND_MODULES = """
import importlib.metadata
import mer_ros.fusion
from mer_ros.msg import EmotionState

print(mer_ros.fusion.__file__)
print(EmotionState().get_fields_and_field_types()['label'])
print(importlib.metadata.distribution('mer_ros').locate_file(''))
"""


@pytest.fixture(scope='module')
def workspace(repository, tmp_path_factory):
    """Build a copy of the source tree in a workspace of its own; return its folder."""
    if shutil.which('colcon') is None:
        pytest.skip('colcon is missing: pip install colcon-common-extensions')
    folder = tmp_path_factory.mktemp('workspace')
    # A copy, because CMake refuses a virtual environment inside the source tree it builds.
    shutil.copytree(repository, folder / 'src' / 'mer_ros',
                    ignore=shutil.ignore_patterns('.*', 'build', 'install', 'log', 'runs'))
    environment = {
        'AMENT_PREFIX_PATH': sys.prefix, 'CMAKE_PREFIX_PATH': sys.prefix,  # ROS 2 as wheels
        **os.environ}
    build = subprocess.run(
        ['colcon', 'build', '--cmake-args', f'-DPython3_EXECUTABLE={sys.executable}'],
        cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert build.returncode == 0, build.stdout + build.stderr
    return folder


def in_workspace(workspace, command):
    """Run a command as in a shell that has sourced the workspace."""
    return subprocess.run(
        ['bash', '-c', f'source install/local_setup.bash && {command}'],
        cwd=workspace, capture_output=True, text=True, check=False)


def test_python_and_messages_are_imported_from_the_workspace(workspace):
    run = in_workspace(workspace, f"'{sys.executable}' -c \"{MESSAGES_AND_MODULES}\"")

    assert run.returncode == 0, run.stderr
    module, label, metadata = run.stdout.splitlines()
    site_packages = Path(metadata).resolve()
    assert site_packages.is_relative_to(workspace / 'install')
    assert Path(module).resolve() == site_packages / 'mer_ros' / 'fusion' / '__init__.py'
    assert label == 'string'


def test_executables_run_where_ros2_run_looks_for_them(workspace):
    folder = workspace / 'install' / 'mer_ros' / 'lib' / 'mer_ros'
    run = in_workspace(workspace, f'{folder}/replay too many arguments')

    assert run.returncode == 2
    assert 'usage: replay' in run.stderr


def test_the_command_runs(workspace):
    run = in_workspace(workspace, 'mer_ros --help')

    assert run.returncode == 0, run.stderr
    assert 'replay' in run.stdout


@pytest.mark.parametrize('name', ['config/lite.yaml', 'launch/mer.launch.py', 'package.xml'])
def test_shared_files_are_installed(workspace, name):
    assert (workspace / 'install' / 'mer_ros' / 'share' / 'mer_ros' / name).is_file()
