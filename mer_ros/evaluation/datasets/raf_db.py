"""RAF-DB (Li and Deng, 2017), single-label subset, in both layouts in which it is passed on."""

from pathlib import Path
import re

from mer_ros.emotions import EMOTIONS

LABELS = ('surprise', 'fear', 'disgust', 'happiness', 'sadness', 'anger', 'neutral')
"""The classes that RAF-DB numbers from 1."""

LIST = 'list_patition_label.txt'
"""The list of pictures and labels, as its authors spell the name."""

DEV_EVERY = 10
"""Of the training pictures every tenth is for dev; RAF-DB has only train and test."""

_NAME = re.compile(r'(train|test)_(\d+)(_aligned)?\.jpe?g', re.IGNORECASE)

assert set(LABELS) == set(EMOTIONS)


def is_raf_db(folder: Path) -> bool:
    """Return whether a folder holds RAF-DB in one of its layouts."""
    return _list_file(folder) is not None or _class_folders(folder) is not None


def raf_db_files(folder: Path, split: str) -> list[tuple[Path, str]]:
    """Return the pictures of a split and their labels, in the order of their numbers.

    The layouts are that of the authors (pictures ``*_aligned.jpg`` in a folder ``aligned``, and
    LIST), and folders ``train`` and ``test`` with a folder of pictures for each class 1 to 7.
    The split ``dev`` is every tenth picture of the authors' training part; ``train`` the others.

    Raises:
        FileNotFoundError: the folder has neither layout, or a picture of the list is missing.
        ValueError: a line of the list, a name or a class is none of RAF-DB's.
    """
    part = 'test' if split == 'test' else 'train'
    table = _list_file(folder)
    files = _of_classes(folder, part) if table is None else _of_list(table, folder, part)
    files.sort(key=lambda one: _number(one[0]))
    if split == 'test':
        return files
    return [one for index, one in enumerate(files)
            if (index % DEV_EVERY == DEV_EVERY - 1) == (split == 'dev')]


def _list_file(folder: Path) -> Path | None:
    return next(iter(sorted(folder.rglob(LIST))), None) if folder.is_dir() else None


def _class_folders(folder: Path) -> Path | None:
    """Return the folder with train and test, each with folders 1 to 7."""
    for base in (folder, *sorted(path for path in folder.glob('*') if path.is_dir())):
        if all((base / part / '1').is_dir() for part in ('train', 'test')):
            return base
    return None


def _of_list(table: Path, folder: Path, part: str) -> list[tuple[Path, str]]:
    pictures = {path.name.lower(): path for path in folder.rglob('*_aligned.jpg')}
    found = []
    for number, line in enumerate(table.read_text(encoding='utf-8').splitlines(), start=1):
        if not line.strip():
            continue
        name, _, label = line.partition(' ')
        match = _NAME.fullmatch(name)
        if match is None or label.strip() not in [str(one + 1) for one in range(len(LABELS))]:
            raise ValueError(f'{table}, line {number}: {line!r} is none of RAF-DB; needed is such '
                             f'as "train_00001.jpg 5", with a class of 1 to {len(LABELS)}')
        if match[1].lower() != part:
            continue
        picture = pictures.get(f'{Path(name).stem}_aligned.jpg'.lower())
        if picture is None:
            raise FileNotFoundError(
                f'{Path(name).stem}_aligned.jpg of {table} is not in {folder}; put the folder '
                f'Image/aligned of RAF-DB there')
        found.append((picture, LABELS[int(label) - 1]))
    return found


def _of_classes(folder: Path, part: str) -> list[tuple[Path, str]]:
    base = _class_folders(folder)
    if base is None:
        raise FileNotFoundError(
            f'{folder} holds no RAF-DB: needed is {LIST} with a folder of aligned pictures, or '
            f'folders train and test with folders 1 to {len(LABELS)}')
    found = []
    for place in sorted(path for path in (base / part).glob('*') if path.is_dir()):
        if place.name not in [str(one + 1) for one in range(len(LABELS))]:
            raise ValueError(f'{place} is no class of RAF-DB; they are 1 to {len(LABELS)}')
        found += [(path, LABELS[int(place.name) - 1]) for path in place.iterdir()
                  if _NAME.fullmatch(path.name)]
    return found


def _number(path: Path) -> int:
    match = _NAME.fullmatch(path.name)
    return int(match[2]) if match else 0
