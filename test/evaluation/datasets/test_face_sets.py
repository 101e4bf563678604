import csv

import cv2
import numpy as np
import pytest

from mer_ros.evaluation.datasets import judged_faces
from mer_ros.evaluation.datasets.face_sets import load
from mer_ros.evaluation.datasets.fer_votes import read_votes, VOTED
from mer_ros.evaluation.datasets.load_dataset import load as load_any


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


def test_ferplus_has_the_pictures_on_which_most_people_agree(shared_data):
    samples = load_any('ferplus', shared_data, 'test')
    counts = {label: samples.labels.count(label) for label in ('neutral', 'disgust', 'fear')}
    assert counts == {'neutral': 506, 'disgust': 9, 'fear': 42}
    assert {crop.shape for crop in samples.inputs} == {(48, 48, 3)}


def test_no_near_duplicate_of_fer2013_is_in_two_splits(shared_data):
    groups = [set(read_votes(shared_data / 'fer2013', split).groups)
              for split in ('train', 'dev', 'test')]
    assert not groups[0] & groups[1]
    assert not groups[0] & groups[2]
    assert not groups[1] & groups[2]


def test_people_who_talk_are_neutral_and_each_is_in_one_split(shared_data):
    samples = [load('grid_talking', shared_data, split) for split in ('train', 'dev', 'test')]
    assert [len(part) for part in samples] == [90, 15, 30]
    assert sum(len(set(part.groups)) for part in samples) == 9
    assert {label for part in samples for label in part.labels} == {'neutral'}
    for crop in samples[2].inputs:
        assert crop.shape[0] == crop.shape[1] < 200


def test_posed_faces_of_yale_are_read_by_name(shared_data):
    samples = load_any('yale', shared_data, 'eval')
    assert len(samples) == 52
    assert len(set(samples.groups)) == 13
    assert {label: samples.labels.count(label) for label in samples.labels} == dict.fromkeys(
        ('happiness', 'neutral', 'sadness', 'surprise'), 13)


def test_votes_are_read_with_the_majority_and_the_label(tmp_path):
    folder = tmp_path / 'fer2013'
    (folder / 'sheets').mkdir(parents=True)
    sheet = np.zeros((96, 96), np.uint8)
    sheet[48:, :48] = 200
    cv2.imwrite(str(folder / 'sheets' / 'a.png'), sheet)
    votes = dict.fromkeys(VOTED, 0) | {'fear': 6, 'contempt': 1, 'unknown': 3}
    rows = [{'sheet': 'a.png', 'row': 1, 'col': 0, 'fer_label': 'anger', 'majority': 'fear',
             'group': '7', **votes},
            {'sheet': 'a.png', 'row': 0, 'col': 1, 'fer_label': '', 'majority': 'contempt',
             'group': '8', **dict.fromkeys(VOTED, 0), 'contempt': 10}]
    with (folder / 'votes_dev.csv').open('w', newline='') as table:
        writer = csv.DictWriter(table, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    found = read_votes(folder, 'dev')
    assert [crop.mean() for crop in found.crops] == [200, 0]
    assert found.votes[0, VOTED.index('fear')] == 6
    assert found.votes.sum(axis=1).tolist() == [10, 10]
    assert (found.majority, found.label) == (['fear', 'contempt'], ['anger', ''])
    samples = judged_faces.load('ferplus', tmp_path, 'dev')
    assert (samples.labels, samples.groups) == (['fear'], ['7'])


def test_a_split_that_a_judged_set_lacks_is_refused_with_those_it_has(tmp_path):
    with pytest.raises(ValueError, match='eval'):
        judged_faces.load('yale', tmp_path, 'test')
    with pytest.raises(ValueError, match='ferplus'):
        judged_faces.load('ferminus', tmp_path, 'test')


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
