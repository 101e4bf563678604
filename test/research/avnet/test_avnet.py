"""The audio-visual network as the rest of the package uses it: exported, and in torch."""

import json

import numpy as np
import pytest

pytest.importorskip('torch')
pytest.importorskip('onnx')
import torch

from mer_ros.cli.export_run import export_model
from mer_ros.emotions import EMOTIONS
from mer_ros.models import load_model
from mer_ros.research.avnet.avnet_net import AvNetNet, mel_shape
from mer_ros.research.avnet.avnet_torch import save

MEBIBYTE = 2 ** 20
RATES = {'crema_d': 16000, 'ravdess': 48000}
LABELS = {'crema_d': EMOTIONS[:-1], 'ravdess': (*EMOTIONS, 'calm')}


@pytest.fixture(scope='module', params=RATES)
def run(request, tmp_path_factory):
    """Return the folder of a network with random weights, whose statistics are not the first."""
    corpus = request.param
    torch.manual_seed(0)
    network = AvNetNet(len(LABELS[corpus]), audio_shape=mel_shape(RATES[corpus]))
    network(torch.randint(0, 256, (8, 98, 80), dtype=torch.uint8),
            torch.randn(8, *mel_shape(RATES[corpus])) * 20 - 40)
    folder = tmp_path_factory.mktemp(corpus)
    save(network, {'labels': LABELS[corpus], 'segments': 5, 'sample_rate': RATES[corpus],
                   'audio': 'mel'}, folder)
    return folder


@pytest.fixture(scope='module')
def exported(run):
    return export_model('avnet', run / 'exported', path=run)


def segments(model, count, seed=0):
    noise = np.random.default_rng(seed)
    return (noise.integers(0, 256, (count, 98, 80), dtype=np.uint8),
            noise.normal(0, 0.1, (count, round(1.5 * model.sample_rate))).astype(np.float32))


def test_the_exported_network_says_what_torch_says(run, exported):
    ours, theirs = (load_model('av', 'avnet', path=path, device='cpu') for path in (exported, run))
    for count in (1, 5):
        faces, sounds = segments(ours, count)
        for call in ('embed', 'logits'):
            a, b = (getattr(model, call)(faces, sounds) for model in (ours, theirs))
            assert np.abs(a - b).max() <= 1e-3 * np.abs(b).max()
    assert ours.labels == theirs.labels
    assert (ours.segments, ours.sample_rate) == (theirs.segments, theirs.sample_rate)


@pytest.mark.parametrize(('dtype', 'share'), [('bf16', 0.51), ('int8', 0.27)])
def test_fewer_bytes_change_little(run, exported, dtype, share):
    small = export_model('avnet', run / 'exported', path=run, dtype=dtype)
    assert small.stat().st_size < share * exported.stat().st_size
    full, less = (load_model('av', 'avnet', path=path) for path in (exported, small))
    faces, sounds = segments(full, 5)
    expected = full.embed(faces, sounds)
    assert np.abs(less.embed(faces, sounds) - expected).max() <= 0.03 * np.abs(expected).max()


def test_wav2vec2_is_exported_as_well(tmp_path):
    pytest.importorskip('transformers')
    torch.manual_seed(0)
    tiny = {'hidden_size': 32, 'num_hidden_layers': 2, 'num_attention_heads': 2,
            'intermediate_size': 64, 'conv_dim': [16] * 7}
    save(AvNetNet(6, audio='wav2vec2', wav2vec2=tiny), {
        'labels': LABELS['crema_d'], 'segments': 5, 'sample_rate': 16000, 'audio': 'wav2vec2',
        'wav2vec2': tiny}, tmp_path)
    ours, theirs = (load_model('av', 'avnet', path=path, device='cpu') for path in (
        export_model('avnet', tmp_path / 'exported', path=tmp_path), tmp_path))
    faces, sounds = segments(ours, 3)
    expected = theirs.logits(faces, sounds)
    assert np.abs(ours.logits(faces, sounds) - expected).max() <= 1e-3 * np.abs(expected).max()


def test_weights_take_at_most_10_4_mebibytes_whoever_runs_them(run, exported):
    for file in (exported, run / 'avnet.pt'):
        assert file.stat().st_size <= 10.4 * MEBIBYTE


def test_a_film_is_the_mean_of_its_segments_each_judged_alone(exported):
    model = load_model('av', 'avnet', path=exported)
    faces, sounds = segments(model, 4)
    alone = np.concatenate([model.classify(model.embed(faces[i:i + 1], sounds[i:i + 1]))
                            for i in range(4)])
    np.testing.assert_allclose(model.logits(faces, sounds), alone.mean(axis=0), atol=1e-5)
    assert model.embed(faces, sounds).shape == (4, 640)


def test_the_graph_gives_the_scores_that_classify_gives(exported):
    import onnxruntime

    model = load_model('av', 'avnet', path=exported)
    faces, _ = segments(model, 3)
    session = onnxruntime.InferenceSession(exported)
    spectrograms = np.random.default_rng(1).normal(
        -40, 20, (3, *mel_shape(model.sample_rate))).astype(np.float32)
    embedding, scores = session.run(['embedding', 'scores'],
                                    {'faces': faces, 'sound': spectrograms})
    np.testing.assert_allclose(model.classify(embedding), scores, atol=1e-4)


def test_face_and_sound_both_count(exported):
    model = load_model('av', 'avnet', path=exported)
    (faces, sounds), (other_faces, other_sounds) = segments(model, 1), segments(model, 1, seed=1)
    scores = model.logits(faces, sounds)
    assert np.abs(model.logits(other_faces, sounds) - scores).max() > 1e-3
    assert np.abs(model.logits(faces, 10 * other_sounds) - scores).max() > 1e-3


@pytest.mark.parametrize('broken', [
    lambda faces, sounds: (faces[:, :97], sounds),
    lambda faces, sounds: (faces.astype(np.float32), sounds),
    lambda faces, sounds: (faces, sounds[:, :-1]),
    lambda faces, sounds: (faces[:1], sounds),
    lambda faces, sounds: (faces[:0], sounds[:0])])
def test_segments_of_another_shape_are_refused(exported, broken):
    model = load_model('av', 'avnet', path=exported)
    with pytest.raises(ValueError, match=r'1\.5 s at'):
        model.embed(*broken(*segments(model, 2)))


def test_without_weights_one_learns_how_to_get_them(tmp_path):
    for path in (None, tmp_path / 'nothing.onnx', tmp_path):
        with pytest.raises(FileNotFoundError, match='mer_ros train avnet --data'):
            load_model('av', 'avnet', path=path)
    with pytest.raises(ValueError, match='--path'):
        export_model('avnet', tmp_path)


def test_a_description_that_lacks_something_is_named(exported, tmp_path):
    copy = tmp_path / exported.name
    copy.write_bytes(exported.read_bytes())
    with pytest.raises(FileNotFoundError, match='describes the weights'):
        load_model('av', 'avnet', path=copy)
    about = json.loads(exported.with_suffix('.json').read_text())
    copy.with_suffix('.json').write_text(json.dumps({**about, 'last_layer': {}}))
    with pytest.raises(ValueError, match='no exported avnet'):
        load_model('av', 'avnet', path=copy)
    del about['segments']
    copy.with_suffix('.json').write_text(json.dumps(about))
    with pytest.raises(ValueError, match="does not say \\['segments'\\]"):
        load_model('av', 'avnet', path=copy)
