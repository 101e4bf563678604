"""Fitting the expert for what people say to a robot, for each variety of a language.

Posts and films seldom say "I am sad" or "the bus leaves at five", and people who talk to a robot
do.  One classifier for both would have to weigh them against each other; two, of which one knows
when it is asked, need not (Jacobs et al., Neural Computation 1991).
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from mer_ros.emotions import EMOTIONS
from mer_ros.models.text.many_languages import ManyLanguages, with_named
from mer_ros.models.text.ngrams import ngrams
from mer_ros.training.text.languages_data import Variety
from mer_ros.training.text.languages_fit import FALSE_ALARMS, felt, packed, score, weighted

NONE = len(EMOTIONS)
"""The class of texts that are nothing of the kind that it knows."""

_IS_NONE = np.arange(NONE + 1) == NONE

COST = 10.0
"""Of the logistic regression."""

LEAST, MOST = 2, 1000
"""Sentences that an n-gram must occur in, and n-grams that are kept."""

OFFSETS = (-2.0, -1.0, 0.0, 1.0, 2.0, 3.0, 4.0, 6.0)
"""Additions to the log-odds of that class that are tried."""

LOST = 0.01
"""Macro-F1 on dev that this expert may cost."""


def fit_named(told: Sequence[tuple[str, str]], texts: Variety, dev: Variety,
              others: ManyLanguages, variety: str) -> dict[str, Any]:
    """Return keys, weights, squares, scale and bias of one variety, see `with_named`.

    Logistic regression tells the emotions of the sentences that were ``told`` apart, and from the
    ``texts`` of the variety.  It is fitted once more on the n-grams that are kept.  The log-odds of
    `NONE` are raised by the least of `OFFSETS` with which the texts of ``dev`` lose no more
    than `LOST`, and its commands give few false alarms, or no more than those of the ``others``
    alone.  Plain statements are in both: they are neutral to either expert.
    """
    made = [ngrams(sentence) for sentence, _ in told]
    found = made + texts.found
    truth = np.array([EMOTIONS.index(label) for _, label in told] + [NONE] * len(texts.found))
    keys, counts = np.unique(np.concatenate(made), return_counts=True)
    keys = keys[counts >= LEAST]
    everywhere, counts = np.unique(np.concatenate(found), return_counts=True)
    idf = np.log((1 + len(found)) / (1 + counts[np.searchsorted(everywhere, keys)])) + 1
    x = weighted(found, keys, idf)
    weights, offsets = _machine(x, truth)
    if len(keys) > MOST:
        spread = np.linalg.norm(weights - weights.mean(axis=1, keepdims=True), axis=1)
        change = spread * np.sqrt(np.asarray(x.multiply(x).sum(axis=0)).ravel())
        kept = np.sort(np.argsort(-change, kind='stable')[:MOST])
        keys, idf = keys[kept], idf[kept]
        weights, offsets = _machine(weighted(found, keys, idf), truth)
    alone = np.array([others.logits(grams, variety) for grams in dev.found]).reshape(-1, NONE)
    named = weighted(dev.found, keys, idf) @ weights + offsets
    return packed(keys, idf, weights, offsets + _offset(alone, named, dev) * _IS_NONE)


def _machine(x: csr_matrix, truth: NDArray[np.intp]
             ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return weights (V, 8) and offsets (8,) of texts as rows of TF-IDF."""
    machine = LogisticRegression(C=COST, max_iter=300).fit(x, truth)
    weights, offsets = np.zeros((x.shape[1], NONE + 1)), np.full(NONE + 1, -20.0)
    weights[:, machine.classes_] = machine.coef_.T
    offsets[machine.classes_] = machine.intercept_
    return weights, offsets


def _offset(alone: NDArray[np.float32], named: NDArray[np.float64], dev: Variety) -> float:
    """Return the addition to the log-odds of `NONE`, 0 where there is no dev text."""
    commands = np.array(dev.sources) == 'robot_commands'
    rest = (dev.truth >= 0) & ~commands
    if not rest.any():
        return 0.0

    def judged(logits: NDArray[np.float32]) -> tuple[float, float]:
        return (score(logits[rest], dev.truth[rest]),
                felt(logits[commands]) if commands.any() else 0.0)

    reached, alarms = judged(alone)
    for offset in OFFSETS:
        raised = named + offset * _IS_NONE
        of_both = judged(with_named(alone, raised - np.logaddexp.reduce(raised, 1, keepdims=True)))
        if of_both[0] >= reached - LOST and of_both[1] <= max(alarms, FALSE_ALARMS):
            break
    return offset
