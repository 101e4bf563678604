"""Linear classifiers on TF-IDF weighted features: emotions, emotions of films, style."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, diags
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC


@dataclass(frozen=True, slots=True)
class Linear:
    """A linear map of unit-length TF-IDF vectors: idf (V,), weights (V, C), offsets (C,)."""

    idf: NDArray[np.float32]
    weights: NDArray[np.float32]
    offsets: NDArray[np.float32]


def train_linear(
    rows: list[NDArray[np.intp]], truth: NDArray[np.intp], single: NDArray[np.bool_],
    film: NDArray[np.bool_], *, keys: int, seed: int, cost: float = 0.1, style_cost: float = 10.0,
) -> Linear:
    """Fit support vector machines for the emotions and logistic regression for the style.

    The columns of the result: 7 emotions learned where not film, 6 (without neutral) where film,
    and the log-odds that a sentence reads like film rather than like a written comment.
    """
    counts = np.bincount(np.concatenate(rows), minlength=keys)
    idf = np.log((1 + len(rows)) / (1 + counts)) + 1
    x = _vectors(rows, idf)
    columns, offsets = [], []
    for part in (single & ~film, single & film):
        machine = LinearSVC(C=cost, class_weight='balanced', random_state=seed)
        machine.fit(x[part], truth[part])
        columns.append(machine.coef_.T)
        offsets.append(machine.intercept_)
    style = LogisticRegression(C=style_cost, solver='liblinear', class_weight='balanced',
                               random_state=seed).fit(x, film)
    weights = np.concatenate([*columns, style.coef_.T], axis=1)
    return Linear(idf.astype(np.float32), weights.astype(np.float32),
                  np.concatenate([*offsets, style.intercept_]).astype(np.float32))


def _vectors(rows: list[NDArray[np.intp]], idf: NDArray[np.float64]) -> csr_matrix:
    starts = np.concatenate([[0], np.cumsum([len(row) for row in rows])])
    indices = np.concatenate(rows)
    x = csr_matrix((idf[indices], indices, starts), shape=(len(rows), len(idf)))
    length = np.sqrt(x.multiply(x).sum(axis=1)).A1
    return diags(1 / np.maximum(length, 1e-9)) @ x
