"""How fast the built-in models are on one core."""

from __future__ import annotations

from collections.abc import Callable
from statistics import median
import time
from typing import Any

import numpy as np

REPEATS = 200


def run() -> list[dict[str, Any]]:
    """Return medians of one call each, in ms, and the share of real time that speech takes."""
    from mer_ros.models import load_detector, load_model

    rng = np.random.default_rng(0)
    text, speech, face = (load_model(name, 'lite') for name in ('text', 'speech', 'face'))
    detector = load_detector('haar')
    sentence = 'I did not expect that at all, but I am really happy about it.'
    seconds = 3.0
    voice = rng.normal(0, 0.1, round(16000 * seconds)).astype(np.float32)
    crop = rng.integers(0, 255, (120, 120, 3), dtype=np.uint8)
    scene = rng.integers(0, 255, (480, 640, 3), dtype=np.uint8)
    share = 100 * _milliseconds(lambda: speech.logits([voice])) / (1e3 * seconds)
    return [
        _row('text: one sentence', _milliseconds(lambda: text.logits([sentence])), 'ms', 1.0),
        _row('speech: share of real time, 3 s', share, '%', 1.0),
        _row('face: one crop', _milliseconds(lambda: face.logits([crop])), 'ms', 5.0),
        {'name': 'face detector: one image of 640x480, noise',
         'value': _milliseconds(lambda: detector.detect(scene)), 'unit': 'ms'},
    ]


def _row(name: str, value: float, unit: str, limit: float) -> dict[str, Any]:
    return {'name': name, 'value': value, 'unit': unit, 'target': f'<= {limit:g}',
            'met': value <= limit}


def _milliseconds(call: Callable[[], Any]) -> float:
    times = []
    for _ in range(REPEATS):
        began = time.perf_counter()
        call()
        times.append(time.perf_counter() - began)
    return 1e3 * median(times[REPEATS // 10:])
