"""Whether the uncertainty rises on what no model has learned."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from mer_ros.data import AudioBlock, CameraImage, Logits, NANOSECONDS, SAMPLE_RATE
from mer_ros.emotions import UNKNOWN
from mer_ros.engines.face import FaceEngine
from mer_ros.engines.fusion_settings import FusionSettings
from mer_ros.engines.humans import WholeImage
from mer_ros.engines.speech import SpeechEngine
from mer_ros.engines.text import TextEngine
from mer_ros.evaluation.datasets.load_dataset import load
from mer_ros.evaluation.datasets.text_sets import rows_of
from mer_ros.evaluation.metrics.selective import error_auroc
from mer_ros.evaluation.people.commands import read_text, spread
from mer_ros.evaluation.people.judged import judged
from mer_ros.evaluation.people.strange_inputs import gibberish, PATCHES, SOUNDS
from mer_ros.models import load_model
from mer_ros.models.protocols import KnowsWords
from mer_ros.models.text.language_tags import tag_of

FAMILIAR, STRANGE = 300, 100
"""How many inputs of what is known, and of each strange kind, are judged."""

Judge = Callable[[Any], Logits | None]


def strange_inputs(root: Path, *, profile: str, settings: FusionSettings, seed: int = 0
                   ) -> Iterator[dict[str, Any]]:
    """Yield by modality and kind of input the AUROC of u, and the share that gets a label.

    What is known are test splits: goemotions, crema_d_audio, muxspace_faces.  Raises
    FileNotFoundError where one is not there.
    """
    draw = np.random.default_rng(seed)
    text = load_model('text', profile)
    words = TextEngine(text)
    strange: dict[str, Sequence[Any]] = {
        'random letters': [gibberish(draw) for _ in range(STRANGE)]}
    learned = text.languages if isinstance(text, KnowsWords) else ()
    other = [row['text'] for row in rows_of('robot_commands', root, 'test')
             if tag_of(row['language']) not in learned]
    if other and learned:
        strange['languages not learned'] = spread(other, FAMILIAR)
    yield from _compare('text', 'goemotions', load('goemotions', root, 'test').inputs, strange,
                        lambda item: read_text(words, item), settings)

    voice = load_model('speech', profile)
    yield from _compare(
        'speech', 'crema_d_audio', load('crema_d_audio', root, 'test').inputs,
        {name: [make(draw) for _ in range(STRANGE // 5)] for name, make in SOUNDS.items()},
        lambda item: _hear(voice, item), settings)

    face = FaceEngine(load_model('face', profile), WholeImage(), every=1)
    yield from _compare(
        'face', 'muxspace_faces', load('muxspace_faces', root, 'test').inputs,
        {name: [make(draw) for _ in range(STRANGE)] for name, make in PATCHES.items()},
        lambda item: _look(face, item), settings)


def _compare(modality: str, source: str, familiar: Sequence[Any],
             strange: Mapping[str, Sequence[Any]], judge: Judge, settings: FusionSettings
             ) -> Iterator[dict[str, Any]]:
    known = judged([judge(item) for item in spread(familiar, FAMILIAR)], settings)
    yield {'modality': modality, 'kind': source, 'n': len(known.labels), 'auroc': None,
           'labelled': known.share(UNKNOWN), 'uncertainty': float(known.uncertainty.mean())}
    for kind, items in strange.items():
        found = judged([judge(item) for item in items], settings)
        is_known = np.arange(len(known.labels) + len(items)) < len(known.labels)
        yield {'modality': modality, 'kind': kind, 'n': len(items),
               'auroc': error_auroc(is_known, -np.concatenate(
                   [known.uncertainty, found.uncertainty])),
               'labelled': found.share(UNKNOWN), 'uncertainty': float(found.uncertainty.mean())}


def _hear(model: Any, sound: Any) -> Logits | None:
    engine = SpeechEngine(model, mode='utterance')
    quiet = np.zeros(SAMPLE_RATE, dtype=np.float32)
    heard = np.concatenate([quiet[:SAMPLE_RATE // 4], sound, quiet])
    found = [*engine.process(AudioBlock(NANOSECONDS, heard[:, np.newaxis], SAMPLE_RATE)),
             *engine.flush()]
    return max(found, key=lambda one: one.window, default=None)


def _look(engine: FaceEngine, picture: Any) -> Logits | None:
    engine.reset()
    found = [*engine.process(CameraImage(NANOSECONDS, picture)), *engine.flush()]
    return found[0] if found else None
