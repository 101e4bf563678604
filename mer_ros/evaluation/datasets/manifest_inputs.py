"""Reading what a row of a manifest names, the way the engines would see it."""

from collections import Counter
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
import soundfile

from mer_ros.evaluation.datasets.face_sets import read_image
from mer_ros.evaluation.datasets.manifest import Row
from mer_ros.evaluation.datasets.speech_sets import read_speech
from mer_ros.models import load_detector
from mer_ros.models.protocols import FaceDetector
from mer_ros.perception.face_crops import level_crop

SHORTEST_SPEECH = 1600
"""Samples at 16 kHz below which a sound holds no speech: a tenth of a second."""


class InputReader:
    """Reads inputs row by row and remembers what could not be used.

    ``skipped`` lists line, id, modality and reason; ``face_crops`` counts images in which a face
    was found (``detected``) and images taken whole because none was (``whole_image``).
    """

    def __init__(self) -> None:
        self.skipped: list[dict[str, Any]] = []
        self.face_crops: Counter[str] = Counter()
        self._readers: dict[str, Callable[[Any], Any]] = {
            'face': self._face, 'speech': _speech, 'text': _text}

    def read(self, row: Row, modality: str) -> Any:
        """Return what the model of the modality takes, or None where the row has nothing usable."""
        given = getattr(row, modality)
        if given is None:
            return None
        try:
            return self._readers[modality](given)
        except (ValueError, soundfile.LibsndfileError) as error:
            self.skipped.append({'line': row.line, 'id': row.id, 'modality': modality,
                                 'reason': str(error)})
            return None

    @cached_property
    def _detector(self) -> FaceDetector:
        detector: FaceDetector = load_detector('auto')
        return detector

    def _face(self, path: Path) -> NDArray[np.uint8]:
        image = np.ascontiguousarray(read_image(path))
        faces = self._detector.detect(image)
        largest = faces.largest()
        if largest is None:
            self.face_crops['whole_image'] += 1
            return image
        self.face_crops['detected'] += 1
        return level_crop(image, faces.boxes[largest], faces.landmarks[largest])


def _speech(path: Path) -> NDArray[np.float32]:
    samples = read_speech(path)
    if len(samples) < SHORTEST_SPEECH:
        raise ValueError(f'{path.name} has {len(samples)} samples at 16 kHz; '
                         f'at least {SHORTEST_SPEECH} are needed')
    if not np.abs(samples).max() > 0:
        raise ValueError(f'{path.name} is silent')
    return samples


def _text(text: str) -> str:
    if not text.strip():
        raise ValueError('the words are blank')
    return text
