"""RAVDESS: Actor_12/01-01-06-01-02-01-12.mp4, seven numbers that tell all about a recording.

S. R. Livingstone and F. A. Russo, The Ryerson Audio-Visual Database of Emotional Speech and Song,
PLoS ONE 13(5), 2018.
"""

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
import re

from mer_ros.research.corpora.clip import Clip, find, Skipped, split_of

LAYOUT = ('Actor_12/01-01-06-01-02-01-12.mp4, or 02-... with images only and 03-... .wav with '
          'sound only')

LABELS = ('neutral', 'calm', 'happy', 'sad', 'angry', 'fearful', 'disgust', 'surprised')
"""The emotions by their number less one."""

STATEMENTS = ('Kids are talking by the door', 'Dogs are sitting by the door')
"""What is said, by its number less one."""

INTENSITIES = ('normal', 'strong')
"""How strongly the emotion is shown, by its number less one."""

_NAME = re.compile(r'0([123])-(0[12]-0([1-8])-0([12])-0([12])-0[12]-(\d\d))')
_SONG = '02-'


def read(root: Path) -> Iterator[Clip | Skipped]:
    """Yield the spoken recordings; songs, which the channel 02 marks, are left out.

    Images and sound of a recording are taken from its audio-visual file; where that is missing,
    from the file with images only and the one with sound only.
    """
    takes: dict[str, dict[str, Path]] = defaultdict(dict)
    for file in find(root, 'Actor_*/*.*'):
        parts = _NAME.fullmatch(file.stem)
        if parts is None:
            yield Skipped(file.name, 'the name is not like 01-01-06-01-02-01-12: modality, '
                                     'channel, emotion, intensity, statement, repetition, actor')
        elif not parts[2].startswith(_SONG):
            takes[parts[2]][parts[1]] = file
    for take, files in sorted(takes.items()):
        _, emotion, intensity, statement, _, actor = take.split('-')
        both = files.get('1')
        yield Clip(id=take, person=actor, label=LABELS[int(emotion) - 1],
                   split=split_of('ravdess', actor), film=both or files.get('2'),
                   sound=None if both else files.get('3'),
                   transcript=STATEMENTS[int(statement) - 1],
                   intensity=INTENSITIES[int(intensity) - 1])
