"""The text model of the first paper, on small checkpoints of its true architecture."""

import json

import numpy as np
import pytest

pytest.importorskip('torch')
pytest.importorskip('transformers')
import tokenizers
import torch
import transformers

from mer_ros.models import load_model

NAMES = ['anger', 'disgust', 'fear', 'joy', 'neutral', 'sadness', 'surprise']
EMOTIONS = ('anger', 'disgust', 'fear', 'happiness', 'neutral', 'sadness', 'surprise')
SENTENCES = ['I am so happy', 'no', 'leave me alone, all of you, at once, and never come back here',
             'what a surprise this is']


def write(folder, names=NAMES, layers=2, longest=66):
    """Write a RoBERTa of bytes with few layers, as save_pretrained writes one."""
    byte_level = tokenizers.pre_tokenizers.ByteLevel
    specials = ['<s>', '<pad>', '</s>', '<unk>', '<mask>']
    vocabulary = {token: number for number, token in enumerate(
        specials + sorted(byte_level.alphabet()))}
    raw = tokenizers.Tokenizer(tokenizers.models.BPE(vocabulary, [], unk_token='<unk>'))
    raw.pre_tokenizer = byte_level(add_prefix_space=False)
    raw.post_processor = tokenizers.processors.RobertaProcessing(('</s>', 2), ('<s>', 0))
    transformers.PreTrainedTokenizerFast(
        tokenizer_object=raw, bos_token='<s>', eos_token='</s>', cls_token='<s>',
        sep_token='</s>', pad_token='<pad>', unk_token='<unk>', mask_token='<mask>',
    ).save_pretrained(folder)
    torch.manual_seed(0)
    network = transformers.RobertaForSequenceClassification(transformers.RobertaConfig(
        vocab_size=len(vocabulary), hidden_size=32, num_hidden_layers=layers,
        num_attention_heads=4, intermediate_size=64, max_position_embeddings=longest,
        type_vocab_size=1, initializer_range=0.3, id2label=dict(enumerate(names)),
        label2id={name: number for number, name in enumerate(names)})).eval()
    network.save_pretrained(folder)
    return network


@pytest.fixture(scope='module')
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp('checkpoints') / 'tiny'
    write(folder)
    return folder


@pytest.fixture(scope='module')
def model(folder):
    return load_model('text', 'distilroberta', path=folder, device='cpu')


def test_names_the_seven_emotions_by_its_own_labels(folder, model):
    assert model.labels == EMOTIONS
    assert model.name == 'tiny'
    assert load_model('text', 'paper', path=folder).labels == EMOTIONS


def test_gives_the_raw_scores_of_the_network(folder, model):
    network = transformers.AutoModelForSequenceClassification.from_pretrained(folder).eval()
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    with torch.inference_mode():
        expected = network(**tokenizer(SENTENCES[0], return_tensors='pt')).logits.numpy()
    np.testing.assert_allclose(model.logits(SENTENCES[:1]), expected, atol=1e-5)


def test_columns_follow_the_labels_whatever_their_order(tmp_path):
    network = write(tmp_path / 'one', names=NAMES[::-1])
    found = load_model('text', 'distilroberta', path=tmp_path / 'one')
    assert found.labels == EMOTIONS[::-1]
    assert network.config.id2label[3] == 'joy'


def test_scores_do_not_depend_on_the_rest_of_the_batch(model):
    together = model.logits(SENTENCES)
    np.testing.assert_allclose(
        together, np.concatenate([model.logits([one]) for one in SENTENCES]), atol=1e-5)
    assert np.ptp(together, axis=0).max() > 1e-2


def test_of_a_long_text_the_newest_words_are_judged(model):
    words = 'word ' * 10_000 + 'and this is the end of a very long story about what happened'
    np.testing.assert_allclose(
        model.logits([words]), model.logits([words[-2000:]]), atol=1e-5)
    assert not np.allclose(model.logits([words]), model.logits(['word ' * 10_000]), atol=1e-3)


def test_max_length_cuts_earlier(folder, model):
    short = load_model('text', 'distilroberta', path=folder, max_length=12)
    assert not np.allclose(short.logits(SENTENCES[2:3]), model.logits(SENTENCES[2:3]), atol=1e-4)
    np.testing.assert_allclose(
        short.logits([SENTENCES[2]]), short.logits([SENTENCES[2][-10:]]), atol=1e-5)


def test_an_empty_batch_has_no_scores(model):
    assert model.logits([]).shape == (0, 7)


def test_any_string_has_finite_scores(model):
    assert np.isfinite(model.logits(['', ' ', '🎉', '\x00', 'ü' * 500, '\udc80 half \ud83d'])).all()


def test_refuses_a_bare_string(model):
    with pytest.raises(TypeError, match='wrap it in a list'):
        model.logits('I am so happy')


