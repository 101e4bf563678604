"""The pretrained features of the attention fusion, by small networks of the same kind."""

import numpy as np
import pytest

pytest.importorskip('lightning')
pytest.importorskip('transformers')
import torch
import transformers

from mer_ros.research.attention.attention_module import Recipe
from mer_ros.research.attention.attention_pretrained import BertFeatures, ResNetFeatures
from mer_ros.research.attention.text_encoder import find_encoder
from mer_ros.research.attention.train_attention import train_attention

WORDS = ('[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]', 'so', 'happy', 'today')


@pytest.fixture
def encoder(tmp_path):
    torch.manual_seed(0)
    (tmp_path / 'vocab.txt').write_text('\n'.join(WORDS))
    transformers.BertTokenizerFast(vocab_file=str(tmp_path / 'vocab.txt')).save_pretrained(tmp_path)
    transformers.BertModel(transformers.BertConfig(
        vocab_size=len(WORDS), hidden_size=12, num_hidden_layers=1, num_attention_heads=2,
        intermediate_size=16)).save_pretrained(tmp_path)
    return BertFeatures(tmp_path)


def test_words_become_the_mean_of_their_hidden_states(encoder):
    first, again, other = (encoder.features(text) for text in (
        'so happy', 'so happy', 'today so happy'))
    assert first.shape == (1, 12)
    np.testing.assert_array_equal(first, again)
    assert not np.allclose(first, other)


def test_faces_become_what_the_network_pools(tmp_path):
    torch.manual_seed(0)
    transformers.ResNetForImageClassification(transformers.ResNetConfig(
        embedding_size=8, hidden_sizes=[16, 32], depths=[1, 1], num_labels=10,
    )).save_pretrained(tmp_path)
    model = ResNetFeatures(tmp_path)
    dark, light = (model.features(np.full((40, 30, 3), grey, np.uint8)) for grey in (10, 240))
    assert dark.shape == (1, 32)
    assert not np.allclose(dark, light)


def test_an_encoder_that_was_not_tuned_on_emotions_is_named_as_such(encoder, tmp_path):
    found = find_encoder(tmp_path)
    assert (found.kind, found.emotions) == ('bert', ())
    assert 'not tuned on emotions' in found.about


def test_an_encoder_that_was_tuned_on_emotions_is_refused_and_named_as_what_it_is(tmp_path):
    torch.manual_seed(0)
    names = ('anger', 'disgust', 'fear', 'joy', 'neutral', 'sadness', 'surprise')
    transformers.RobertaForSequenceClassification(transformers.RobertaConfig(
        vocab_size=20, hidden_size=12, num_hidden_layers=1, num_attention_heads=2,
        intermediate_size=16, id2label=dict(enumerate(names)))).save_pretrained(tmp_path)
    with pytest.raises(ValueError, match=r'tuned on emotions .*learned GoEmotions and MELD'):
        find_encoder(tmp_path)
    found = find_encoder(tmp_path, allow_tuned=True)
    assert found.emotions == names
    assert 'figures on texts that it may have learned from are flattering' in found.about


def test_without_a_folder_the_way_to_one_is_named(tmp_path):
    with pytest.raises(ValueError, match='bert-base-uncased, with --text-model'):
        find_encoder(None)
    with pytest.raises(FileNotFoundError, match=r'config\.json'):
        find_encoder(tmp_path)


def test_the_features_of_a_bert_are_fused_and_the_report_says_which_it_was(tmp_path):
    words = {'happiness': 'so happy today', 'sadness': 'today today', 'anger': 'so so so'}
    torch.manual_seed(0)
    folder = tmp_path / 'tiny-bert'
    folder.mkdir()
    (folder / 'vocab.txt').write_text('\n'.join(WORDS))
    transformers.BertTokenizerFast(vocab_file=str(folder / 'vocab.txt')).save_pretrained(folder)
    transformers.BertModel(transformers.BertConfig(
        vocab_size=len(WORDS), hidden_size=12, num_hidden_layers=1, num_attention_heads=2,
        intermediate_size=16)).save_pretrained(folder)
    path = tmp_path / 'words.csv'
    path.write_text('label,text,person\n' + ''.join(
        f'{label},{text},p{row}\n' for row in range(20) for label, text in words.items()))
    report = train_attention(manifest=path, inputs='paper', text_model=folder, out=tmp_path,
                             resamples=0, recipe=Recipe(epochs=20, rate=1e-2))
    assert report['text_model'] == 'tiny-bert (bert), not tuned on emotions'
    assert report['features'] == {'text': 12}
    assert report['methods']['attention']['text']['accuracy'] > 0.5
