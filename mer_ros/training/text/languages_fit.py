"""Fitting a linear classifier for each variety of a language."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, diags
from sklearn.svm import LinearSVC

from mer_ros.emotions import EMOTIONS
from mer_ros.evaluation.metrics.classification import macro_f1, negative_log_likelihood
from mer_ros.models.text.english_text import indices_of
from mer_ros.training.text.languages_data import ANSWERS, Variety

COST = 0.1
"""Of the support vector machines; chosen on the dev splits of BRIGHTER."""

ANSWER_WEIGHT = 2.0
"""Of a short answer; other texts weigh 1 on average, and each side of them half.
Chosen on dev."""

LEAST = 3
"""Texts of a variety that an n-gram must occur in."""

MOST = 7400
"""N-grams that a variety keeps: those that change the scores most."""

EXAMPLES = 5
"""Texts that must have an emotion before it is learned."""

FALSE_ALARMS = 0.03
"""Share of the commands of dev that may get an emotion."""

NEUTRAL = np.arange(0, 1.01, 0.05)
"""Additions to the score of neutral that are tried."""

LOST = 0.01
"""Macro-F1 on dev that fewer false alarms may cost."""

LOST_LINES = 0.05
"""Share of the dev lines of films with an emotion that may become neutral, where only films teach
the emotions: no text of theirs tells how often people say something neutral."""

SHARPNESS = np.geomspace(0.3, 6.0, 40)
"""Factors of the scores that are tried on dev."""

NEUTRAL_ONLY = np.array([label == 'neutral' for label in EMOTIONS], np.float64)


def fit_variety(train: Variety, dev: Variety, *, seed: int) -> dict[str, Any]:
    """Return keys, weights, squares, scale and bias of one variety, see `ManyLanguages`.

    One machine an emotion tells the texts that have it from those that have not, so that texts
    with several emotions count; both sides weigh the same, beside which short answers come with a
    weight of their own.  Texts of a set in which nobody could mark the emotion are left out.  The
    machines are fitted once more on the n-grams that are kept.  The score of neutral is raised
    until commands of dev give few false alarms, or until it costs macro-F1; where no other text is
    neutral, at least as far as `LOST_LINES` allows.  A factor of all scores is chosen by log-loss
    on dev (Guo et al. 2017).
    """
    marked = np.array(train.marked)
    made = np.where(np.array(train.sources) == ANSWERS, ANSWER_WEIGHT, 0.0)
    keys, counts = np.unique(np.concatenate(train.found), return_counts=True)
    keys, counts = keys[counts >= LEAST], counts[counts >= LEAST]
    for last in (False, True):
        idf = np.log((1 + len(marked)) / (1 + counts)) + 1
        x = weighted(train.found, keys, idf)
        weights, offsets = _machines(x, marked, made, seed)
        if not last and len(keys) > MOST:
            change = np.linalg.norm(weights, axis=1) * idf * np.sqrt(counts)
            kept = np.sort(np.argsort(-change)[:MOST])
            keys, counts = keys[kept], counts[kept]
        elif not last:
            break
    scores = weighted(dev.found, keys, idf) @ weights + offsets
    truth, commands = dev.truth, np.array(dev.sources) == 'robot_commands'
    raised = NEUTRAL_ONLY * raised_neutral(scores, truth, commands)
    return packed(keys, idf, weights, offsets + raised, _sharpness(scores + raised, truth))


def packed(keys: NDArray[np.uint32], idf: NDArray[np.float64], weights: NDArray[np.float64],
           offsets: NDArray[np.float64], sharpness: float = 1.0) -> dict[str, Any]:
    """Return the tables of one variety, see `ManyLanguages`, of weights (V, K) and offsets (K,)."""
    table = weights * idf[:, None]
    scale = np.maximum(np.quantile(np.abs(table), 0.9999, axis=0), 1e-9) / 127
    return {'keys': keys, 'squares': (idf ** 2).astype(np.float16),
            'weights': np.clip(np.round(table / scale), -127, 127).astype(np.int8),
            'scale': (scale * sharpness).astype(np.float32),
            'bias': (offsets * sharpness).astype(np.float32)}


def weighted(found: list[NDArray[np.uint32]], keys: NDArray[np.uint32],
             idf: NDArray[np.float64]) -> csr_matrix:
    """Return the TF-IDF vectors of unit length of texts, (n, len(keys))."""
    rows = [indices_of(grams, keys) for grams in found]
    starts = np.concatenate([[0], np.cumsum([len(row) for row in rows])]).astype(np.int64)
    x = csr_matrix((np.ones(starts[-1]), np.concatenate([*rows, np.empty(0, np.int32)]), starts),
                   shape=(len(rows), len(keys))) @ diags(idf)
    length = np.sqrt(np.asarray(x.multiply(x).sum(axis=1)).ravel())
    return csr_matrix(diags(1 / np.maximum(length, 1e-9)) @ x)


def _machines(x: csr_matrix, marked: NDArray[np.float32], made: NDArray[np.float64], seed: int
              ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return weights (V, 7) and offsets (7,); an emotion without examples never wins."""
    weights = np.zeros((x.shape[1], marked.shape[1]))
    offsets = np.full(marked.shape[1], -1.0)
    for emotion, truth in enumerate(marked.T):
        there = ~np.isnan(truth)
        having, found = truth > 0, there & (made == 0)
        count, most = int((having & found).sum()), int(found.sum())
        if EXAMPLES <= count <= most - EXAMPLES:
            weight = np.where(having, most / (2 * count), most / (2 * (most - count)))
            weight = np.where(made > 0, made, weight)
            machine = LinearSVC(C=COST, random_state=seed)
            machine.fit(x[there], having[there], sample_weight=weight[there])
            weights[:, emotion], offsets[emotion] = machine.coef_[0], machine.intercept_[0]
    return weights, offsets


