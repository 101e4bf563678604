"""Who is taken for the speaker: two of the GRID talking films side by side, one of whom talks.

First the left one talks and the right one listens, then the other way round.  A film of a
listener is the beginning of the talker's film, before the first word, back and forth; images in
which the talker is silent do not count.  Equal sizes: by the largest face half would be right.
"""

from collections.abc import Sequence
from itertools import permutations
from pathlib import Path
from typing import Any

from compare import row
import numpy as np

from mer_ros.data import AudioBlock, CameraImage, NANOSECONDS
from mer_ros.engines.face import FaceEngine
from mer_ros.evaluation.datasets.face_sets import read_table
from mer_ros.models import load_detector, load_model
from mer_ros.perception.media import read_media

Film = tuple[list[Any], list[bool]]
"""The pixels of each image, and whether there is sound with it."""

RATE = 25
QUIET = 8
"""Images at the beginning of a film in which nobody talks yet."""

LOUD = 0.02
"""Root mean square of the sound of an image from which on the talker talks."""


def run() -> list[dict[str, Any]]:
    """Return for which share of the time the speaker is right, by rate of the images and people.

    The settings were chosen with the films of the others; the test people chose nothing.  Uses
    grid_talking in ../shared/data; there are no rows without it.
    """
    folder = Path(__file__).resolve().parents[2] / 'shared' / 'data' / 'grid_talking'
    if not folder.is_dir():
        return []
    lines = read_table(folder / 'labels.csv')
    rows = []
    for split, names in (('test', ('test',)), ('others', ('train', 'dev'))):
        films = [read_film(folder / line['path']) for line in lines if line['split'] in names]
        for every in (2, 5):
            for speaker in ('lips', 'largest'):
                right = share_right(films, every=every, speaker=speaker)
                rows.append(row(f'{speaker}, {RATE / every:g} images/s, {split} people', right,
                                'of the time', least=0.8 if speaker == 'lips' else None))
    return rows


def read_film(path: Path) -> Film:
    """Return the images of a film, and with which of them somebody talks."""
    images, blocks = [], []
    for item in read_media(path):
        if isinstance(item, CameraImage):
            images.append(item.pixels)
        elif isinstance(item, AudioBlock):
            blocks.append(item)
    sound, step = np.concatenate([block.samples.mean(axis=1) for block in blocks]), (
        blocks[0].sample_rate // RATE)
    talks = [bool(len(part) and np.sqrt(np.mean(part ** 2)) > LOUD)
             for part in (sound[index * step:][:step] for index in range(len(images)))]
    return images, talks


def share_right(films: Sequence[Film], *, every: int, speaker: str) -> float:
    """Return for which share of the time the speaker is right, over all ordered pairs of films."""
    right: list[bool] = []
    model, detector = load_model('face', 'lite'), load_detector('auto')
    for one, other in permutations(films, 2):
        engine = FaceEngine(model, detector, people='many', every=1, selection='off',
                            speaker=speaker)
        count = 0
        for turn, (talker, listener) in enumerate(((one, other), (other, one))):
            for index, talks in enumerate(talker[1]):
                count += 1
                if count % every:
                    continue
                still = 1 + abs(index % (2 * QUIET) - QUIET)
                pair = [talker[0][index], listener[0][still]]
                image = np.hstack(pair if turn == 0 else pair[::-1])
                engine.process(CameraImage(NANOSECONDS + count * NANOSECONDS // RATE, image))
                if talks:
                    boxes = {face.person_id: face.box for face in engine.seen}
                    who = boxes.get(engine.foremost)
                    right.append(who is not None and (
                        (who[0] + who[2] < image.shape[1]) == (turn == 0)))
    return float(np.mean(right))
