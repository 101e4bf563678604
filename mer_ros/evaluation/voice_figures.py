"""What a speech model reaches on clips: plain, adapted, and against the votes of raters."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from mer_ros.emotions import EMOTIONS
from mer_ros.engines.speaker_adaptation import AdaptiveModel
from mer_ros.evaluation.adaptation_gain import adaptation_gain
from mer_ros.evaluation.datasets.samples import Samples
from mer_ros.evaluation.metrics.classification import balanced_accuracy
from mer_ros.evaluation.metrics.summary import summarise
from mer_ros.fusion.logspace import softmax


def evaluate(model: AdaptiveModel, samples: Samples, votes: NDArray[np.float64]
             ) -> dict[str, dict[str, Any]]:
    """Return what the model reaches on the clips of the classes that it knows.

    The keys are '' and ', adapted'.  Where there are ``votes`` (N, 7), ``nll_votes`` is the mean
    negative log-likelihood of what a rater heard, ``nll_constant`` that of the best constant.
    """
    heard = [model.describe(wave) if label in model.labels else None
             for wave, label in zip(samples.inputs, samples.labels, strict=True)]
    known = [i for i, row in enumerate(heard) if row is not None]
    statistics = np.stack([row for row in heard if row is not None])
    truth = np.array([model.labels.index(samples.labels[i]) for i in known])
    speakers = [samples.groups[i] for i in known]
    logits = model.classify(statistics).astype(np.float64)
    chosen = figures(logits, truth, list(model.labels))
    who = np.array(speakers)
    chosen['uar_by_speaker'] = {
        speaker: round(balanced_accuracy(truth[who == speaker], softmax(logits[who == speaker])), 4)
        for speaker in sorted(set(speakers))}
    if votes.any():
        share = votes[known][:, [EMOTIONS.index(label) for label in model.labels]]
        share = share[share.any(axis=1)] / share.sum(axis=1, keepdims=True)[share.any(axis=1)]
        said = softmax(logits[votes[known].any(axis=1)])
        mean = share.mean(axis=0)
        chosen['nll_votes'] = round(float(-np.mean(np.sum(share * np.log(said), axis=1))), 4)
        chosen['nll_constant'] = round(float(-np.sum(mean * np.log(mean))), 4)
    return {'': chosen,
            ', adapted': adaptation_gain(model, statistics, truth, speakers)['adapted']}


def figures(logits: NDArray[np.float64], truth: NDArray[np.int64],
            labels: list[str]) -> dict[str, Any]:
    """Return the figures of N logits (N, K), rounded to four digits; clips are resampled."""
    probability = softmax(logits)
    report = summarise(truth, probability, labels=labels)
    chosen: dict[str, Any] = {
        'n': report['n'], 'confidence': round(float(probability.max(axis=1).mean()), 4)}
    for name in ('accuracy', 'uar', 'macro_f1', 'nll', 'ece'):
        chosen[name] = round(report[name], 4)
    chosen['intervals'] = {name: [round(end, 4) for end in report['intervals'][name]]
                           for name in ('accuracy', 'uar', 'ece')}
    chosen['recall'] = {label: round(report['classes'][label]['recall'], 4) for label in labels}
    return chosen
