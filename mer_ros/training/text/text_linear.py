"""Linear classifiers on TF-IDF weighted features: emotions, emotions of films, style."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, diags, vstack
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC

from mer_ros.models.text.english_text import indices_of
from mer_ros.training.text.text_data import Split

COST = 0.15
"""Of the support vector machines; every sentence comes twice, written and spoken."""

STYLE_COST = 5.0
"""Of the logistic regression."""


@dataclass(frozen=True, slots=True)
class Linear:
    """A linear map of unit-length TF-IDF vectors: idf (V,), weights (V, C), offsets (C,)."""

    idf: NDArray[np.float32]
    weights: NDArray[np.float32]
    offsets: NDArray[np.float32]


def train_linear(comments: Split, films: Split, keys: NDArray[np.uint32], *, seed: int) -> Linear:
    """Fit support vector machines for the emotions and logistic regression for the style.

    The columns of the result: 7 emotions learned from comments, 6 (without neutral) from films,
    and the log-odds that a sentence reads like film rather than like a written comment.
    """
    plain = [_counts(part.plain.sentences, keys) for part in (comments, films)]
    seen = sum(np.asarray(x.sum(axis=0)).ravel() for x in plain)
    idf = np.log((1 + sum(x.shape[0] for x in plain)) / (1 + seen)) + 1
    both = [vstack([_weighted(x, idf), _weighted(_counts(part.spoken.sentences, keys), idf)])
            for x, part in zip(plain, (comments, films), strict=True)]
    columns, offsets = [], []
    for x, part in zip(both, (comments, films), strict=True):
        rows = np.tile(part.single, 2)
        machine = LinearSVC(C=COST, class_weight='balanced', random_state=seed)
        machine.fit(x.tocsr()[rows], np.tile(part.truth, 2)[rows])
        columns.append(machine.coef_.T)
        offsets.append(machine.intercept_)
    film = np.repeat([False, True], [x.shape[0] for x in both])
    style = LogisticRegression(C=STYLE_COST, solver='liblinear', random_state=seed).fit(
        vstack(both), film)
    weights = np.concatenate([*columns, style.coef_.T], axis=1)
    return Linear(idf.astype(np.float32), weights.astype(np.float32),
                  np.concatenate([*offsets, style.intercept_]).astype(np.float32))


def _counts(sentences: list[NDArray[np.uint32]], keys: NDArray[np.uint32]) -> csr_matrix:
    rows = [indices_of(found, keys) for found in sentences]
    starts = np.concatenate([[0], np.cumsum([len(row) for row in rows])])
    indices = np.concatenate(rows)
    return csr_matrix((np.ones(len(indices)), indices, starts), shape=(len(rows), len(keys)))


def _weighted(counts: csr_matrix, idf: NDArray[np.float64]) -> csr_matrix:
    x = counts @ diags(idf)
    length = np.sqrt(np.asarray(x.multiply(x).sum(axis=1)).ravel())
    return diags(1 / np.maximum(length, 1e-9)) @ x
