"""RAF-DB is read in both layouts in which it is passed on."""

import cv2
import numpy as np
import pytest

from mer_ros.evaluation.datasets.face_sets import load
from mer_ros.evaluation.datasets.raf_db import is_raf_db, LABELS


def write_picture(path, shade):
    path.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(path), np.full((100, 100, 3), shade, np.uint8))


def of_the_authors(root):
    """Write 40 pictures to learn from and 7 to test as the authors' archive unpacks."""
    lines = []
    for part, count in (('train', 40), ('test', 7)):
        for number in range(1, count + 1):
            lines.append(f'{part}_{number:05d}.jpg {number % 7 + 1}')
            write_picture(root / 'raf_db' / 'basic' / 'Image' / 'aligned'
                          / f'{part}_{number:05d}_aligned.jpg', number)
    table = root / 'raf_db' / 'basic' / 'EmoLabel' / 'list_patition_label.txt'
    table.parent.mkdir(parents=True)
    table.write_text('\n'.join(lines) + '\n')
    return table


def of_folders(root):
    """Write the same pictures in a folder for each class."""
    for part, count in (('train', 40), ('test', 7)):
        for number in range(1, count + 1):
            write_picture(root / 'raf_db' / 'DATASET' / part / str(number % 7 + 1)
                          / f'{part}_{number:05d}_aligned.jpg', number)


@pytest.mark.parametrize('write', [of_the_authors, of_folders])
def test_both_layouts_give_the_same_pictures_and_labels(tmp_path, write):
    write(tmp_path)
    assert is_raf_db(tmp_path / 'raf_db')
    train, dev, test = (load('raf_db', tmp_path, split) for split in ('train', 'dev', 'test'))
    assert (len(train), len(dev), len(test)) == (36, 4, 7)
    assert test.labels == [LABELS[number % 7] for number in range(1, 8)]
    assert [int(face.mean().round()) for face in dev.inputs] == [10, 20, 30, 40]
    assert dev.labels == [LABELS[number % 7] for number in (10, 20, 30, 40)]
    assert test.inputs[0].shape == (100, 100, 3)
    assert not set(train.groups) & set(dev.groups)


@pytest.mark.parametrize('line', ['train_00001.jpg 8', 'train_00001.jpg', 'face1.jpg 3'])
def test_a_line_that_is_none_of_raf_db_is_named_with_its_number(tmp_path, line):
    table = of_the_authors(tmp_path)
    table.write_text(f'train_00002.jpg 1\n{line}\n')
    with pytest.raises(ValueError, match=rf"line 2: '{line}'"):
        load('raf_db', tmp_path, 'train')


def test_pictures_that_are_missing_are_named_with_the_folder_they_come_from(tmp_path):
    table = of_the_authors(tmp_path)
    table.write_text('test_00099.jpg 1\n')
    with pytest.raises(FileNotFoundError, match=r'test_00099_aligned\.jpg.*Image/aligned'):
        load('raf_db', tmp_path, 'test')


def test_a_folder_of_something_else_is_answered_with_what_is_needed(tmp_path):
    (tmp_path / 'raf_db').mkdir()
    assert not is_raf_db(tmp_path / 'raf_db')
    with pytest.raises(FileNotFoundError, match=r'list_patition_label\.txt.*folders train'):
        load('raf_db', tmp_path, 'train')
