"""All known data sets by name."""

from __future__ import annotations

from pathlib import Path

from mer_ros.evaluation import datasets_face, datasets_speech, datasets_text
from mer_ros.evaluation.corpora import CORPORA
from mer_ros.evaluation.samples import Samples
from mer_ros.evaluation.votes_report import DATASET as VOTES

LOADERS = {
    **dict.fromkeys(datasets_text.FILES, datasets_text.load),
    **dict.fromkeys(datasets_speech.SPLITS, datasets_speech.load),
    **dict.fromkeys(datasets_face.FACE_SETS, datasets_face.load),
}
"""The function that loads each set of one modality: name, root and split give `Samples`."""

OTHERS = (*CORPORA, VOTES)
"""What is evaluated as a whole instead, see `evaluate_corpus` and `evaluate_votes`."""


def load(name: str, root: Path, split: str) -> Samples:
    """Load one split of a data set of one modality.

    Raises ValueError, listing all that is known, where it is none of `LOADERS`.
    """
    if name not in LOADERS:
        raise ValueError(f'no data set of one modality is called {name!r}; known: '
                         f'{sorted(LOADERS)}; evaluated as a whole: {sorted(OTHERS)}')
    return LOADERS[name](name, root, split)
