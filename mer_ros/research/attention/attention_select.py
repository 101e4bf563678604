"""Selection of features on the training fold: by L1 for text, by trees for speech and face."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import ExtraTreesClassifier
from sklearn.feature_selection import SelectFromModel
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from mer_ros.research.attention.attention_data import Rows
from mer_ros.research.attention.attention_fit import scaled
from mer_ros.research.attention.attention_net import Selection

L1_PENALTY = 0.05
"""Penalty in nats a row for each unit of weight; the paper names none.  Larger selects less."""

TREES = 200
"""Trees whose importances are averaged; a feature above the mean importance is selected."""

SPARSE = ('text',)
"""The modalities that are selected by L1; all others are by trees."""


def select(train: Rows, *, seed: int = 0) -> dict[str, Selection]:
    """Return what is used of each modality's features, learned from these rows alone.

    Raises ValueError where a selection is empty.
    """
    there = {name: present > 0 for name, present in train.present.items()}
    return {name: _selected(name, values[there[name]], train.truth[there[name]], seed)
            for name, values in train.inputs.items()}


def _selected(name: str, values: NDArray[np.float64], truth: NDArray[np.intp], seed: int
              ) -> Selection:
    selector = SelectFromModel(_judge_of_features(name, len(truth), seed))
    selector.fit(StandardScaler().fit_transform(values), truth)
    columns = np.flatnonzero(selector.get_support())
    if not len(columns):
        raise ValueError(f'none of the {values.shape[1]} features of {name} tells the '
                         f'{len(np.unique(truth))} classes of {len(truth)} rows apart; give more '
                         f'or other recordings')
    return scaled(values, columns)


def _judge_of_features(name: str, rows: int, seed: int) -> Any:
    if name in SPARSE:
        # saga is the one solver that is both multinomial and sparse.
        return LogisticRegression(l1_ratio=1.0, C=1.0 / (L1_PENALTY * rows), solver='saga',
                                  tol=1e-3, max_iter=1000, random_state=seed)
    return ExtraTreesClassifier(TREES, random_state=seed)
