"""Our models beside other packages, on the same items: cost with accuracy, start and memory.

python benchmarks/run.py --only peers, with requirements/paper.txt.  Each peer runs in a process of
its own, those of requirements/bench.txt with the interpreter $MER_ROS_PEERS_PYTHON.
Items come from $MER_ROS_DATA (default ../shared/data); a peer that cannot run is named, with the
reason.  Start and cost are processor time; starting includes the first item, and training.
"""

import json
import os
from pathlib import Path
import subprocess
import sys
from tempfile import TemporaryDirectory
from typing import Any

from compare import row
import numpy as np

ITEMS = {'text': ('goemotions', 100), 'speech': ('emodb', 40), 'face': ('muxspace_faces', 40)}
TRAINING = 200
PATIENCE = 200
CANVAS = (480, 640)
FACE = 240

RANDOM = ('transformers_text', 'funasr_speech')
"""Peers of random weights: their accuracy says nothing."""

ELSEWHERE = ('opensmile_speech', 'fer_face', 'deepface_face')
"""Peers with packages that need not be beside ours."""


def run() -> list[dict[str, Any]]:
    """Return the figures of each peer."""
    from peers import PEERS

    data = Path(os.environ.get('MER_ROS_DATA', '../shared/data'))
    rows = []
    with TemporaryDirectory() as temporary:
        truth = {modality: _write(data, Path(temporary), modality) for modality in ITEMS}
        for name in PEERS:
            rows += _measure(name, Path(temporary), truth[name.rpartition('_')[2]])
    return rows


def _write(data: Path, folder: Path, modality: str) -> list[str]:
    """Write the items for the peers; return their labels."""
    from mer_ros.evaluation.datasets.load_dataset import load

    name, count = ITEMS[modality]
    wanted = {'': ('test', count)}
    if modality == 'speech':
        wanted['_train'] = ('train', TRAINING)
    labels: dict[str, list[str]] = {}
    for ending, (split, most) in wanted.items():
        samples = load(name, data, split)
        chosen = np.random.default_rng(0).permutation(len(samples.inputs))[:most]
        items = np.empty(len(chosen), dtype=object)
        for place, index in enumerate(chosen):
            given = samples.inputs[index]
            items[place] = _scene(given) if modality == 'face' else given
        labels[ending] = [samples.labels[index] for index in chosen]
        np.savez(folder / f'{modality}{ending}.npz', items=items, labels=labels[ending])
    return labels['']


def _scene(crop: Any) -> Any:
    """Return an image of 640x480 in which the face has 240 pixels."""
    import cv2

    image = np.full((*CANVAS, 3), 128, dtype=np.uint8)
    top, left = (side // 2 - FACE // 2 for side in CANVAS)
    image[top:top + FACE, left:left + FACE] = cv2.resize(crop, (FACE, FACE))
    return image


def _measure(name: str, folder: Path, truth: list[str]) -> list[dict[str, Any]]:
    python = sys.executable if name not in ELSEWHERE else os.environ.get(
        'MER_ROS_PEERS_PYTHON', sys.executable)
    child = subprocess.run(
        [python, str(Path(__file__).with_name('peers.py')), name, str(folder)],
        capture_output=True, text=True, timeout=PATIENCE, check=False)
    if child.returncode:
        reason = (child.stderr.strip().splitlines() or ['it ended'])[-1]
        return [row(f'{name}: skipped, {reason[:100]}', float('nan'), '')]
    found = json.loads(child.stdout.strip().splitlines()[-1])
    right = float(np.mean([a == b for a, b in zip(found['labels'], truth, strict=True)]))
    unknown = ' (random weights)' if name in RANDOM else ''
    return [row(f'{name}: an item', found['ms'], 'ms'), row(f'{name}: start', found['start'], 's'),
            row(f'{name}: peak memory', found['memory'], 'MB'),
            row(f'{name}: accuracy{unknown}', right, '')]
