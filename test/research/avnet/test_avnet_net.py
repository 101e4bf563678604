"""The network of table 1 of Radoi and Cioroiu (2024), layer by layer."""

import numpy as np
import pytest

pytest.importorskip('torch')
import torch
from torch import nn

from mer_ros.research.avnet.avnet_net import AvNetNet, mel_shape, MelNet

TINY = {'hidden_size': 32, 'num_hidden_layers': 2, 'num_attention_heads': 2,
        'intermediate_size': 64, 'conv_dim': [16] * 7}


def count(module):
    return sum(weights.numel() for weights in module.parameters())


@pytest.mark.parametrize(('classes', 'rate', 'parameters'), [
    (6, 16000, 2_715_218), (8, 48000, 2_716_500)])
def test_has_exactly_the_parameters_that_the_paper_prints(classes, rate, parameters):
    network = AvNetNet(classes, audio_shape=mel_shape(rate))
    assert count(network) == parameters
    assert count(network.face) == 2_645_472
    assert [count(layer) for layer in network.sound if isinstance(layer, nn.Linear)] == [64_640]


def test_the_maps_have_the_sizes_that_the_paper_prints():
    network = AvNetNet(6)
    sizes = []
    for layer in network.face:
        if isinstance(layer, nn.Conv2d | nn.MaxPool2d):
            layer.register_forward_hook(lambda _, __, output: sizes.append(tuple(output.shape[1:])))
    network(torch.zeros(2, 98, 80, dtype=torch.uint8), torch.zeros(2, 128, 43))
    assert sizes == [(16, 96, 78), (16, 48, 39), (32, 46, 37), (32, 23, 18), (64, 21, 16),
                     (64, 10, 8)]


@pytest.mark.parametrize(('rate', 'frames', 'columns'), [(16000, 43, 3), (48000, 137, 15)])
def test_the_last_map_of_the_sound_has_504_cells_at_both_rates(rate, frames, columns):
    bands, found = mel_shape(rate)
    assert (bands, found) == (128, frames)
    net = MelNet((bands, found))
    before = []
    net[-3].register_forward_hook(lambda _, inputs, __: before.append(tuple(inputs[0].shape)))
    assert net(torch.zeros(1, bands, found)).shape == (1, 128)
    assert before == [(1, 12, 14, columns)]
    assert net[-1].in_features == 504


def test_weights_begin_as_xavier_says():
    torch.manual_seed(0)
    network = AvNetNet(6)
    for layer in network.modules():
        if isinstance(layer, nn.Conv2d | nn.Linear):
            fan_in, fan_out = nn.init._calculate_fan_in_and_fan_out(layer.weight)
            bound = np.sqrt(6 / (fan_in + fan_out))
            assert bound * 0.7 < layer.weight.abs().max() <= bound
            assert not layer.bias.any()


def test_a_fifth_of_the_embedding_is_dropped_while_learning_and_nothing_after():
    torch.manual_seed(0)
    network = AvNetNet(6).train()
    faces = torch.randint(0, 256, (2, 98, 80), dtype=torch.uint8)
    sound = 20 * torch.randn(2, 128, 43)
    kept = []
    network.dropout.register_forward_hook(lambda _, __, output: kept.append(output))
    embedding, scores = network(faces, sound)
    assert (embedding.shape, scores.shape) == ((2, 640), (2, 6))
    assert 0.15 < (kept[0] == 0).float().mean() < 0.25
    network.eval()(faces, sound)
    assert not (kept[1] == 0).any()


def test_a_map_that_cannot_be_divided_is_refused():
    with pytest.raises(ValueError, match='16 or 48 kHz'):
        AvNetNet(6, audio_shape=mel_shape(22050))
    with pytest.raises(ValueError, match="known: \\['mel', 'wav2vec2'\\]"):
        AvNetNet(6, audio='mfcc')


def test_wav2vec2_describes_the_sound_by_its_mean_over_time():
    pytest.importorskip('transformers')
    torch.manual_seed(0)
    network = AvNetNet(6, audio='wav2vec2', wav2vec2=TINY).eval()
    noise = torch.randn(2, 24000)
    embedding, scores = network(torch.zeros(2, 98, 80, dtype=torch.uint8), noise)
    assert (embedding.shape, scores.shape) == ((2, 640), (2, 6))
    standard = (noise - noise.mean(1, keepdim=True)) / noise.std(1, correction=0, keepdim=True)
    means = network.sound.encoder(standard).last_hidden_state.mean(1)
    torch.testing.assert_close(embedding[:, 512:], network.sound.linear(means),
                               rtol=1e-3, atol=1e-4)


def test_wav2vec2_begins_with_the_weights_of_a_folder(tmp_path):
    transformers = pytest.importorskip('transformers')
    published = transformers.Wav2Vec2Model(transformers.Wav2Vec2Config(**TINY))
    published.save_pretrained(tmp_path)
    network = AvNetNet(6, audio='wav2vec2', wav2vec2=TINY)
    network.sound.load_pretrained(tmp_path)
    for ours, theirs in zip(network.sound.encoder.parameters(), published.parameters(),
                            strict=True):
        torch.testing.assert_close(ours, theirs)
    assert network.sound.encoder.training


def test_with_wav2vec2_it_is_as_large_as_the_paper_says():
    pytest.importorskip('transformers')
    with torch.device('meta'):
        assert count(AvNetNet(8, audio='wav2vec2')) == pytest.approx(97.2e6, rel=2e-3)
