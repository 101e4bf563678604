import csv

import cv2
import numpy as np
import pytest

from mer_ros.evaluation.datasets.face_sets import load


def test_london_portraits_are_cut_to_square_faces(shared_data):
    samples = load('london_faces', shared_data, 'test')
    assert len(samples) == 40
    assert samples.modality == 'face'
    assert len(set(samples.groups)) == 20
    for crop in samples.inputs:
        assert crop.shape[0] == crop.shape[1] < 200
        assert crop.shape[2] == 3


def test_fer2013_crops_come_out_of_the_contact_sheets(shared_data):
    samples = load('fer2013', shared_data, 'dev')
    with (shared_data / 'fer2013' / 'dev.csv').open() as table:
        labels = [row['label'] for row in csv.DictReader(table)]
    assert len(labels) > 3000
    assert samples.labels == labels
    assert {crop.shape for crop in samples.inputs} == {(48, 48, 3)}


def test_no_person_of_muxspace_is_in_two_splits(shared_data):
    persons = [set(load('muxspace_faces', shared_data, split).groups)
               for split in ('train', 'dev', 'test')]
    assert not persons[0] & persons[1]
    assert not persons[0] & persons[2]
    assert not persons[1] & persons[2]


def test_own_crops_without_a_found_face_are_taken_whole(tmp_path):
    folder = tmp_path / 'own_faces'
    folder.mkdir()
    cv2.imwrite(str(folder / 'a.png'), np.full((30, 20, 3), (0, 0, 200), np.uint8))
    (folder / 'labels.csv').write_text('path,label,subject,split\na.png,fear,ann,train\n')
    samples = load('own_faces', tmp_path, 'train')
    assert samples.labels == ['fear']
    assert samples.groups == ['ann']
    np.testing.assert_array_equal(samples.inputs[0], np.full((30, 20, 3), (200, 0, 0), np.uint8))


def test_an_unreadable_picture_is_named(tmp_path):
    folder = tmp_path / 'own_faces'
    folder.mkdir()
    (folder / 'labels.csv').write_text('path,label,subject,split\ngone.png,fear,ann,train\n')
    with pytest.raises(ValueError, match=r'gone\.png'):
        load('own_faces', tmp_path, 'train')


def test_a_table_without_persons_is_refused(tmp_path):
    folder = tmp_path / 'own_faces'
    folder.mkdir()
    (folder / 'labels.csv').write_text('path,label,split\na.png,fear,train\n')
    with pytest.raises(ValueError, match='subject'):
        load('own_faces', tmp_path, 'train')


def test_unknown_names_and_splits_list_the_known_ones(tmp_path):
    with pytest.raises(ValueError, match='fer2013'):
        load('fer2014', tmp_path, 'test')
    with pytest.raises(ValueError, match='train'):
        load('fer2013', tmp_path, 'private')


def test_a_missing_data_set_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match='muxspace_faces'):
        load('muxspace_faces', tmp_path, 'test')
