"""Rows for the attention fusion from what a robot has recorded."""

import numpy as np
import pytest

from mer_ros.bags import BagWriter
from mer_ros.bags.bag_messages import to_message
from mer_ros.data import Logits, nanoseconds
from mer_ros.emotions import EMOTIONS
from mer_ros.research.attention.attention_bags import rows_of_bags


def write_bag(folder, labels, *, person='', lonely=0):
    """Write face and speech ten times, two seconds apart; ``lonely`` times the face alone."""
    with BagWriter(folder) as bag:
        for number in range(1, 11):
            stamp = nanoseconds(1000 + 2 * number)
            for modality, names in (('face', EMOTIONS), ('speech', EMOTIONS[:6])):
                if modality == 'face' or number > lonely:
                    bag.write(f'/{modality}/logits', to_message(Logits(
                        stamp, modality, names, np.arange(len(names)) * float(number),
                        person_id=person)), stamp)
    (folder / 'labels.csv').write_text(f'start,end,label\n{labels}')
    return folder


def test_a_row_is_a_window_with_the_label_of_its_span(tmp_path):
    rows = rows_of_bags([write_bag(tmp_path / 'bag', '0,8.5,anger\n8.6,40,fear\n', lonely=3)])
    assert [rows.labels[place] for place in rows.truth] == ['anger'] * 5 + ['fear'] * 5
    assert rows.groups.tolist() == ['bag: span 0'] * 5 + ['bag: span 1'] * 5
    assert rows.present['face'].all()
    assert rows.present['speech'].tolist() == [False] * 3 + [True] * 7
    np.testing.assert_allclose(rows.inputs['face'][4], 5.0 * (np.arange(7) - 3))
    np.testing.assert_allclose(rows.inputs['speech'][9], 10.0 * np.array([*range(6), 2.5]) - 25)


def test_a_group_is_a_person_of_a_bag(tmp_path):
    rows = rows_of_bags([write_bag(tmp_path / name, '0,20,anger\n', person=person)
                         for name, person in (('one', 'ann'), ('two', 'bob'))])
    assert sorted(set(rows.groups)) == ['one: ann', 'two: bob']
    assert len(rows.truth) == 20


def test_bags_whose_labels_lie_elsewhere_are_refused(tmp_path):
    bag = write_bag(tmp_path / 'bag', '500,501,anger\n')
    with pytest.raises(ValueError, match=r'no window of .* lies in a labelled span'):
        rows_of_bags([bag])
