"""Training of the text model on tiny generated data."""

import csv
import json

import numpy as np
import pytest

from mer_ros.emotions import EMOTIONS

pytest.importorskip('torch')
pytest.importorskip('sklearn')
pytest.importorskip('onnx')

from mer_ros.models.lite_text import LiteText
from mer_ros.training.text import train_text
from mer_ros.training.text_bag import Bag, SIX
from mer_ros.training.text_data import fine_labels, read_split
from mer_ros.training.text_net import Blend, TextNet

HEADER = 'id\ttext\tekman7\tekman7_all\tlabels\n'


def write_sets(root, *, each=12):
    """Write two sets in which one word gives every emotion away; films lack neutral."""
    for name, stem, emotions in (('goemotions', '', EMOTIONS),
                                 ('xed', 'en_', [EMOTIONS[i] for i in SIX])):
        (root / name).mkdir()
        for split in ('train', 'dev', 'test'):
            lines = [f'{name}{split}{emotion}{i}\tthis is {name} {emotion} word{i}\t{emotion}\t'
                     f'{emotion}\t{emotion}\n' for emotion in emotions for i in range(each)]
            lines.append(f'x{split}\tboth of them\t\tanger|neutral|fear\tanger|fear\n')
            lines.append(f'y{split}\tnone of them\t\t\ttrust\n')
            (root / name / f'{stem}{split}.tsv').write_text(HEADER + ''.join(lines))


@pytest.fixture(scope='module')
def trained(tmp_path_factory):
    data, out = tmp_path_factory.mktemp('data'), tmp_path_factory.mktemp('out')
    write_sets(data)
    return train_text(data=data, out=out, smoke=True), data, out


def test_training_writes_a_model_that_has_learned_the_words(trained):
    _, _, out = trained
    logits = LiteText(path=out / 'lite_text.onnx').logits(
        [f'this is goemotions {emotion}' for emotion in EMOTIONS])
    assert [EMOTIONS[i] for i in logits.argmax(axis=1)] == list(EMOTIONS)


def test_the_description_holds_blend_figures_and_labels(trained):
    report, _, out = trained
    written = json.loads((out / 'lite_text.json').read_text())
    assert written == json.loads(json.dumps(report))
    assert written['labels'] == list(EMOTIONS)
    assert written['blend']['temperature'] > 0
    assert set(written['figures']) == {'goemotions', 'xed'}
    assert written['figures']['goemotions']['accuracy'] > 0.9


def test_the_log_holds_a_line_an_epoch(trained):
    rows = list(csv.DictReader((trained[2] / 'lite_text.csv').open()))
    assert [row['epoch'] for row in rows] == ['0']
    assert 0 <= float(rows[0]['dev_macro_f1']) <= 1


def test_the_same_seed_gives_the_same_model(trained, tmp_path):
    report, data, out = trained
    again = train_text(data=data, out=tmp_path, smoke=True)
    assert again == report
    assert (LiteText(path=tmp_path / 'lite_text.onnx').logits(['fear and joy'])
            == LiteText(path=out / 'lite_text.onnx').logits(['fear and joy'])).all()


def test_several_emotions_share_the_target_without_neutral(trained):
    split = read_split('goemotions', trained[1], 'dev', fine_labels(trained[1]))
    assert split.target[-1].tolist() == [0.5, 0, 0.5, 0, 0, 0, 0]
    assert split.single.tolist() == [True] * (len(split.single) - 1) + [False]
    assert (split.target.sum(axis=1) == 1).all()


def test_missing_data_is_refused(tmp_path):
    with pytest.raises(FileNotFoundError, match='goemotions'):
        train_text(data=tmp_path, out=tmp_path / 'out', smoke=True)


def test_a_bag_folds_into_one_linear_table():
    import torch
    bag = Bag(5, 4, 3, 0.5).eval()
    table, bias = bag.table()
    with torch.no_grad():
        scores = bag([np.array([0, 3, 4])])[0, :13].numpy()
    assert table[[0, 3, 4]].sum(axis=0) / np.sqrt(3) + bias == pytest.approx(scores, abs=1e-5)


def test_quantised_scores_stay_close_to_the_exact_ones():
    import torch
    rng = np.random.default_rng(0)
    table = rng.normal(size=(50, 27)).astype(np.float32)
    idf = rng.uniform(1, 8, size=50).astype(np.float32)
    offsets = rng.normal(size=27).astype(np.float32)
    chosen = np.array([1, 7, 30])
    parts = TextNet(table, offsets, idf, Blend()).parts(torch.tensor([[1, 7, 30, 50]]))[0]
    sums = table[chosen].sum(axis=0)
    exact = np.concatenate([sums[:13] / np.sqrt(3),
                            sums[13:] / np.linalg.norm(idf[chosen])]) + offsets
    assert parts.numpy() == pytest.approx(exact, abs=0.05)
