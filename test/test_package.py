"""The package's own description: metadata, interfaces, requirements and launch arguments."""

import ast
from fnmatch import fnmatch
import importlib.util
from pathlib import Path
import re
import sys
from xml.etree import ElementTree

from packaging.requirements import Requirement
import pytest

import mer_ros

ROOT = Path(__file__).resolve().parent.parent
MESSAGES = sorted(ROOT.glob('msg/*.msg'))
REQUIREMENTS = sorted(ROOT.glob('requirements/*.txt'))
LAUNCH_FILES = sorted(ROOT.glob('launch/*.launch.py'))

ROS_IMPORT = re.compile(r'rclpy|ament_\w+|launch|launch_ros|cv_bridge|\w+_(msgs|srvs|interfaces)')
DISTRIBUTION_OF_IMPORT = {
    'backports': 'backports.zstd', 'compression': 'backports.zstd',  # the library of Python 3.14
    'cv2': 'opencv-python-headless', 'ai_edge_litert': 'ai-edge-litert',
    'retinaface': 'retina-face', 'sklearn': 'scikit-learn', 'yaml': 'PyYAML'}
MACHINE_PATH = re.compile(rb'(?<![\w.:/])/(?:home|root|Users|work|mnt|tmp)/\w+')


def package_xml():
    return ElementTree.parse(ROOT / 'package.xml').getroot()


def dependencies(*kinds):
    return {element.text for kind in kinds for element in package_xml().iter(kind)}


def source_files():
    """Return every file that is not ignored or built."""
    patterns = ['.git', *(line.strip().strip('/') for line in
                          (ROOT / '.gitignore').read_text().splitlines() if line.strip())]
    return [path for path in ROOT.rglob('*') if path.is_file() and not any(
        fnmatch(part, pattern) for part in path.relative_to(ROOT).parts for pattern in patterns)]


def imported_packages(path):
    """Return the top-level packages that a Python file imports anywhere in it."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition('.')[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module.partition('.')[0])
    return names


def package_imports():
    """Return what the package and its launch files import from elsewhere."""
    files = [*ROOT.glob('mer_ros/**/*.py'), *LAUNCH_FILES]
    imported = set().union(*map(imported_packages, files))
    return imported - sys.stdlib_module_names - {'mer_ros'}


def executables():
    """Return the names and modules of the nodes that CMakeLists.txt installs for `ros2 run`."""
    text = (ROOT / 'CMakeLists.txt').read_text()
    nodes = re.search(r'foreach\(node ([\w\s]+)\)', text)[1].split()
    single = re.findall(r'install_executable\((\w+) (mer_ros\.nodes\.\S+) lib/', text)
    return {**{name: f'mer_ros.nodes.{name}' for name in nodes}, **dict(single)}


def path_of(module):
    return ROOT.joinpath(*module.split('.')).with_suffix('.py')


def test_package_xml_is_of_format_3():
    root = package_xml()

    assert root.get('format') == '3'
    assert root.findtext('name') == 'mer_ros'
    assert root.findtext('license') == 'Apache-2.0'
    assert root.findtext('export/build_type') == 'ament_cmake'


def test_every_file_names_the_same_version():
    changelog = (ROOT / 'CHANGELOG.rst').read_text()

    assert package_xml().findtext('version') == mer_ros.__version__
    assert re.search(rf'^{re.escape(mer_ros.__version__)} .*\n-+$', changelog, re.MULTILINE)


def test_package_xml_names_every_ros_package_that_is_imported():
    ros = {name for name in package_imports() if ROS_IMPORT.fullmatch(name)}

    assert 'rclpy' in ros
    assert ros <= dependencies('depend', 'exec_depend')


def test_every_other_package_that_is_imported_is_required():
    required = {Requirement(line.partition('#')[0]).name
                for name in ('runtime', 'detector', 'mcp', 'paper', 'train')
                for line in (ROOT / f'requirements/{name}.txt').read_text().splitlines()
                if line.partition('#')[0].strip()}
    imported = {DISTRIBUTION_OF_IMPORT.get(name, name) for name in package_imports()
                if not ROS_IMPORT.fullmatch(name)}

    assert imported - {'bondpy'} <= required, 'bondpy is a package of ROS that may be missing'


def test_package_xml_names_what_the_messages_are_made_of():
    used = {kind for path in MESSAGES
            for kind in re.findall(r'^(\w+)/\w+', path.read_text(), re.MULTILINE)}

    assert used
    assert used <= dependencies('depend')


@pytest.mark.parametrize('name', executables())
def test_every_executable_has_a_module_with_a_main_function(name):
    tree = ast.parse(path_of(executables()[name]).read_text())

    assert 'main' in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_every_module_with_a_main_function_is_an_executable():
    with_main = {path for path in ROOT.glob('mer_ros/nodes/**/*.py')
                 if re.search(r'^def main\(', path.read_text(), re.MULTILINE)}

    assert with_main == set(map(path_of, executables().values()))


def test_only_the_command_is_on_the_path():
    text = (ROOT / 'CMakeLists.txt').read_text()
    installed = re.findall(r'install_executable\((\S+) \S+ bin\)', text)

    assert installed == ['mer_ros']


def test_every_message_is_built():
    built = set(re.findall(r'msg/\w+\.msg', (ROOT / 'CMakeLists.txt').read_text()))

    assert built == {str(path.relative_to(ROOT)) for path in MESSAGES}


@pytest.mark.parametrize('path', MESSAGES, ids=lambda path: path.stem)
def test_every_message_and_each_of_its_fields_is_explained(path):
    blocks = [block.splitlines() for block in path.read_text().strip().split('\n\n')]

    assert all(line.startswith('#') for line in blocks[0])
    for block in blocks[1:]:
        code = [line for line in block if not line.startswith('#')]
        fields = [line for line in code if '=' not in line]
        assert block[0].startswith('#'), f'no comment above {block[0]!r}'
        assert len(fields) == 1, f'one comment for several fields: {fields}'


@pytest.mark.parametrize('path', REQUIREMENTS, ids=lambda path: path.name)
def test_every_requirement_can_be_read(path):
    for line in path.read_text().splitlines():
        text, _, digest = line.partition('#')[0].strip().partition(' --hash=sha256:')
        assert len(digest) == 64 * path.name.startswith('lock-')
        if text.startswith('-r '):
            assert (path.parent / text.removeprefix('-r ')).is_file()
        elif text:
            assert Requirement(text).name


@pytest.mark.parametrize('path', LAUNCH_FILES, ids=lambda path: path.name)
def test_every_launch_argument_is_described(path):
    pytest.importorskip('launch_ros')
    spec = importlib.util.spec_from_file_location(path.stem.replace('.', '_'), path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)

    arguments = module.generate_launch_description().get_launch_arguments()

    assert arguments
    for argument in arguments:
        assert argument.description != 'no description given', argument.name
        assert argument.default_value is not None or 'required' in argument.description


def test_no_file_holds_a_path_of_the_machine_it_was_made_on():
    found = {str(path.relative_to(ROOT)): match[0] for path in source_files()
             if (match := MACHINE_PATH.search(path.read_bytes()))}

    assert found == {}
