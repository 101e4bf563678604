"""MEAD: M003/video/front/angry/level_1/001.mp4 and M003/audio/angry/level_1/001.m4a.

K. Wang et al., MEAD: A Large-Scale Audio-Visual Dataset for Emotional Talking-Face Generation,
ECCV 2020.
"""

from collections.abc import Iterator
from pathlib import Path

from mer_ros.research.corpora.clip import Clip, find, Skipped, split_of

LAYOUT = ('M003/video/front/angry/level_1/001.mp4 and M003/audio/angry/level_1/001.m4a (either '
          'may be missing)')

LABELS = ('angry', 'contempt', 'disgusted', 'fear', 'happy', 'neutral', 'sad', 'surprised')
"""The folders of emotions."""

_PERSON = '[MW][0-9][0-9][0-9]'


def read(root: Path) -> Iterator[Clip | Skipped]:
    """Yield the clips as seen from the front; what is said is not part of the files.

    Sound comes from the folder audio where it is there, else from the film.
    """
    films = {_key(file, 5): file for file in find(root, f'{_PERSON}/video/front/*/level_*/*.*')}
    sounds = {_key(file, 4): file for file in find(root, f'{_PERSON}/audio/*/level_*/*.*')}
    for key in sorted(films.keys() | sounds.keys()):
        person, label, level, _ = key
        name = '/'.join(key)
        if label not in LABELS:
            yield Skipped(name, f'{label!r} is no emotion of MEAD; known: {list(LABELS)}')
            continue
        yield Clip(id=name, person=person, label=label, split=split_of('mead', person),
                   film=films.get(key), sound=sounds.get(key), intensity=level)


def _key(file: Path, depth: int) -> tuple[str, str, str, str]:
    """Return person, emotion, level and number; the person's folder is ``depth`` levels up."""
    return file.parts[-1 - depth], file.parts[-3], file.parts[-2], file.stem
