"""Labelled utterances of the data sets, as 16 kHz mono waveforms."""

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
import soundfile
import soxr

from mer_ros.data import SAMPLE_RATE
from mer_ros.emotions import EMOTIONS
from mer_ros.evaluation.datasets.samples import Samples


@dataclass(frozen=True, slots=True)
class SpeechSet:
    """Where a set lies, and which columns of its table hold label, speaker and sound."""

    folder: str
    splits: tuple[str, ...]
    speaker: str = 'speaker'
    label: str = 'ekman7'
    sound: str = 'path'
    table: str = 'labels.csv'


_THREE = ('train', 'dev', 'test')

SETS = {
    'crema_d_audio': SpeechSet('crema_d_audio', _THREE, 'actor', 'label'),
    'cremad': SpeechSet('crema_d', ('sample',), 'actor', 'intended', 'files', 'clips.csv'),
    'emodb': SpeechSet('emodb', _THREE),
    'emovo': SpeechSet('evalonly_emovo', ('eval',)),
    'grid': SpeechSet('grid_talking', _THREE, 'person', 'label', 'audio'),
    'iesc': SpeechSet('evalonly_iesc', ('eval',)),
    'ravdess': SpeechSet('evalonly_ravdess', ('eval',), 'actor'),
    'savee': SpeechSet('evalonly_savee', ('eval',)),
    'thorsten': SpeechSet('thorsten_emotional', ('sample',)),
}
"""Every speech data set by name."""

SPLITS = {name: one.splits for name, one in SETS.items()}
"""The splits of each speech data set."""

SOUNDS = ('.flac', '.opus', '.wav')
"""Endings of sound files; all are read by soundfile."""

_VOTED = ('anger', 'disgust', 'fear', 'happiness', 'neutral', 'sadness')


def load(name: str, root: Path, split: str) -> Samples:
    """Load one split of a speech data set; a group is one speaker.

    Clips whose style is none of the seven emotions (boredom, calm, whisper) are left out.  The
    label of a clip of cremad and crema_d_audio is the emotion that the actor was asked for.

    Args:
        name: one of `SETS`.
        root: the folder that holds the data sets, one folder each.
        split: one of the splits of the set.

    Raises:
        ValueError: the name or the split is unknown.
        FileNotFoundError: the data set is not in the folder.

    """
    rows = _rows(name, root, split)
    one, folder = SETS[name], table_of(name, root).parent
    return Samples([read_speech(folder / _sound_file(row[one.sound])) for row in rows],
                   [row[one.label] for row in rows], [row[one.speaker] for row in rows], 'speech')


def voice_votes(name: str, root: Path, split: str) -> NDArray[np.float64]:
    """Return how many raters heard each of the seven emotions in each clip of `load`, (N, 7).

    They only heard the clip.  The rows of a set without votes are 0, as are those of clips whose
    raters heard a broken file.  Raises what `load` does.
    """
    votes = []
    for row in _rows(name, root, split):
        heard = row.get('voice_votes') if row.get('votes_ok') == '1' else None
        count = dict(zip(_VOTED, map(float, heard.split('|')), strict=True)) if heard else {}
        votes.append([count.get(emotion, 0.0) for emotion in EMOTIONS])
    return np.array(votes).reshape(-1, len(EMOTIONS))


def table_of(name: str, root: Path) -> Path:
    """Return the file that lists the clips of a speech data set, there or not."""
    return Path(root) / SETS[name].folder / SETS[name].table


def read_speech(path: Path) -> NDArray[np.float32]:
    """Read a sound file as a mono float32 waveform (n,) at 16 kHz; channels are averaged."""
    sound, rate = soundfile.read(path, dtype='float32', always_2d=True)
    return np.asarray(soxr.resample(sound.mean(axis=1), rate, SAMPLE_RATE), dtype=np.float32)


def _rows(name: str, root: Path, split: str) -> list[dict[str, str]]:
    if name not in SETS:
        raise ValueError(f'no speech data set is called {name!r}; known: {sorted(SETS)}')
    if split not in SETS[name].splits:
        raise ValueError(f'{name} has no split {split!r}; known: {list(SETS[name].splits)}')
    table = table_of(name, root)
    if not table.is_file():
        raise FileNotFoundError(
            f'{table} is missing; the data set {table.parent.name!r} is not here')
    with table.open(newline='', encoding='utf-8') as file:
        return [row for row in csv.DictReader(file)
                if row['split'] == split and row[SETS[name].label]]


def _sound_file(files: str) -> str:
    return next(file for file in files.split('|') if Path(file).suffix in SOUNDS)
