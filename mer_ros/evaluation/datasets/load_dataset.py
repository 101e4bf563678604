"""All known data sets by name."""

from pathlib import Path

from mer_ros.evaluation.datasets import face_sets as datasets_face
from mer_ros.evaluation.datasets import judged_faces
from mer_ros.evaluation.datasets import speech_sets as datasets_speech
from mer_ros.evaluation.datasets import text_sets as datasets_text
from mer_ros.evaluation.datasets.samples import Samples

LOADERS = {
    **dict.fromkeys(datasets_text.SETS, datasets_text.load),
    **dict.fromkeys(datasets_speech.SPLITS, datasets_speech.load),
    **dict.fromkeys(datasets_face.FACE_SETS, datasets_face.load),
    **dict.fromkeys(judged_faces.JUDGED, judged_faces.load),
}
"""The function that loads each set of one modality: name, root and split give `Samples`."""


def load(name: str, root: Path, split: str) -> Samples:
    """Load one split of a data set of one modality.

    A part of a text set is called ``set:part``.  Raises ValueError, listing all that is known,
    where it is none of `LOADERS`.
    """
    whole = name.partition(':')[0]
    if whole not in LOADERS:
        raise ValueError(f'no data set of one modality is called {name!r}; known: '
                         f'{sorted(LOADERS)}')
    return LOADERS[whole](name, root, split)
