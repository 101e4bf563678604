"""Labelled utterances of the data sets, as 16 kHz mono waveforms."""

import csv
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
import soundfile
import soxr

from mer_ros.data import SAMPLE_RATE
from mer_ros.evaluation.datasets.samples import Samples

SPLITS = {
    'emodb': ('train', 'dev', 'test'),
    'ravdess': ('eval',),
    'cremad': ('sample',),
    'thorsten': ('sample',),
}
"""The splits of each speech data set."""

_FOLDERS = {'emodb': 'emodb', 'ravdess': 'evalonly_ravdess', 'cremad': 'crema_d',
            'thorsten': 'thorsten_emotional'}


def load(name: str, root: Path, split: str) -> Samples:
    """Load one split of a speech data set; a group is one speaker.

    Clips whose style is none of the seven emotions (boredom, calm, whisper) are left out.  The
    label of a cremad clip is the emotion that the actor was asked for.

    Args:
        name: one of `SPLITS`.
        root: the folder that holds the data sets, one folder each.
        split: one of the splits of the set.

    Raises:
        ValueError: the name or the split is unknown.
        FileNotFoundError: the data set is not in the folder.

    """
    if name not in SPLITS:
        raise ValueError(f'no speech data set is called {name!r}; known: {sorted(SPLITS)}')
    if split not in SPLITS[name]:
        raise ValueError(f'{name} has no split {split!r}; known: {list(SPLITS[name])}')
    table = table_of(name, root)
    folder = table.parent
    if not table.is_file():
        raise FileNotFoundError(f'{table} is missing; the data set {folder.name!r} is not here')
    with table.open(newline='', encoding='utf-8') as file:
        rows = [row for row in csv.DictReader(file) if row['split'] == split]
    label, speaker = ('intended' if name == 'cremad' else 'ekman7',
                      'speaker' if name in ('emodb', 'thorsten') else 'actor')
    kept = [row for row in rows if row[label]]
    return Samples([read_speech(folder / _sound_file(row)) for row in kept],
                   [row[label] for row in kept], [row[speaker] for row in kept], 'speech')


def table_of(name: str, root: Path) -> Path:
    """Return the file that lists the clips of a speech data set, there or not."""
    return Path(root) / _FOLDERS[name] / ('clips.csv' if name == 'cremad' else 'labels.csv')


def read_speech(path: Path) -> NDArray[np.float32]:
    """Read a sound file as a mono float32 waveform (n,) at 16 kHz; channels are averaged."""
    sound, rate = soundfile.read(path, dtype='float32', always_2d=True)
    return np.asarray(soxr.resample(sound.mean(axis=1), rate, SAMPLE_RATE), dtype=np.float32)


def _sound_file(row: dict[str, str]) -> str:
    files = row.get('path') or row['files']
    return next(file for file in files.split('|') if Path(file).suffix in ('.wav', '.flac'))
