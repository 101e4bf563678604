"""Baselines of LDDU: plain multi-label classifiers of the same comments."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.preprocessing import StandardScaler

from mer_ros.evaluation.metrics.multilabel import best_threshold
from mer_ros.research.lddu.training.lddu_data import Corpus, Sequences

Judged = tuple[NDArray[np.float32], float]
"""Probabilities of the test split (N, q), and the threshold chosen on the validation split."""


def baselines(corpus: Corpus, texts: Mapping[str, Sequence[str]], *,
              seed: int = 0) -> dict[str, Judged]:
    """Return the predictions of plain classifiers for the test split.

    One averages the same features of words and reads them with an MLP, one weighs words and
    pairs of words (TF-IDF) in a logistic regression for each label.  Where the corpus has the
    modality ``ngrams``, its scores are put to a threshold as they are.

    Args:
        corpus: with the modality text.
        texts: the comments of train, valid and test.
        seed: of everything random.
    """
    # Of its own early stopping sklearn would hold out training rows; the valid split is for that.
    mlp = MLPClassifier((64,), alpha=1e-3, batch_size=256, max_iter=8, random_state=seed)
    scaler = StandardScaler()
    means = {name: _means(getattr(corpus, name).sequences['text']) for name in texts}
    means = {name: (scaler.fit_transform if name == 'train' else scaler.transform)(rows)
             for name, rows in means.items()}
    words = TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True, lowercase=True)
    counted = {name: (words.fit_transform if name == 'train' else words.transform)(rows)
               for name, rows in texts.items()}
    logistic = OneVsRestClassifier(LogisticRegression(C=4, solver='liblinear'))
    found = {'mean and MLP': _judged(mlp, means, corpus),
             'TF-IDF and logistic regression': _judged(logistic, counted, corpus)}
    if 'ngrams' in corpus.dims:
        valid, test = (_shares(split.sequences['ngrams']) for split in (corpus.valid, corpus.test))
        found['n-grams alone'] = test, best_threshold(corpus.valid.truth, valid)[0]
    return found


def _judged(model: MLPClassifier | OneVsRestClassifier, rows: Mapping[str, NDArray[np.float32]],
            corpus: Corpus) -> Judged:
    model.fit(rows['train'], corpus.train.truth)
    valid, test = (model.predict_proba(rows[name]) for name in ('valid', 'test'))
    return test, best_threshold(corpus.valid.truth, valid)[0]


def _shares(sequences: Sequences) -> NDArray[np.float32]:
    """Return scores as numbers in (0, 1); 0 where a text has none."""
    return np.array([1 / (1 + np.exp(-sequences[i][0])) if len(sequences[i])
                     else np.zeros(sequences.dim) for i in range(len(sequences))], np.float32)


def _means(sequences: Sequences) -> NDArray[np.float32]:
    return np.array([sequences[i].mean(0) if len(sequences[i]) else np.zeros(sequences.dim)
                     for i in range(len(sequences))], np.float32)