def raised_neutral(scores: NDArray[np.float64], truth: NDArray[np.intp],
                   commands: NDArray[np.bool_]) -> float:
    """Return what is added to the score of neutral, see `fit_variety`.

    ``scores`` (n, 7) and ``truth`` (n,) of the texts of dev, -1 where there is not one emotion;
    ``commands`` (n,) says which of them are commands.
    """
    rest = (truth >= 0) & ~commands
    if not commands.any():
        return 0.0

    def reached(extra: float) -> float:
        return score(scores[rest] + extra * NEUTRAL_ONLY, truth[rest])

    least, chosen = reached(0.0) - LOST, 0.0
    for extra in NEUTRAL:
        if reached(extra) < least:
            break
        chosen = float(extra)
        if felt(scores[commands], extra) <= FALSE_ALARMS:
            break
    if rest.any() and not NEUTRAL_ONLY[truth[rest]].any():
        least = (1 - LOST_LINES) * felt(scores[rest])
        chosen = max(chosen, *(
            float(extra) for extra in NEUTRAL if felt(scores[rest], extra) >= least))
    return chosen


def score(scores: NDArray[np.float64], truth: NDArray[np.intp]) -> float:
    """Return macro-F1 of scores (n, 7) over the emotions that occur, 0 where there is no text."""
    if not len(truth):
        return 0.0
    occurring = np.unique(truth)
    within = scores[:, occurring]
    raised = np.exp(within - within.max(axis=1, keepdims=True))
    return macro_f1(np.searchsorted(occurring, truth), raised / raised.sum(axis=1, keepdims=True))


def felt(scores: NDArray[np.float64], extra: float = 0.0) -> float:
    """Return the share of texts (n, 7) that get an emotion if neutral is raised by so much."""
    called = (scores + extra * NEUTRAL_ONLY).argmax(axis=1)
    return float((NEUTRAL_ONLY[called] == 0).mean())


def _sharpness(scores: NDArray[np.float64], truth: NDArray[np.intp]) -> float:
    known = truth >= 0
    if not known.any():
        return 1.0

    def loss(factor: float) -> float:
        raised = np.exp(factor * (scores[known] - scores[known].max(axis=1, keepdims=True)))
        return negative_log_likelihood(truth[known], raised / raised.sum(axis=1, keepdims=True))

    return float(min(SHARPNESS, key=loss))
