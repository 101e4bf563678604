"""eNTERFACE'05: subject 1/anger/sentence 1/s1_an_1.avi.

O. Martin, I. Kotsia, B. Macq, I. Pitas, The eNTERFACE'05 Audio-Visual Emotion Database, ICDE
Workshops 2006.
"""

from collections.abc import Iterator
from pathlib import Path
import re

from mer_ros.research.corpora.clip import Clip, find, Skipped, split_of

LAYOUT = 'subject 1/anger/sentence 1/s1_an_1.avi'

LABELS = ('anger', 'disgust', 'fear', 'happiness', 'sadness', 'surprise')
"""The folders of emotions; nobody was asked to be neutral."""

_SUBJECT = re.compile(r'subject\D?(\d+)', re.IGNORECASE)


def read(root: Path) -> Iterator[Clip | Skipped]:
    """Yield the clips; what is said is not part of the files.

    Subject and emotion are those of the folders: names of files are not always right, and some
    subjects have no folders of sentences.  Spaces in the folders may be other characters.
    """
    for file in find(root, '[Ss]ubject*/*/**/*.avi'):
        folders = file.parts[:-1]
        place = max(index for index, name in enumerate(folders) if name[:7].lower() == 'subject')
        subject, label = _SUBJECT.fullmatch(folders[place]), folders[place + 1].lower()
        name = '/'.join(file.parts[place:])
        if subject is None or label not in LABELS:
            yield Skipped(name, f'the folders are not like {LAYOUT}, with an emotion of '
                                f'{list(LABELS)}')
            continue
        person = subject[1]
        yield Clip(id=name, person=person, label=label, split=split_of('enterface', person),
                   film=file)
