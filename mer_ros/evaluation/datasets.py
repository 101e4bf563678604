"""All known data sets by name."""

from __future__ import annotations

from pathlib import Path

from mer_ros.evaluation import datasets_face, datasets_speech, datasets_text
from mer_ros.evaluation.samples import Samples

LOADERS = {
    **dict.fromkeys(datasets_text.FILES, datasets_text.load),
    **dict.fromkeys(datasets_speech.SPLITS, datasets_speech.load),
    **dict.fromkeys(datasets_face.FACE_SETS, datasets_face.load),
}
"""The function that loads each set: name, root and split give `Samples`."""


def load(name: str, root: Path, split: str) -> Samples:
    """Load one split of any data set; raise ValueError, listing the known ones, if unknown."""
    if name not in LOADERS:
        raise ValueError(f'no data set is called {name!r}; known: {sorted(LOADERS)}')
    return LOADERS[name](name, root, split)
