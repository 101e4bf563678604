"""LDDU as it is used: without torch, from an ONNX file and what stands beside it."""

import json
import subprocess
import sys

import numpy as np
import pytest

from mer_ros.research.lddu import Lddu

LABELS = ('anger', 'happiness')
DIMS = {'text': 6, 'audio': 5}


@pytest.fixture(scope='module')
def folder(tmp_path_factory):
    pytest.importorskip('torch')
    pytest.importorskip('onnx')
    import torch

    from mer_ros.research.lddu.lddu_net import LdduNet
    from mer_ros.research.lddu.sizes import Sizes
    from mer_ros.research.lddu.training.lddu_export import export

    torch.manual_seed(0)
    path = tmp_path_factory.mktemp('model') / 'lddu.onnx'
    export(LdduNet(Sizes(DIMS, LABELS, width=16, layers=2, heads=2, label_width=8, latent=4)), path)
    path.with_suffix('.json').write_text(json.dumps({
        'name': 'tiny', 'labels': LABELS, 'dims': DIMS, 'threshold': 0.4,
        'models': {'text': 'lite', 'audio': 'lite'}}))
    return path.parent


@pytest.fixture(scope='module')
def model(folder):
    return Lddu(path=folder / 'lddu.onnx', device='cpu')


def frames(length, dim, seed=0):
    return np.random.default_rng(seed).normal(size=(length, dim)).astype(np.float32)


def test_the_package_is_used_without_torch():
    check = "import sys, mer_ros.research.lddu; assert 'torch' not in sys.modules"
    subprocess.run([sys.executable, '-c', check], check=True)


def test_a_model_says_what_it_takes_and_gives(model):
    assert model.name == 'tiny'
    assert model.labels == LABELS
    assert model.modalities == ('text', 'audio')
    assert dict(model.dims) == DIMS
    assert model.models == {'text': 'lite', 'audio': 'lite'}
    assert model.threshold == 0.4


@pytest.mark.parametrize(('text', 'audio'), [(1, 1), (3, 50), (60, 2), (4, 4)])
def test_windows_of_any_length_are_judged(model, text, audio):
    judged = model.judge({'text': frames(text, 6), 'audio': frames(audio, 5)})
    for values in (judged.probability, judged.uncertainty, *judged.per_modality.values()):
        assert values.shape == (2,)
        assert ((values >= 0) & (values <= 1)).all()
    assert set(judged.per_modality) == {'text', 'audio'}


def test_a_modality_may_be_missing(model):
    both = model.judge({'text': frames(3, 6), 'audio': frames(4, 5)})
    one = model.judge({'text': frames(3, 6)})
    assert set(one.per_modality) == {'text'}
    assert one.per_modality['text'] == pytest.approx(both.per_modality['text'], abs=1e-6)
    assert (one.probability != both.probability).any()


def test_the_same_window_is_judged_the_same_again(model):
    window = {'audio': frames(7, 5), 'text': frames(3, 6)}
    assert (model.judge(window).probability == model.judge(
        dict(reversed(window.items()))).probability).all()


@pytest.mark.parametrize(('window', 'named'), [
    ({}, 'at least one'), ({'visual': frames(2, 6)}, 'visual'), ({'text': frames(0, 6)}, 'T >= 1'),
    ({'text': frames(3, 5)}, r'\(T, 6\)'), ({'text': np.ones(6)}, r'\(T, 6\)'),
    ({'text': np.full((2, 6), np.nan)}, 'NaN')])
def test_what_cannot_be_judged_is_refused(model, window, named):
    with pytest.raises(ValueError, match=named):
        model.judge(window)


def test_files_that_do_not_belong_together_are_refused(folder, tmp_path):
    (tmp_path / 'a.onnx').write_bytes((folder / 'lddu.onnx').read_bytes())
    with pytest.raises(FileNotFoundError, match=r'a\.json'):
        Lddu(path=tmp_path / 'a.onnx')
    about = json.loads((folder / 'lddu.json').read_text())
    (tmp_path / 'a.json').write_text(json.dumps({**about, 'dims': {'text': 7, 'audio': 5}}))
    with pytest.raises(ValueError, match='keep the two'):
        Lddu(path=tmp_path / 'a.onnx')
    (tmp_path / 'a.json').write_text('{}')
    with pytest.raises(ValueError, match='lacks'):
        Lddu(path=tmp_path / 'a.onnx')


def test_the_built_in_network_hears_several_emotions_in_the_words_of_the_built_in_model():
    from mer_ros.models.text.lite_text import LiteText

    model = Lddu()
    words = LiteText()
    assert model.models == {'text': words.name}
    judged = model.judge({'text': words.features('I am so happy for you, thank you!')})
    present = {label for label, p in zip(model.labels, judged.probability, strict=True)
               if p >= model.threshold}
    assert present == {'happiness'}
    both = model.judge({'text': words.features('I love her, but I am so sad that she died.')})
    found = dict(zip(model.labels, both.probability, strict=True))
    assert found['sadness'] > found['anger']
    assert found['happiness'] > found['disgust']
