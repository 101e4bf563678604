"""The pretrained features of the attention fusion, by small networks of the same kind."""

import numpy as np
import pytest

pytest.importorskip('lightning')
pytest.importorskip('transformers')
import torch
import transformers

from mer_ros.research.attention.attention_pretrained import BertFeatures, ResNetFeatures

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
