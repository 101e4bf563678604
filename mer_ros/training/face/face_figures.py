"""How well the built-in face model does on labelled crops."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mer_ros.evaluation.datasets.fer_votes import read_votes
from mer_ros.evaluation.datasets.samples import Samples
from mer_ros.evaluation.metrics.classification import accuracy
from mer_ros.evaluation.metrics.summary import rounded, summarise
from mer_ros.fusion.logspace import softmax
from mer_ros.models.face.lite_face import LiteFace

COMMON = 10
"""Test crops that a class needs for its recall to count in the figures."""

INTERVALS = ('accuracy', 'uar', 'ece')
"""The figures that come with a bootstrap interval."""


def figures(model: LiteFace, samples: Samples) -> dict[str, Any]:
    """Return what a model reaches on one split of one data set, rounded to four digits.

    Of a model that names contempt, the seven emotions are judged.  Crops of classes with fewer
    than `COMMON` examples are left out and counted in ``left_out``.  ``accuracy_among_present``
    lets the model answer only the classes that occur.
    """
    return _judged(logits_of(model, samples.inputs)[:, :7], model.labels[:7], samples.labels,
                   samples.groups)


def vote_figures(model: LiteFace, folder: Path, split: str) -> dict[str, Any]:
    """Return figures against the answer of more than half of the people of FER+, by name.

    ``ferplus`` are the seven emotions, ``ferplus_8`` those and contempt, of which no class is left
    out.
    """
    found = read_votes(folder, split)
    logits = logits_of(model, found.crops)
    judged: dict[str, Any] = {}
    for name, count in (('ferplus', 7), ('ferplus_8', 8)):
        kept = [i for i, label in enumerate(found.majority) if label in model.labels[:count]]
        judged[name] = _judged(
            logits[kept, :count], model.labels[:count], [found.majority[i] for i in kept],
            [found.groups[i] for i in kept], common=1)
    return judged


def logits_of(model: LiteFace, crops: list[NDArray[np.uint8]]) -> NDArray[np.float64]:
    """Return the logits (N, K) of N crops, float64."""
    return np.concatenate([
        np.zeros((0, len(model.labels))),
        *(model.logits(crops[start:start + 64]) for start in range(0, len(crops), 64))])


def _judged(logits: NDArray[np.float64], labels: tuple[str, ...], truths: list[str],
            groups: list[str], *, common: int = COMMON) -> dict[str, Any]:
    counts = {label: truths.count(label) for label in labels}
    few = {label: count for label, count in counts.items() if 0 < count < common}
    kept = [i for i, label in enumerate(truths) if label not in few]
    if not kept:
        return {'n': 0, 'left_out': few}
    truth = np.array([labels.index(truths[i]) for i in kept])
    logits = logits[kept]
    present = np.unique(truth)
    report = summarise(truth, softmax(logits), labels=labels, groups=[groups[i] for i in kept],
                       intervals_of=INTERVALS)
    chosen: dict[str, Any] = rounded({
        name: report[name] for name in ('n', 'accuracy', 'uar', 'macro_f1', 'nll', 'ece')})
    chosen['intervals'] = rounded(report['intervals'])
    chosen['recall'] = rounded({
        labels[i]: report['classes'][labels[i]]['recall'] for i in present})
    chosen['accuracy_among_present'] = rounded(accuracy(
        np.searchsorted(present, truth), softmax(logits[:, present])))
    chosen['left_out'] = few
    return chosen
