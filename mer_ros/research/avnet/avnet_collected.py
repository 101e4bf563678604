"""What a robot collected with avnet_node and people labelled, as films of one segment each."""

import logging
from pathlib import Path
import shutil

import numpy as np
from numpy.typing import NDArray
import soundfile
import soxr

from mer_ros.emotions import emotion_of
from mer_ros.engines.segment_folder import Collection, INDEX
from mer_ros.evaluation.datasets.face_sets import read_image
from mer_ros.models.protocols import FaceDetector
from mer_ros.research.avnet.av_segments import grey_face
from mer_ros.research.avnet.avnet_cache import Film, LOUDEST
from mer_ros.research.avnet.avnet_sizes import AUDIO_S

_LOG = logging.getLogger(__name__)

PERSON = 'collected'
"""What the people of a collection are called before their own name: nobody of a corpus."""


def collected_films(folder: Path, cache: Path, *, labels: list[str], sample_rate: int,
                    detector: FaceDetector) -> list[Film]:
    """Return the labelled segments of a collection that have a picture and sound.

    Args:
        folder: as `collect.folder` of avnet_node; `collect.media` must have been set.
        cache: where the films are written; what was there of a collection is replaced.
        labels: the classes; a segment with another label is left out, and logged.
        sample_rate: of the films' sound, in Hz.
        detector: finds the face in the picture, for its eyes; else the whole picture is taken.

    Raises:
        FileNotFoundError: a file that the index names is not there.
        ValueError: a picture or sound cannot be read.

    """
    shutil.rmtree(cache, ignore_errors=True)
    films = []
    for item in Collection(folder).items():
        names = {Path(name).suffix: folder / name for name in item.media.split()}
        if item.modality != 'av' or not item.label or {'.jpg', '.wav'} - names.keys():
            continue
        label = emotion_of(item.label) or item.label
        if label not in labels:
            _LOG.warning('%s is left out: its label %r is none of %s', item.id, item.label, labels)
            continue
        for path in names.values():
            if path.is_symlink() or not path.is_file():
                raise FileNotFoundError(f'{folder / INDEX} names {path.name} for {item.id}, and it '
                                        f'is not there')
        place = cache / item.id
        place.mkdir(parents=True)
        np.save(place / 'faces.npy', _face(names['.jpg'], detector)[np.newaxis])
        np.save(place / 'times.npy', np.array([AUDIO_S / 2]))
        np.save(place / 'sound.npy', _sound(names['.wav'], sample_rate))
        films.append(Film(item.id, f'{PERSON} {item.person_id}'.strip(), label, place))
    return films


def _face(path: Path, detector: FaceDetector) -> NDArray[np.uint8]:
    picture = read_image(path)
    found = detector.detect(np.ascontiguousarray(picture))
    largest = found.largest()
    if largest is not None:
        return grey_face(picture, found.boxes[largest], found.landmarks[largest])
    height, width = picture.shape[:2]
    return grey_face(picture, (0, 0, width, height))


def _sound(path: Path, sample_rate: int) -> NDArray[np.int16]:
    try:
        samples, own = soundfile.read(path, dtype='float32', always_2d=True)
    except soundfile.LibsndfileError as error:
        raise ValueError(f'{path} cannot be read: {error}') from error
    mono = soxr.resample(samples.mean(axis=1), own, sample_rate)
    return np.asarray(np.round(np.clip(mono, -1.0, 1.0) * LOUDEST), dtype=np.int16)
