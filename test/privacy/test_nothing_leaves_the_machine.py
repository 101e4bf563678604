"""No model and no node writes a file that nobody asked for or calls a stranger; no library does."""

from collections.abc import Callable
import shutil
import sys
from typing import Any

import pytest

LINGER_S = 5
"""How long a program stays after its work: collectors are called in the background."""

FONTS = 'home/.cache/matplotlib/fontlist'
"""matplotlib notes which fonts the machine has when it draws its first plot."""

EVERY_MODEL = f'''
import time
import numpy as np
from mer_ros.models import load_detector, load_model
from mer_ros.perception.voice import FRAME, SileroVoice
load_model('text', 'lite').logits(['what a lovely day'])
load_model('speech', 'lite').logits([np.zeros(16000, dtype=np.float32)])
load_model('face', 'lite').logits([np.zeros((64, 64, 3), dtype=np.uint8)])
SileroVoice().probability(np.zeros(FRAME, dtype=np.float32))
for detector in ('auto', 'haar'):
    load_detector(detector).detect(np.zeros((240, 320, 3), dtype=np.uint8))
from mer_ros.fusion import fuse
fuse({{'face': np.zeros(7), 'speech': np.zeros(7)}}, rule='attention')
time.sleep({LINGER_S})
'''


def test_models_write_nothing_and_call_nobody(watch: Callable[..., Any]) -> None:
    seen = watch([sys.executable, '-c', EVERY_MODEL])
    assert seen.strangers == []
    assert seen.files == []


def test_a_whole_graph_writes_its_log_and_its_output_only_and_stays_on_this_machine(
        watch: Callable[..., Any], domain: int) -> None:
    command = shutil.which('mer_ros')
    if command is None:
        pytest.skip('mer_ros is not installed')
    seen = watch([command, 'demo', '--output', 'kept', '--rate', '2', '--domain', str(domain)])
    assert seen.strangers == []
    assert [file for file in seen.files
            if not file.startswith(('home/.ros/log/', 'kept/', FONTS))] == []
    assert any('timeline.png' in file for file in seen.files), 'the watch is blind'


@pytest.mark.parametrize('program', [
    'open("found", "w").close()',
    'import socket; socket.socket(type=socket.SOCK_DGRAM).connect(("192.0.2.1", 9))',
    'import socket; socket.socket(type=socket.SOCK_DGRAM).sendto(b"", ("127.0.0.1", 53))',
])
def test_the_watch_sees_what_it_is_there_to_see(watch: Callable[..., Any], program: str) -> None:
    seen = watch([sys.executable, '-c', f'try:\n  {program}\nexcept OSError: pass'])
    assert seen.files or seen.strangers
