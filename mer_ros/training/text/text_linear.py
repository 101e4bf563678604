"""Linear classifiers on TF-IDF weighted features: emotions, those of films, style, calm talk."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, diags, vstack
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.svm import LinearSVC

from mer_ros.models.text.english_text import indices_of
from mer_ros.training.text.text_data import Lessons, SIX, Split
from mer_ros.training.text.text_talk import Talk

COST = 0.15
"""Of the support vector machines; every sentence comes twice, written and spoken."""

RIDGE = 1.0
"""Penalty of the regression on what a teacher says; chosen on dev."""

STYLE_COST = 5.0
"""Of the logistic regression for the style."""

CALM_COST = 60.0
"""Of the logistic regression for calm talk; chosen on dev."""


@dataclass(frozen=True, slots=True)
class Linear:
    """A linear map of unit-length TF-IDF vectors: idf (V,), weights (V, C), offsets (C,)."""

    idf: NDArray[np.float32]
    weights: NDArray[np.float32]
    offsets: NDArray[np.float32]


def train_linear(comments: Split, films: Split, keys: NDArray[np.uint32], *, talk: Talk,
                 seed: int, lessons: Lessons | None = None) -> Linear:
    """Fit support vector machines for the emotions and logistic regressions for the gates.

    The columns of the result: 7 emotions learned from comments, 6 (without neutral) from films,
    the log-odds that a sentence reads like film rather than like a written comment, and those
    that it is calm talk rather than anything that shows an emotion.  With lessons of a teacher,
    ridge regression on its scores stands for the support vector machines.
    """
    plain = [_counts(part.plain.sentences, keys) for part in (comments, films)]
    seen = sum(np.asarray(x.sum(axis=0)).ravel() for x in plain)
    idf = np.log((1 + sum(x.shape[0] for x in plain)) / (1 + seen)) + 1
    both = [vstack([_weighted(x, idf), _weighted(_counts(part.spoken.sentences, keys), idf)])
            for x, part in zip(plain, (comments, films), strict=True)]
    emotions, offsets = (_machines(comments, films, both, seed) if lessons is None
                         else _taught(lessons, keys, idf))
    film = np.repeat([False, True], [x.shape[0] for x in both])
    style = LogisticRegression(C=STYLE_COST, solver='liblinear', random_state=seed).fit(
        vstack(both), film)
    calm = _fit_calm(comments, films, talk, keys, idf, seed)
    weights = np.concatenate([emotions, style.coef_.T, calm.coef_.T], axis=1)
    return Linear(idf.astype(np.float32), weights.astype(np.float32), np.concatenate(
        [offsets, style.intercept_, calm.intercept_]).astype(np.float32))


def _machines(comments: Split, films: Split, both: list[csr_matrix], seed: int
              ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return weights (V, 13) and offsets (13,) learned from labels."""
    weights, offsets = [], []
    for x, part in zip(both, (comments, films), strict=True):
        rows = np.tile(part.single, 2)
        machine = LinearSVC(C=COST, class_weight='balanced', random_state=seed)
        machine.fit(x.tocsr()[rows], np.tile(part.truth, 2)[rows])
        weights.append(machine.coef_.T)
        offsets.append(machine.intercept_)
    return np.concatenate(weights, axis=1), np.concatenate(offsets)


def _taught(lessons: Lessons, keys: NDArray[np.uint32], idf: NDArray[np.float64]
            ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return weights (V, 13) and offsets (13,) learned from a teacher.

    Its scores are known up to a constant a sentence, so that their mean is taken off.
    """
    parts = (lessons.comments, lessons.films)
    x = vstack([_weighted(_counts(sentences, keys), idf) for sentences in (
        [found for part in parts for found in part.plain.sentences],
        [found for part in parts for found in part.spoken.sentences])]).tocsr()
    said = np.concatenate([scores - scores.mean(axis=1, keepdims=True) for scores in (
        lessons.scores[:, :7], lessons.scores[:, 7:13])], axis=1)
    ridge = Ridge(alpha=RIDGE, solver='sparse_cg', tol=1e-3).fit(x, np.tile(said, (2, 1)))
    return ridge.coef_.T, ridge.intercept_


def _fit_calm(comments: Split, films: Split, talk: Talk, keys: NDArray[np.uint32],
              idf: NDArray[np.float64], seed: int) -> LogisticRegression:
    """Fit calm talk against all that shows a feeling, except what reads the same as calm talk."""
    found = [sentences for written in (talk.plain, talk.spoken)
             for sentences, is_calm in zip(written.sentences, talk.calm, strict=True) if is_calm]
    known, count = {row.tobytes() for row in found}, len(found)
    for part, felt in ((talk, ~talk.calm), (comments, comments.target[:, SIX].any(axis=1)),
                       (films, films.target[:, SIX].any(axis=1))):
        found += [written.sentences[row] for row in np.flatnonzero(felt)
                  for written in (part.plain, part.spoken)
                  if written.sentences[row].tobytes() not in known]
    machine = LogisticRegression(C=CALM_COST, class_weight='balanced', solver='liblinear',
                                 random_state=seed)
    return machine.fit(_weighted(_counts(found, keys), idf), np.arange(len(found)) < count)


def _counts(sentences: list[NDArray[np.uint32]], keys: NDArray[np.uint32]) -> csr_matrix:
    rows = [indices_of(found, keys) for found in sentences]
    starts = np.concatenate([[0], np.cumsum([len(row) for row in rows])])
    indices = np.concatenate(rows)
    return csr_matrix((np.ones(len(indices)), indices, starts), shape=(len(rows), len(keys)))


def _weighted(counts: csr_matrix, idf: NDArray[np.float64]) -> csr_matrix:
    x = counts @ diags(idf)
    length = np.sqrt(np.asarray(x.multiply(x).sum(axis=1)).ravel())
    return diags(1 / np.maximum(length, 1e-9)) @ x
