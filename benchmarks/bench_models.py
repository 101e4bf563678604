"""How fast the built-in models are on one core."""

from functools import partial
from typing import Any

from compare import row, seconds
import numpy as np


def run() -> list[dict[str, Any]]:
    """Return medians of one call each, in ms, and the share of real time that speech takes."""
    from mer_ros.models import load_detector, load_model

    rng = np.random.default_rng(0)
    text, speech, face = (load_model(name, 'lite') for name in ('text', 'speech', 'face'))
    detector = load_detector('auto')
    sentence = 'I did not expect that at all, but I am really happy about it.'
    length = 3.0
    voice = rng.normal(0, 0.1, round(16000 * length)).astype(np.float32)
    crop = rng.integers(0, 255, (120, 120, 3), dtype=np.uint8)
    scene = rng.integers(0, 255, (480, 640, 3), dtype=np.uint8)
    share = 100 * _seconds(lambda: speech.logits([voice])) / length
    return [
        row('text: one sentence', 1e3 * _seconds(lambda: text.logits([sentence])), 'ms', most=1.0),
        row('speech: share of real time, 3 s', share, '%', most=1.0),
        row('face: one crop', 1e3 * _seconds(lambda: face.logits([crop])), 'ms', most=5.0),
        row('face detector: one image of 640x480, noise',
            1e3 * _seconds(lambda: detector.detect(scene)), 'ms')]


_seconds = partial(seconds, repeats=200)
