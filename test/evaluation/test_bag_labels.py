"""The labels of a bag."""

import pytest

from mer_ros.evaluation.bag_labels import LabelSpan, read_labels


def write(folder, text):
    (folder / 'labels.csv').write_text(text, encoding='utf-8')
    return folder


def test_spans_come_in_order_of_time_with_the_labels_of_the_taxonomy(tmp_path):
    assert read_labels(write(tmp_path, 'label,end,start,person_id\nsad,9,5.5,Ann\nJoy,5,0,\n')) == [
        LabelSpan(0.0, 5.0, 'happiness'), LabelSpan(5.5, 9.0, 'sadness', 'Ann')]


def test_the_labels_of_a_bare_file_lie_beside_it(tmp_path):
    write(tmp_path, 'start,end,label\n0,1,fear\n')
    assert read_labels(tmp_path / 'bag.mcap') == [LabelSpan(0.0, 1.0, 'fear')]


def test_two_people_may_feel_differently_at_one_time(tmp_path):
    assert len(read_labels(write(
        tmp_path, 'start,end,label,person_id\n0,5,fear,Ann\n2,7,anger,Bob\n'))) == 2


def test_a_span_holds_its_end_and_the_evidence_of_its_person():
    span = LabelSpan(1.0, 2.0, 'fear', 'Ann')
    assert span.holds(1.0, 'Ann')
    assert span.holds(2.0, 'Ann')
    assert not span.holds(2.001, 'Ann')
    assert not span.holds(1.5, 'Bob')
    assert LabelSpan(1.0, 2.0, 'fear').holds(1.5, 'Bob')


@pytest.mark.parametrize(('text', 'message'), [
    ('start,label\n0,fear\n', r"line 1: the columns are \['start', 'label'\]; needed are .*'end'"),
    ('start,end,label,mood\n0,1,fear,x\n', "'mood'.*allowed .*'person_id'"),
    ('', r'line 1: the columns are \[\]'),
    ('start,end,label\n', 'no rows'),
    ('start,end,label\n0,1\n', 'line 2: the number of cells'),
    ('start,end,label\n0,1,fear\n3,2,fear\n', "line 3: start '3' and end '2' must be"),
    ('start,end,label\n-1,2,fear\n', 'line 2: start'),
    ('start,end,label\n0,inf,fear\n', 'line 2: start'),
    ('start,end,label\n0,soon,fear\n', "end 'soon' must be seconds"),
    ('start,end,label\n0,1,fury\n', "line 2: the label 'fury' is unknown; allowed: .*'anger'"),
    ('start,end,label\n0,9,fear\n10,11,fear\n3,4,anger\n', 'lines 2 and 4 overlap'),
    ('start,end,label,person_id\n0,9,fear,\n3,4,anger,Ann\n', 'lines 2 and 3 overlap'),
])
def test_wrong_labels_are_refused_with_the_line(tmp_path, text, message):
    with pytest.raises(ValueError, match=message):
        read_labels(write(tmp_path, text))


def test_a_bag_without_labels_is_told_how_to_write_them(tmp_path):
    with pytest.raises(FileNotFoundError, match=r'labels\.csv; write one with .* start,end'):
        read_labels(tmp_path)
