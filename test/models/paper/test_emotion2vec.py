"""The speech model of the first paper, on small checkpoints of its true architecture."""

import numpy as np
import pytest

pytest.importorskip('torch')
pytest.importorskip('funasr')

import torch

from mer_ros.models import load_model
from mer_ros.models.paper.emotion2vec import VARIANTS
from mer_ros.models.speech.waveform_windows import windows

EMOTIONS = ('anger', 'disgust', 'fear', 'happiness', 'neutral', 'sadness', 'surprise')


@pytest.fixture(scope='module')
def folder(tmp_path_factory, write_emotion2vec):
    folder = tmp_path_factory.mktemp('emotion2vec')
    write_emotion2vec(folder)
    return folder


@pytest.fixture(scope='module')
def model(folder):
    return load_model('speech', 'emotion2vec', path=folder, device='cpu')


def voice(seconds, seed=0):
    return np.random.default_rng(seed).normal(0, 0.1, round(16000 * seconds)).astype(np.float32)


def test_names_the_seven_emotions_by_its_own_token_list(folder, model):
    assert model.labels == EMOTIONS
    assert load_model('speech', 'paper', path=folder).labels == EMOTIONS


def test_gives_the_raw_scores_that_funasr_computes_before_its_softmax(
        tmp_path, model, write_emotion2vec):
    network = write_emotion2vec(tmp_path)
    wave = voice(1.3)
    sound = torch.from_numpy(wave)
    with torch.inference_mode():
        found = network.extract_features(
            torch.nn.functional.layer_norm(sound, sound.shape)[None], padding_mask=None)['x']
        expected = network.proj(found.mean(1))[0].numpy()
    tokens = (tmp_path / 'tokens.txt').read_text(encoding='utf-8').split()
    kept = [column for column, token in enumerate(tokens)
            if token not in ('其他/other', '<unk>')]
    np.testing.assert_allclose(model.logits([wave])[0], expected[kept], atol=1e-5)
    assert abs(model.logits([wave]).sum() - 1) > 1e-3


def test_scores_do_not_depend_on_the_rest_of_the_batch(model):
    waves = [voice(0.7, 1), voice(3.1, 2), voice(0.1, 3), voice(1.9, 4)]
    together = model.logits(waves)
    alone = np.concatenate([model.logits([wave]) for wave in waves])
    np.testing.assert_allclose(together, alone, atol=1e-4)
    assert np.ptp(together, axis=0).max() > 1e-3


def test_the_gain_does_not_matter(model):
    wave = voice(1.0)
    np.testing.assert_allclose(model.logits([0.3 * wave]), model.logits([wave]), atol=1e-3)


@pytest.mark.parametrize('wave', [voice(0.01), np.zeros(16000, np.float32),
                                  np.full(16000, 0.2, np.float32)],
                         ids=['10 ms', 'silence', 'constant'])
def test_what_cannot_be_heard_supports_no_class(model, wave):
    np.testing.assert_array_equal(model.logits([wave, voice(1.0)])[0], np.zeros(7))


def test_ten_minutes_are_the_mean_over_equal_windows(model):
    wave = voice(600.0)
    parts = windows(wave)
    assert len(parts) == 30
    np.testing.assert_allclose(
        model.logits([wave])[0], model.logits(parts).mean(axis=0), atol=1e-4)


def test_an_empty_batch_has_no_scores(model):
    assert model.logits([]).shape == (0, 7)


@pytest.mark.parametrize('wave', [np.zeros((2, 16000), np.float32), np.zeros(0, np.float32),
                                  np.zeros(16000, np.int16), np.full(16000, np.nan, np.float32)],
                         ids=['stereo', 'empty', 'integers', 'nan'])
def test_refuses_what_is_no_waveform(model, wave):
    with pytest.raises(ValueError, match='waveform'):
        model.logits([wave])


@pytest.mark.parametrize(('dtype', 'tolerance'), [('bf16', 0.1), ('int8', 0.1)])
def test_fewer_bits_change_little(folder, model, dtype, tolerance):
    waves = [voice(0.7, 1), voice(2.1, 2)]
    coarse = load_model('speech', 'emotion2vec', path=folder, dtype=dtype, device='cpu')
    scores = coarse.logits(waves)
    assert scores.dtype == np.float32
    np.testing.assert_allclose(scores, model.logits(waves), atol=tolerance)


def test_unused_tokens_are_left_out(tmp_path, write_emotion2vec):
    write_emotion2vec(tmp_path, tokens=['unuse_0', '开心/happy', '难过/sad', '<unk>'])
    assert load_model('speech', 'emotion2vec', path=tmp_path).labels == ('happiness', 'sadness')


def test_refuses_a_token_that_is_no_emotion(tmp_path, write_emotion2vec):
    write_emotion2vec(tmp_path, tokens=['开心/happy', '嫉妒/jealous'])
    with pytest.raises(ValueError, match=r"\['jealous'\].*'happiness'"):
        load_model('speech', 'emotion2vec', path=tmp_path)


def test_names_missing_files(tmp_path, write_emotion2vec):
    write_emotion2vec(tmp_path)
    (tmp_path / 'tokens.txt').unlink()
    with pytest.raises(FileNotFoundError, match=r'tokens\.txt'):
        load_model('speech', 'emotion2vec', path=tmp_path)


def test_refuses_truncated_weights(tmp_path, write_emotion2vec):
    write_emotion2vec(tmp_path)
    whole = (tmp_path / 'model.pt').read_bytes()
    (tmp_path / 'model.pt').write_bytes(whole[:len(whole) // 2])
    with pytest.raises(ValueError, match='not a complete one'):
        load_model('speech', 'emotion2vec', path=tmp_path)


def test_names_keys_of_another_architecture(tmp_path, write_emotion2vec):
    def deeper(state):
        return {**state, 'd2v_model.blocks.7.norm1.weight': torch.ones(32)}

    write_emotion2vec(tmp_path, change=deeper)
    with pytest.raises(ValueError, match=r'1 unexpected \(blocks\.7\.norm1\.weight\)'):
        load_model('speech', 'emotion2vec', path=tmp_path)


def test_names_keys_that_are_missing(tmp_path, write_emotion2vec):
    write_emotion2vec(tmp_path, change=lambda state: {
        name: value for name, value in state.items() if not name.startswith('proj.')})
    with pytest.raises(ValueError, match=r'2 missing \(proj\.bias, proj\.weight\)'):
        load_model('speech', 'emotion2vec', path=tmp_path)


def test_what_pretraining_left_over_is_ignored(tmp_path, write_emotion2vec):
    leftovers = {'_ema': torch.ones(3), 'd2v_model.modality_encoders.AUDIO.decoder.proj.bias':
                 torch.ones(3)}
    write_emotion2vec(tmp_path, change=lambda state: {**state, **leftovers})
    assert load_model('speech', 'emotion2vec', path=tmp_path).labels == EMOTIONS


def test_refuses_another_model_of_funasr(tmp_path, write_emotion2vec):
    write_emotion2vec(tmp_path)
    (tmp_path / 'config.yaml').write_text('model: Paraformer\n')
    with pytest.raises(ValueError, match='Paraformer'):
        load_model('speech', 'emotion2vec', path=tmp_path)


def test_refuses_an_unknown_variant(folder):
    with pytest.raises(ValueError, match=str(list(VARIANTS)).replace('[', r'\[')):
        load_model('speech', 'emotion2vec', path=folder, variant='huge')
