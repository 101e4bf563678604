"""What the documentation names exists: files, modules, commands, parameters of all kinds."""

import ast
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
import re
import shlex

import click
import numpy as np
import pytest

from mer_ros.cli import main

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted([ROOT / 'README.md', *ROOT.glob('doc/**/*.md'), *ROOT.glob('examples/**/*.md')])
NAMES = [str(page.relative_to(ROOT)) for page in PAGES]

LINK = re.compile(r'\]\(([^)#\s]+)(?:#([^)]*))?\)')
DOTTED = re.compile(r'(?<![\w/.])mer_ros(?:\.[A-Za-z_]\w*)+')
SOURCE = re.compile(r'(?<![\w/.])((?:\w+/)+\w+\.(?:py|msg|xml|hpp|cpp)|mer_ros/[\w/]+\.\w+)\b')
FILE = re.compile(r'`(\w+\.py)`')
CODE = re.compile(r'^```\w+\n(.*?)^```|^ {4}(.*?)$|`([^`\n]+)`', re.MULTILINE | re.DOTALL)
COMMAND = re.compile(r'^\s*(?:\$ )?(mer_ros [a-z][^#\n]*)', re.MULTILINE)
PARAMETER = re.compile(
    r'`((?:abstain|audio|collect|fusion|people|staleness|temporal|tracking|window|wording)'
    r'\.[a-z_]+)(?::[^`]*)?`')
LAUNCH = re.compile(r'ros2 launch mer_ros (\w+\.launch\.py)((?:\s+(?:\\\n\s*)?\w+:=\S+)*)')

GROUPS = {'text_models', 'speech_models', 'face_models', 'av_models', 'face_detectors',
          'fusion_rules', 'generators'}
"""Entry-point groups look like modules, but are none."""

def code(text):
    """Return what is set as code, with lines that go on after a backslash joined."""
    parts = [''.join(found) for found in CODE.findall(text)]
    return re.sub(r'\\\n\s*', '', '\n'.join(parts))


def anchors(text):
    """Return the names by which links reach the headings of a page."""
    headings = re.findall(r'^#+ (.+)$', text, re.MULTILINE)
    return {re.sub(r'[^\w\- ]', '', heading).strip().lower().replace(' ', '-')
            for heading in headings}


def exists(dotted):
    """Tell whether a module of the package, or what it holds, has this name."""
    parts = dotted.split('.')
    for length in range(len(parts), 0, -1):
        module = '.'.join(parts[:length])
        try:
            if find_spec(module) is None:
                continue
        except ModuleNotFoundError:
            continue
        if length == len(parts):
            return True
        held = import_module(module)
        for name in parts[length:]:
            if not hasattr(held, name):
                return False
            held = getattr(held, name)
        return True
    return False


def launch_arguments(name):
    """Return what a launch file declares or shows in its docstring, and what it includes."""
    tree = ast.parse((ROOT / 'launch' / name).read_text())
    names = {node.args[0].value for node in ast.walk(tree) if isinstance(node, ast.Call)
             and getattr(node.func, 'id', '') == 'DeclareLaunchArgument'
             and isinstance(node.args[0], ast.Constant)}
    names |= set(re.findall(r'(\w+):=', ast.get_docstring(tree)))
    return names if name == 'mer.launch.py' else names | launch_arguments('mer.launch.py')


def unknown_in(command):
    """Return what a command line names that the command does not have."""
    words = shlex.split(command.replace('...', ''), comments=True)[1:]
    here, unknown = main, []
    for word in words:
        if isinstance(here, click.Group):
            if word.isupper():  # a placeholder
                break
            commands = [here.commands.get(name) for name in word.split('|')]
            if None in commands:
                return [word]
            here = commands[0]
        elif word.startswith('--') and word != '--help':
            options = {option for parameter in here.params
                       for option in (*parameter.opts, *parameter.secondary_opts)}
            if word.partition('=')[0] not in options and here.name != 'bringup':
                unknown.append(word)
    return unknown


@pytest.fixture(params=PAGES, ids=NAMES)
def page(request):
    return request.param


def test_every_link_leads_somewhere(page):
    links = [link for link in LINK.findall(page.read_text()) if '://' not in link[0]]
    assert [path for path, _ in links if not (page.parent / path).exists()] == []
    assert [(path, anchor) for path, anchor in links
            if anchor and anchor not in anchors((page.parent / path).read_text())] == []


def test_every_module_exists(page):
    names = {name.rstrip('.') for name in DOTTED.findall(page.read_text())}
    names -= {f'mer_ros.{group}' for group in GROUPS}
    assert [name for name in sorted(names) if not exists(name)] == []


def test_every_source_file_exists(page):
    roots = (ROOT, ROOT / 'mer_ros', page.parent)
    paths = SOURCE.findall(page.read_text())
    assert [path for path in paths if not any((root / path).exists() for root in roots)] == []


def test_every_file_that_is_named_alone_exists(page):
    assert [name for name in FILE.findall(page.read_text())
            if not list((ROOT / 'mer_ros').rglob(name))] == []


def test_every_command_exists(page):
    commands = COMMAND.findall(code(page.read_text()))
    assert {command: unknown for command in commands if (unknown := unknown_in(command))} == {}


def test_every_launch_argument_exists(page):
    unknown = {name for file, arguments in LAUNCH.findall(page.read_text())
               for name in re.findall(r'(\w+):=', arguments)
               if name not in launch_arguments(file)}
    assert unknown == set()


def test_every_parameter_exists(page):
    reference = (ROOT / 'doc' / 'PARAMETERS.md').read_text()
    named = set(PARAMETER.findall(page.read_text()))
    assert {name for name in named if f'| `{name}` |' not in reference} == set()


@pytest.mark.parametrize('message', ['EmotionState', 'ModalityOpinion'])
def test_the_proposal_maps_every_field_and_no_other(message):
    text = (ROOT / 'doc' / 'REP_PROPOSAL.md').read_text()
    table = re.search(rf'^\| {message} \|.*\n\|[-|]+\n((?:\|.*\n)+)', text, re.MULTILINE)[1]
    mapped = re.findall(r'^\| `(\w+)` \|', table, re.MULTILINE)
    fields = re.findall(r'^[\w/]+(?:\[\])? (\w+)$',
                        (ROOT / 'msg' / f'{message}.msg').read_text(), re.MULTILINE)
    assert mapped == fields


def test_the_python_of_the_readme_runs():
    block = re.search(r'^## Python\n+```python\n(.*?)```', (ROOT / 'README.md').read_text(),
                      re.MULTILINE | re.DOTALL)[1]
    names = {'f': np.eye(7)[3], 's': np.zeros(7)}
    exec(block, names)
    assert names['opinion'].belief.argmax() == 3


@pytest.mark.parametrize(('check', 'wrong'), [
    (exists, 'mer_ros.training.active'), (exists, 'mer_ros.fusion.no_such_name')])
def test_an_outdated_name_is_noticed(check, wrong):
    assert not check(wrong)


@pytest.mark.parametrize('command', ['mer_ros analyse x', 'mer_ros analyze x --no-such-option'])
def test_an_outdated_command_is_noticed(command):
    assert unknown_in(command)


def test_the_pages_hold_what_is_checked():
    text = '\n'.join(page.read_text() for page in PAGES)
    for pattern in (LINK, DOTTED, SOURCE, PARAMETER, LAUNCH):
        assert len(pattern.findall(text)) >= 5, pattern.pattern
    assert len(COMMAND.findall(code(text))) >= 30
