"""What is installed, what is missing, and what to do about it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
import os
import platform
import re
from typing import NamedTuple

from rich.console import Console
from rich.table import Table

from mer_ros import SWITCHES
from mer_ros.models import load_detector, load_model
from mer_ros.models.speech.voice_encoder import VoiceEncoder
from mer_ros.perception.voice import SileroVoice
from mer_ros.share import INSTALL
from mer_ros.site_policy import find_policy

RUNTIME = (
    'av', 'click', 'cv2', 'matplotlib', 'numpy', 'onnxruntime', 'py_trees', 'rich', 'rosbags',
    'rosbags.image', 'soundfile', 'soxr', 'websockets')
"""Modules that the nodes and the command need."""

OPTIONAL = {
    'ai_edge_litert': f'BlazeFace runs in OpenCV instead, in three times the time: {INSTALL}',
    'cv-bridge': 'images are converted by rosbags-image instead, with equal results',
    'torch': 'only for `mer_ros train` and the profile paper: pip install -r '
             'requirements/train.txt, requirements/paper.txt',
    'transformers': 'only for the profile paper: pip install -r requirements/paper.txt',
    'funasr': 'only for the profile paper: pip install -r requirements/paper.txt',
    'retina-face': 'only for the profile paper: pip install -r requirements/paper.txt',
    'launch-pytest': 'only for the tests of the launch files: apt install '
                     'ros-$ROS_DISTRO-launch-pytest',
    'mcp': 'only for `mer_ros mcp`: pip install -r requirements/mcp.txt',
    'bond': 'only for the bond with the lifecycle manager of Nav2: install bondpy of ROS, or set '
            'its bond_timeout to 0.0',
    'hri_msgs': 'only for humans_node, the bridge to ROS4HRI',
}
"""Packages that may be missing, and what that means."""

MODULE_OF = {
    'cv-bridge': 'cv_bridge', 'launch-pytest': 'launch_pytest',
    'retina-face': 'mer_ros.models.detectors.retinaface_package'}
"""What is imported of packages whose modules have other names."""


class Finding(NamedTuple):
    """One line of the report."""

    what: str
    state: str
    advice: str = ''


def examine() -> int:
    """Print what is there and what is missing; return 1 if the graph could not run, else 0."""
    findings = [
        Finding('Python', platform.python_version()),
        _try('rclpy (ROS 2)', _ros, 'source a ROS 2 installation, or use `make build`'),
        _try('messages', _messages, 'build the package: `make build` or `colcon build`'),
        *(_try(name, partial(_version, name), f'pip install {name}') for name in RUNTIME),
        *(_try(f'{modality} model lite', partial(_model, modality), 'reinstall mer_ros')
          for modality in ('face', 'speech', 'text')),
        _detector(),
        _voice(),
        _encoder(),
        _telemetry(),
        _policy(),
        *(_optional(name, meaning) for name, meaning in OPTIONAL.items()),
    ]
    table = Table(title='mer_ros doctor')
    for column in ('what', 'state', 'what to do'):
        table.add_column(column)
    for finding in findings:
        style = {'missing': 'red', 'not installed': 'dim'}.get(finding.state, '')
        table.add_row(finding.what, finding.state, finding.advice, style=style)
    Console().print(table)
    return int(any(finding.state == 'missing' for finding in findings))


def _detector() -> Finding:
    try:
        detector = load_detector('auto')
    except (FileNotFoundError, ValueError) as error:
        return Finding('face detector', 'missing', str(error))
    return Finding('face detector', detector.name, detector.stands_in)


def _voice() -> Finding:
    try:
        SileroVoice()
    except (FileNotFoundError, ValueError) as error:
        return Finding('voice activity', 'missing', str(error))
    return Finding('voice activity', 'Silero VAD')


def _encoder() -> Finding:
    try:
        VoiceEncoder()
    except FileNotFoundError as error:
        return Finding('voice encoder', 'not installed', f'statistics alone stand in: {error}')
    return Finding('voice encoder', 'Smart Turn')


def _telemetry() -> Finding:
    on = [f'{name}={os.environ.get(name)}' for name in SWITCHES
          if os.environ.get(name, '').lower() not in ('1', 'true', 'yes', 'on')]
    if not on:
        return Finding('telemetry of libraries', 'off')
    return Finding('telemetry of libraries', 'not off',
                   f'your environment allows them: unset {", ".join(on)}')


def _policy() -> Finding:
    try:
        policy = find_policy()
    except (OSError, ValueError) as error:
        return Finding('site policy', 'missing', f'{error}; until then no node starts')
    if not policy.path:
        return Finding('site policy', 'none', 'everything is allowed; see doc/PRIVACY.md')
    forbidden = policy.forbids((), datetime.now().astimezone())
    return Finding('site policy', policy.path, '; '.join(
        [*([f'nothing may be perceived now: {forbidden}'] if forbidden else []), *policy.words()]))


def _try(what: str, check: Callable[[], str], advice: str) -> Finding:
    try:
        return Finding(what, check())
    except Exception as error:  # whatever keeps a part from working is the finding
        return Finding(what, 'missing', f'{advice} ({type(error).__name__}: {error})')


def _optional(name: str, meaning: str) -> Finding:
    try:
        return Finding(name, _version(name))
    except ImportError:
        return Finding(name, 'not installed', meaning)


def _ros() -> str:
    import_module('rclpy')
    return os.environ.get('ROS_DISTRO', 'wheels')


def _messages() -> str:
    import_module('mer_ros.msg')
    return 'built'


def _version(module: str) -> str:
    import_module(MODULE_OF.get(module, module))
    distribution = {'cv2': 'opencv-python-headless'}.get(module, re.sub(r'[._]', '-', module))
    try:
        return version(distribution)
    except PackageNotFoundError:  # installed by the system under another name
        return 'installed'


def _model(modality: str) -> str:
    return f'{len(load_model(modality, "lite").labels)} classes'
