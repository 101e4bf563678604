"""Predictions of other systems stand beside the network on the same samples."""

import numpy as np
import pytest

pytest.importorskip('torch')
pytest.importorskip('lightning')
pytest.importorskip('sklearn')
pytest.importorskip('onnx')

from mer_ros.research.lddu.training.lddu_predictions import read_predictions
from mer_ros.research.lddu.training.lddu_synthetic import make
from mer_ros.research.lddu.training.train_lddu import train_lddu

LABELS = ('joy', 'grief')


def test_predictions_are_joined_by_id_whatever_their_order_and_columns(tmp_path):
    path = tmp_path / 'carat.csv'
    path.write_text('grief,id,joy\n0.2,b,1\n0.9,a,0\n0,unused,0\n')
    np.testing.assert_allclose(read_predictions(path, ['a', 'b'], LABELS), [[0, .9], [1, .2]])


@pytest.mark.parametrize(('text', 'reason'), [
    ('id,joy\na,1\n', r"lacks the columns \['grief'\]"),
    ('id,joy,grief\na,1,x\n', 'line 2: could not convert'),
    ('id,joy,grief\na,1,2\n', r'not all in \[0, 1\]'),
    ('id,joy,grief\na,1,0\na,1,0\n', "line 3: 'a' comes twice"),
    ('id,joy,grief\na,1,0\n', 'nothing of 1 of 2 test samples'),
    ('id,joy,grief\na,1,nan\nb,0,0\n', r'not all in \[0, 1\]')])
def test_a_file_that_is_wrong_is_answered_with_what_is_needed(tmp_path, text, reason):
    (tmp_path / 'x.csv').write_text(text)
    with pytest.raises(ValueError, match=reason):
        read_predictions(tmp_path / 'x.csv', ['a', 'b'], LABELS)


def test_another_system_has_the_figures_of_the_network(tmp_path):
    test = make(seed=0, train=200, valid=100, test=100).corpus.test
    labels = ('anger', 'fear', 'happiness', 'sadness', 'surprise')
    path = tmp_path / 'oracle.csv'
    path.write_text(f'id,{",".join(labels)}\n' + ''.join(
        f'{name},{",".join(str(int(one)) for one in row)}\n'
        for name, row in zip(test.ids, test.truth, strict=True)))
    report = train_lddu(data=tmp_path, out=tmp_path, dataset='synthetic', smoke=True,
                        compare=False, systems={'oracle': path})
    assert report['compared']['oracle']['micro_f1'] == 1.0
    assert report['compared']['oracle']['n'] == report['figures']['n']
