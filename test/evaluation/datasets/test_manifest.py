"""Manifests: what they may hold, and errors that name the line."""

import pytest

from mer_ros.evaluation.datasets.manifest import read_manifest


def write(folder, text):
    path = folder / 'manifest.csv'
    path.write_text(text, encoding='utf-8')
    return path


def test_rows_carry_labels_paths_words_person_and_id(tmp_path):
    (tmp_path / 'a.png').write_bytes(b'x')
    (tmp_path / 'b.wav').write_bytes(b'x')
    rows = read_manifest(write(
        tmp_path, 'id,label,face,speech,text,person\n'
                  '7,Joy,a.png,b.wav,"well, yes",Ann\n,sad,,,no,\n'))
    assert rows[0].label == 'happiness'
    assert (rows[0].id, rows[0].person, rows[0].text) == ('7', 'Ann', 'well, yes')
    assert rows[0].face == tmp_path / 'a.png'
    assert rows[0].speech == tmp_path / 'b.wav'
    assert (rows[1].id, rows[1].line, rows[1].face, rows[1].speech) == ('3', 3, None, None)


def test_a_byte_order_mark_does_no_harm(tmp_path):
    assert read_manifest(write(tmp_path, '\ufefflabel,text\nfear,oh\n'))[0].label == 'fear'


@pytest.mark.parametrize(('text', 'message'), [
    ('label,text\nfear,a\nfury,b\n', "line 3: the label 'fury' is unknown; allowed: .*'anger'"),
    ('text\nhello\n', 'line 1: the column label is missing'),
    ('label,person\nfear,Bob\n', "line 1: none of the columns .*'face', 'speech', 'text'"),
    ('label,text,txt\nfear,a,b\n', r"line 1: columns \['txt'\] are unknown"),
    ('label,text\nfear,well, no\n', 'line 2: the number of cells differs'),
    ('label,text,person\nfear,well\n', 'line 2: the number of cells differs'),
    ('label,text\n', 'no rows'),
    ('', 'column label is missing'),
])
def test_a_wrong_manifest_is_refused_with_the_line(tmp_path, text, message):
    with pytest.raises(ValueError, match=message):
        read_manifest(write(tmp_path, text))


def test_a_missing_file_is_named_with_its_line(tmp_path):
    with pytest.raises(FileNotFoundError, match=r'line 2: the file gone\.png does not exist'):
        read_manifest(write(tmp_path, 'label,face\nfear,gone.png\n'))
    with pytest.raises(FileNotFoundError, match=r'manifest .* does not exist'):
        read_manifest(tmp_path / 'none.csv')
