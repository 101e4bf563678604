"""Films made ready once: the face of every frame and the sound, to be read piece by piece."""

from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache, partial
from multiprocessing import get_context
import os
from pathlib import Path
import shutil
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rich.progress import track
import soxr

from mer_ros.data import AudioBlock, BadInput, CameraImage, NANOSECONDS
from mer_ros.models import load_detector
from mer_ros.models.protocols import FaceDetector
from mer_ros.perception.media import read_media
from mer_ros.research.avnet.av_segments import grey_face
from mer_ros.research.corpora.clip import Clip, Skipped

LOUDEST = 32767
"""What 1.0 is in the samples that are kept."""

PARTS = ('faces', 'times', 'sound')
WHAT = 'cutting out faces'


@dataclass(frozen=True, slots=True)
class Film:
    """A prepared film on disk; its arrays are memory-mapped.

    ``faces`` uint8 (T, 98, 80), ``times`` float64 (T,) in seconds from the beginning, rising,
    ``sound`` int16 (n,), mono from the beginning.
    """

    id: str
    person: str
    label: str
    folder: Path

    @property
    def seconds(self) -> float:
        """How long the images last."""
        times = np.load(self.folder / 'times.npy', mmap_mode='r')
        step = (times[-1] - times[0]) / (len(times) - 1) if len(times) > 1 else 1.0
        return float(times[-1] + step)

    def open(self) -> tuple[NDArray[np.uint8], NDArray[np.float64], NDArray[np.int16]]:
        """Return faces, times and sound; pages of the files are read when they are touched."""
        faces, times, sound = (np.load(self.folder / f'{name}.npy', mmap_mode='r')
                               for name in PARTS)
        return faces, times, sound


def prepare(clips: Sequence[Clip], folder: Path, *, sample_rate: int, detector: str,
            jobs: int = 1) -> tuple[list[Film], list[Skipped]]:
    """Make films ready that are not yet, and return all that are, and what cannot be used.

    Args:
        clips: films of one person each.
        folder: where they are kept, one folder a film; of one rate and one detector.
        sample_rate: of the sound that is kept, in Hz.
        detector: name of a face detector; the largest face is taken.
        jobs: processes.

    """
    folder.mkdir(parents=True, exist_ok=True)
    work = partial(_prepare, folder=folder, sample_rate=sample_rate, detector=detector)
    missing = [clip for clip in clips if not (folder / clip.id).is_dir()]
    if jobs > 1 and len(missing) > 1:
        # A process that is forked off one in which torch computes may hang.
        with ProcessPoolExecutor(jobs, get_context('spawn')) as pool:
            done = list(track(pool.map(work, missing), WHAT, len(missing), transient=True))
    else:
        done = [work(clip) for clip in track(missing, WHAT, transient=True)]
    skipped = [one for one in done if one is not None]
    films = [Film(clip.id, clip.person, clip.emotion or clip.label, folder / clip.id)
             for clip in clips if (folder / clip.id).is_dir()]
    return films, skipped


def _prepare(clip: Clip, *, folder: Path, sample_rate: int, detector: str) -> Skipped | None:
    """Make one film ready; return why it cannot be used, if it cannot."""
    try:
        arrays: tuple[NDArray[Any], ...] = read_film(
            clip, sample_rate=sample_rate, detector=_load(detector))
    except BadInput as error:
        return Skipped(clip.id, str(error))
    # Another process may be at the same film; whoever is first wins, and nothing is ever half.
    draft = folder / f'.{clip.id}.{os.getpid()}'
    draft.mkdir(exist_ok=True)
    for name, values in zip(PARTS, arrays, strict=True):
        np.save(draft / f'{name}.npy', values)
    try:
        draft.rename(folder / clip.id)
    except OSError:
        if not (folder / clip.id).is_dir():
            raise
        shutil.rmtree(draft)
    return None


@cache
def _load(detector: str) -> FaceDetector:
    found: FaceDetector = load_detector(detector)
    return found


def read_film(
    clip: Clip, *, sample_rate: int, detector: FaceDetector
) -> tuple[NDArray[np.uint8], NDArray[np.float64], NDArray[np.int16]]:
    """Return the faces, times and sound of a film, see `Film`.

    In a frame without a face, the place of the last one seen is cut out, or of the first one.

    Raises:
        BadInput: the film has no images (``no_images``), no sound (``no_sound``), no face in any
            image (``no_face``), or is damaged.
    """
    if clip.film is None:
        raise BadInput('no_images', f'{clip.id} has no images')
    faces: list[NDArray[np.uint8]] = []
    times: list[float] = []
    blocks: list[AudioBlock] = []
    waiting: list[CameraImage] = []
    place = None
    for item in read_media(clip.film):
        if isinstance(item, AudioBlock):
            blocks.append(item)
            continue
        times.append((item.stamp - NANOSECONDS) / NANOSECONDS)
        found = detector.detect(np.ascontiguousarray(item.pixels))
        largest = found.largest()
        if largest is not None:
            place = found.boxes[largest], found.landmarks[largest]
        waiting.append(item)
        if place is not None:
            faces += [grey_face(image.pixels, *place) for image in waiting]
            waiting.clear()
    if not faces:
        raise BadInput('no_face', f'no face was found in {len(times)} images of {clip.id}')
    if clip.sound is not None:
        blocks = [item for item in read_media(clip.sound) if isinstance(item, AudioBlock)]
    if not blocks:
        raise BadInput('no_sound', f'{clip.id} has no sound')
    return np.stack(faces), np.array(times), _mono(blocks, sample_rate)


def _mono(blocks: Sequence[AudioBlock], sample_rate: int) -> NDArray[np.int16]:
    """Return the sound from the beginning of the film on, at one rate."""
    own = blocks[0].sample_rate
    late = round((blocks[0].stamp - NANOSECONDS) / NANOSECONDS * own)
    samples = np.concatenate([block.samples.mean(axis=1) for block in blocks])
    samples = np.pad(samples, (late, 0)) if late > 0 else samples[-late:]
    resampled = soxr.resample(samples, own, sample_rate)
    return np.asarray(np.round(np.clip(resampled, -1.0, 1.0) * LOUDEST), dtype=np.int16)
