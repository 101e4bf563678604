"""Dockerfile, compose file, devcontainer and pixi.toml: they parse, and all that they name exists.

None of them is run here: that takes container images and conda packages.
"""

import json
import os
from pathlib import Path
import re
import shlex
import subprocess

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
import pytest
import yaml

from mer_ros.cli import main
from mer_ros.site_policy import read_policy

ROOT = Path(__file__).resolve().parent.parent
IN_IMAGE = '/opt/mer_ros/src/mer_ros/'


def instructions():
    """Return the instructions of the Dockerfile with their arguments."""
    text = re.sub(r'^\s*#.*\n', '', (ROOT / 'Dockerfile').read_text(), flags=re.MULTILINE)
    lines = re.sub(r'\\\n\s*', ' ', text).splitlines()
    return [tuple(line.split(maxsplit=1)) for line in lines if line.strip()]


def arguments(name):
    return [given for instruction, given in instructions() if instruction == name]


def check_command(words):
    """Assert that what a container runs exists in the package."""
    if words[:2] == ['ros2', 'launch']:
        assert (ROOT / 'launch' / words[3]).is_file()
        names = {argument.partition(':=')[0] for argument in words[4:]}
        declared = set(re.findall(r"DeclareLaunchArgument\(\s*'(\w+)'",
                                  (ROOT / 'launch' / words[3]).read_text()))
        assert names <= declared
    else:
        assert words[0] == 'mer_ros'
        options = {option for parameter in main.commands[words[1]].params
                   for option in parameter.opts}
        assert {word for word in words[2:] if word.startswith('--')} <= options


def test_the_image_is_that_of_jazzy_and_ends_as_somebody_without_rights():
    names = [name for name, _ in instructions()]
    assert set(names) <= {'ARG', 'FROM', 'SHELL', 'WORKDIR', 'COPY', 'RUN', 'USER', 'ENTRYPOINT',
                          'HEALTHCHECK', 'CMD'}
    assert arguments('ARG')[0] == 'ROS_DISTRO=jazzy'
    assert arguments('FROM') == ['ros:${ROS_DISTRO}-ros-base']
    assert arguments('USER') == ['robot']
    assert names.index('USER') > max(index for index, name in enumerate(names) if name == 'RUN')


def test_what_the_image_copies_and_installs_exists():
    sources = [given.split()[0] for given in arguments('COPY')]
    assert sources[-1] == '.'
    runs = ' '.join(arguments('RUN'))
    named = re.findall(r'src/mer_ros/(\S+)', runs)
    assert {'requirements/runtime.txt', 'requirements/detector.txt'} <= set(named)
    assert [path for path in (*sources, *named) if not (ROOT / path).exists()] == []


@pytest.mark.parametrize('script', arguments('RUN'))
def test_what_the_image_runs_is_a_script(script):
    subprocess.run(['bash', '-n', '-c', script], check=True, timeout=30)


def test_what_the_container_runs_exists():
    (entry,), (health,), (command,) = map(arguments, ('ENTRYPOINT', 'HEALTHCHECK', 'CMD'))
    (script,) = json.loads(entry)
    path = ROOT / script.removeprefix(IN_IMAGE)
    assert os.access(path, os.X_OK)
    subprocess.run(['bash', '-n', path], check=True, timeout=30)
    called = json.loads(health.partition('CMD ')[2])
    assert called[0] == script
    check_command(called[1:])
    check_command(json.loads(command))


def test_nothing_built_or_private_goes_into_the_image():
    ignored = (ROOT / '.dockerignore').read_text().split()
    assert {'.git', '.venv*', 'build', 'install', 'runs'} <= set(ignored)


def test_the_compose_file_names_what_exists():
    path = ROOT / 'examples' / 'compose.yaml'
    services = yaml.safe_load(path.read_text())['services']
    assert set(services) == {'emotion', 'dashboard'}
    context = path.parent / services['emotion']['build']['context']
    assert (context / 'Dockerfile').samefile(ROOT / 'Dockerfile')
    for service in services.values():
        assert service['image'] == 'mer_ros'
        check_command(shlex.split(service['command']))
    policy, _, inside = services['emotion']['volumes'][0].partition(':')
    assert read_policy(path.parent / policy).site
    assert services['emotion']['environment']['MER_ROS_SITE_POLICY'] == inside.removesuffix(':ro')


def test_the_devcontainer_uses_the_image_and_its_user():
    path = ROOT / '.devcontainer' / 'devcontainer.json'
    described = json.loads(path.read_text())
    assert (path.parent / described['build']['dockerfile']).samefile(ROOT / 'Dockerfile')
    assert described['remoteUser'] == arguments('USER')[0]
    command = shlex.split(described['postCreateCommand'])[-1]
    subprocess.run(['bash', '-n', '-c', command], check=True, timeout=30)
    target = re.search(r'make (\w+)', command)[1]
    assert re.search(rf'^{target}:', (ROOT / 'Makefile').read_text(), re.MULTILINE)


def test_pixi_has_the_requirements_of_the_runtime_in_the_same_versions():
    tomllib = pytest.importorskip('tomllib')
    described = tomllib.loads((ROOT / 'pixi.toml').read_text())
    given = {canonicalize_name(name): SpecifierSet('' if version == '*' else version)
             for table in ('dependencies', 'pypi-dependencies')
             for name, version in described[table].items()}
    lines = (ROOT / 'requirements' / 'runtime.txt').read_text().splitlines()
    for requirement in (Requirement(line.partition('#')[0]) for line in lines
                        if line.partition('#')[0].strip()):
        assert given[canonicalize_name(requirement.name)] == requirement.specifier


def test_pixi_has_the_packages_of_ros_and_tasks_that_exist():
    tomllib = pytest.importorskip('tomllib')
    described = tomllib.loads((ROOT / 'pixi.toml').read_text())
    needed = set(re.findall(r'<(?:buildtool_|exec_)?depend>(\w+)<',
                            (ROOT / 'package.xml').read_text()))
    # From PyPI, or done without: images are then converted by rosbags-image.
    others = {name for name in needed if name.startswith(('python3_', 'python3-'))}
    others |= {'cv_bridge', 'py_trees'}
    assert {f'ros-jazzy-{name.replace("_", "-")}' for name in needed - others} <= set(
        described['dependencies'])
    for name in ('doctor', 'demo', 'bringup'):
        check_command(shlex.split(described['tasks'][name]))
    assert 'requirements/detector.txt' in described['tasks']['detector']
    for task in described['tasks'].values():
        for other in task.get('depends-on', ()) if isinstance(task, dict) else ():
            assert other in described['tasks']


def test_the_description_has_a_page_and_an_author():
    text = (ROOT / 'package.xml').read_text()
    assert re.search(r'<url type="repository">https://\S+</url>', text)
    assert '<author>' in text
