"""What the folds of the audio-visual network reached, beside what its paper says."""

from collections.abc import Mapping, Sequence
import json
from pathlib import Path
from statistics import median
import time
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mer_ros.evaluation.metrics.classification import accuracy, balanced_accuracy
from mer_ros.evaluation.metrics.summary import summarise
from mer_ros.fusion.logspace import softmax
from mer_ros.research.avnet.avnet import AvNet
from mer_ros.research.avnet.avnet_sizes import AUDIO_S, FACE_SHAPE
from mer_ros.research.avnet.avnet_weights import CHECKPOINT

FIGURES = 'figures.json'
REPORT = 'folds.json'
REPEATS = 30
"""How often the time of one film is taken; the median counts."""


def write_report(folder: Path, corpus: str) -> dict[str, Any]:
    """Gather the figures of the folds in a folder, and write them to `REPORT` in it.

    Args:
        folder: holds ``fold_k/figures.json`` of at least one fold.
        corpus: its name.

    Returns:
        ``folds``: number, films, accuracy and UAR of each; ``pooled``: `summarise` of all test
        films, with intervals over people; ``parameters``, ``mebibytes`` and ``milliseconds`` of
        a film; and how it was trained.

    Raises:
        ValueError: folds were not made by one run, so that somebody is tested twice.

    """
    found = [json.loads(file.read_text(encoding='utf-8'))
             for file in sorted(folder.glob(f'fold_*/{FIGURES}'))]
    _check(found)
    labels = found[0]['labels']
    truth, probability = (np.concatenate(parts) for parts in zip(*map(_judged, found), strict=True))
    persons = [person for fold in found for person in fold['persons']]
    report = {
        'corpus': corpus,
        **{name: found[0][name] for name in ('labels', 'segments', 'sample_rate', 'audio',
                                             'detector', 'seed')},
        'folds': [_figures(fold) for fold in found],
        'pooled': summarise(truth, probability, labels=labels, groups=persons,
                            intervals_of=('accuracy', 'uar')),
        'parameters': found[0]['parameters'], **_cost(folder / f'fold_{found[0]["fold"]}')}
    (folder / REPORT).write_text(json.dumps(report, indent=1) + '\n', encoding='utf-8')
    return report


def _check(found: Sequence[Mapping[str, Any]]) -> None:
    tested: set[str] = set()
    for fold in found:
        again = sorted(tested & set(fold['persons']))
        if again or fold['labels'] != found[0]['labels']:
            raise ValueError(f'fold {fold["fold"]} is of another run than those before it '
                             f'(tested twice: {again[:5]}); train all folds with one seed and '
                             f'one number of folds, or into another folder')
        tested |= set(fold['persons'])


def _judged(fold: Mapping[str, Any]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    return np.array(fold['truth']), softmax(np.array(fold['scores'], dtype=np.float64))


def _figures(fold: Mapping[str, Any]) -> dict[str, Any]:
    truth, probability = _judged(fold)
    return {'fold': fold['fold'], 'n': len(truth), 'people': len(set(fold['persons'])),
            'accuracy': accuracy(truth, probability),
            'uar': balanced_accuracy(truth, probability)}


def _cost(run: Path) -> dict[str, Any]:
    """Return size and speed of the weights of a run; the speed is of one core of this machine."""
    model = AvNet(path=run, device='cpu')
    return {'mebibytes': round((run / CHECKPOINT).stat().st_size / 2 ** 20, 2),
            'milliseconds': round(milliseconds(model, model.segments), 2)}


def milliseconds(model: AvNet, segments: int) -> float:
    """Return how long a film of noise of so many segments takes, from sound to scores."""
    noise = np.random.default_rng(0)
    faces = noise.integers(0, 256, (segments, *FACE_SHAPE), dtype=np.uint8)
    samples = round(AUDIO_S * model.sample_rate)
    sounds = noise.normal(0, 0.1, (segments, samples)).astype(np.float32)
    times = []
    for _ in range(REPEATS):
        began = time.perf_counter()
        model.logits(faces, sounds)
        times.append(time.perf_counter() - began)
    return 1e3 * median(times)