@pytest.mark.parametrize('dtype', ['bf16', 'int8'])
def test_fewer_bits_change_little(folder, model, dtype):
    scores = load_model('text', 'distilroberta', path=folder, dtype=dtype, device='cpu').logits(
        SENTENCES)
    assert scores.dtype == np.float32
    np.testing.assert_allclose(scores, model.logits(SENTENCES), atol=0.3)


def test_refuses_classes_that_are_no_emotions(tmp_path):
    write(tmp_path, names=[f'LABEL_{number}' for number in range(7)])
    with pytest.raises(ValueError, match=r"LABEL_0.*'joy'"):
        load_model('text', 'distilroberta', path=tmp_path)


def test_refuses_two_classes_of_one_emotion(tmp_path):
    write(tmp_path, names=['joy', 'happiness'])
    with pytest.raises(ValueError, match=r"repeats \['happiness'\]"):
        load_model('text', 'distilroberta', path=tmp_path)


@pytest.mark.parametrize('layers', [1, 3])
def test_refuses_weights_of_another_depth(tmp_path, layers):
    write(tmp_path)
    config = json.loads((tmp_path / 'config.json').read_text())
    (tmp_path / 'config.json').write_text(json.dumps({**config, 'num_hidden_layers': layers}))
    with pytest.raises(ValueError, match=r'another architecture: 16 (missing|unexpected) '):
        load_model('text', 'distilroberta', path=tmp_path)


def test_refuses_weights_of_another_width(tmp_path):
    write(tmp_path)
    config = json.loads((tmp_path / 'config.json').read_text())
    (tmp_path / 'config.json').write_text(json.dumps({**config, 'intermediate_size': 128}))
    with pytest.raises(ValueError, match='of another shape'):
        load_model('text', 'distilroberta', path=tmp_path)


def test_refuses_truncated_weights(tmp_path):
    write(tmp_path)
    weights = tmp_path / 'model.safetensors'
    weights.write_bytes(weights.read_bytes()[:5000])
    with pytest.raises(ValueError, match='damaged or incomplete'):
        load_model('text', 'distilroberta', path=tmp_path)


def test_loads_weights_in_the_older_format(tmp_path, folder, model):
    network = write(tmp_path)
    (tmp_path / 'model.safetensors').unlink()
    torch.save(network.state_dict() | {'roberta.embeddings.position_ids': torch.arange(66)[None]},
               tmp_path / 'pytorch_model.bin')
    np.testing.assert_array_equal(
        load_model('text', 'distilroberta', path=tmp_path, device='cpu').logits(SENTENCES),
        model.logits(SENTENCES))


def test_names_missing_files(tmp_path):
    with pytest.raises(FileNotFoundError, match=r'config\.json'):
        load_model('text', 'distilroberta', path=tmp_path)
    write(tmp_path)
    (tmp_path / 'model.safetensors').unlink()
    with pytest.raises(FileNotFoundError, match=r'model\.safetensors'):
        load_model('text', 'distilroberta', path=tmp_path)


def test_refuses_a_folder_without_a_tokenizer(tmp_path):
    write(tmp_path)
    (tmp_path / 'tokenizer.json').unlink()
    with pytest.raises(ValueError, match='tokenizer'):
        load_model('text', 'distilroberta', path=tmp_path)


@pytest.mark.parametrize(('options', 'reason'), [
    ({'device': 'tpu'}, 'device'),
    ({'dtype': 'fp8'}, 'dtype'), ({'dtype': 'fp16', 'device': 'cpu'}, 'fp16'),
    ({'max_length': 2}, 'max_length'), ({'threads': 0}, 'threads')])
def test_refuses_options_that_are_not_allowed(folder, options, reason):
    with pytest.raises(ValueError, match=reason):
        load_model('text', 'distilroberta', path=folder, **options)


@pytest.mark.skipif(torch.cuda.is_available(), reason='there is a GPU here')
def test_cuda_that_is_not_there_is_an_error(folder):
    with pytest.raises(ValueError, match='finds no GPU'):
        load_model('text', 'distilroberta', path=folder, device='cuda')


@pytest.mark.skipif(not torch.cuda.is_available(), reason='there is no GPU here')
def test_on_a_gpu_the_network_computes_in_half_precision_and_says_the_same(folder, model):
    on_gpu = load_model('text', 'distilroberta', path=folder, device='cuda')
    assert {weights.dtype for weights in on_gpu._runtime.network.parameters()} == {torch.float16}
    np.testing.assert_allclose(on_gpu.logits(SENTENCES), model.logits(SENTENCES), atol=0.02)


def test_downloaded_weights_that_are_missing_say_how_to_get_them(tmp_path, monkeypatch):
    monkeypatch.setenv('MER_ROS_CACHE', str(tmp_path))
    with pytest.raises(FileNotFoundError, match='mer_ros models download distilroberta'):
        load_model('text', 'distilroberta')
