"""Films and sounds of people who are neutral."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from mer_ros.evaluation.datasets.face_sets import read_table

UNSEEN = ('dev', 'test')
"""The splits of grid_talking of which no model has learned."""


@dataclass(frozen=True, slots=True)
class CalmFilm:
    """A recording of a neutral person: who, what is said, and the sensors that it has."""

    source: str
    person: str
    path: Path
    words: str
    sensors: tuple[str, ...]


def calm_films(root: Path) -> Iterator[CalmFilm]:
    """Yield the recordings of neutral people below the folder of the data sets.

    GRID films of people whom no model has seen; the film and the neutral sounds of RAVDESS.
    Raises FileNotFoundError where a set is not there.
    """
    grid = Path(root) / 'grid_talking'
    for row in read_table(grid / 'labels.csv'):
        if row['split'] in UNSEEN:
            yield CalmFilm('GRID, film', row['person'], grid / row['path'], row['text'],
                           ('face', 'speech', 'text'))
    ravdess = Path(root) / 'evalonly_ravdess'
    table = read_table(ravdess / 'labels.csv')
    for path in sorted((ravdess / 'av').glob('??-??-01-*.mp4')):  # the third number is the emotion
        words = next(row['statement'] for row in table if row['id'][9:14] == path.stem[9:14])
        yield CalmFilm('RAVDESS, film', path.stem[-2:], path, words, ('face', 'speech', 'text'))
    for row in table:
        if row['ekman7'] == 'neutral':
            yield CalmFilm('RAVDESS, sound', row['actor'], ravdess / row['path'],
                           row['statement'], ('speech', 'text'))
