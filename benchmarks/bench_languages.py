"""Emotions of BRIGHTER in each language, beside a char n-gram SVM that knows this language alone.

It needs the data folder: MER_ROS_DATA, or ../shared/data.
"""

from collections.abc import Sequence
import os
from pathlib import Path
from typing import Any

from compare import row
import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.svm import LinearSVC

from mer_ros.emotions import EMOTIONS
from mer_ros.evaluation.datasets.text_sets import load
from mer_ros.evaluation.languages import figures, parts_of
from mer_ros.models import load_model

DATA = Path(os.environ.get('MER_ROS_DATA', '../shared/data'))


def run() -> list[dict[str, Any]]:
    """Return the macro-F1 of the built-in model in each language that has training texts."""
    model = load_model('text', 'lite')
    rows: list[dict[str, Any]] = []
    ahead: list[bool] = []
    for language in parts_of('brighter', DATA, 'train'):
        own = figures(model, f'brighter:{language}', DATA, 'test')['macro_f1']
        best = max(figures(SvmOfOneLanguage(language, balanced), f'brighter:{language}', DATA,
                           'test')['macro_f1'] for balanced in (False, True))
        ahead.append(own > best)
        rows += [row(f'BRIGHTER {language}, macro-F1', own, ''),
                 row('  a char n-gram SVM of this language', best, '')]
    share = sum(ahead) / max(len(ahead), 1)
    return [*rows, row(f'languages ahead of the SVM, of {len(ahead)}', share, '', least=10 / 13)]


class SvmOfOneLanguage:
    """The plain baseline: TF-IDF of n-grams of 2 to 5 characters in words, a linear SVM."""

    def __init__(self, language: str, balanced: bool) -> None:
        train = load(f'brighter:{language}', DATA, 'train')
        self._vectors = TfidfVectorizer(analyzer='char_wb', ngram_range=(2, 5), sublinear_tf=True,
                                        min_df=2)
        self._machine = LinearSVC(class_weight='balanced' if balanced else None, random_state=0)
        self._machine.fit(self._vectors.fit_transform(train.inputs), train.labels)
        self.labels = EMOTIONS

    def logits(self, batch: Sequence[str]) -> NDArray[np.float32]:
        """Return the margins (B, 7); a class without examples is never chosen."""
        scores = np.full((len(batch), len(EMOTIONS)), -1e3, np.float32)
        margins = self._machine.decision_function(self._vectors.transform(batch))
        scores[:, [EMOTIONS.index(label) for label in self._machine.classes_]] = margins
        return scores
