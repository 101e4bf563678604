"""Small data sets that the built-in models can be trained on."""

import csv

import cv2
import numpy as np
import pytest
import soundfile

from mer_ros.emotions import EMOTIONS

HUMMED = {'anger': 400, 'happiness': 200, 'sadness': 100}
"""Pitch in Hz by emotion."""


def write_table(folder, header, rows):
    with (folder / 'labels.csv').open('w', newline='') as file:
        csv.writer(file).writerows([header, *rows])


@pytest.fixture
def own_faces(tmp_path):
    """Make a data folder with a user's own set: two pictures a class and split."""
    folder = tmp_path / 'data' / 'own_faces'
    folder.mkdir(parents=True)
    random = np.random.default_rng(0)
    rows = [(f'{split}_{index}.png', label, f'person {index}', split)
            for split in ('train', 'dev', 'test') for index, label in enumerate(2 * EMOTIONS)]
    for name, *_ in rows:
        cv2.imwrite(str(folder / name), random.integers(0, 256, (60, 60, 3), dtype=np.uint8))
    write_table(folder, ('path', 'label', 'subject', 'split'), rows)
    return tmp_path / 'data'


@pytest.fixture
def hums(tmp_path, hum):
    """Make a data folder whose speakers hum: one pitch an emotion, two clips a speaker."""
    folder = tmp_path / 'data' / 'emodb'
    folder.mkdir(parents=True)
    rows = []
    for speaker, split in enumerate(('train', 'train', 'dev', 'test')):
        for clip, (label, pitch) in enumerate(2 * [*HUMMED.items()]):
            rows.append((f'{speaker}_{clip}.wav', label, speaker, split))
            soundfile.write(folder / rows[-1][0], hum(pitch + 5 * speaker + clip), 16000)
    write_table(folder, ('path', 'ekman7', 'speaker', 'split'),
                [*rows, ('left_out.wav', '', '9', 'train')])
    return tmp_path / 'data'
