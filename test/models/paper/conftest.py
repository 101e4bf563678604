"""Small checkpoints of the true architectures of the first paper's models."""

from pathlib import Path

import pytest

TOKENS = ('生气/angry', '厌恶/disgusted', '恐惧/fearful', '开心/happy', '中立/neutral',
          '其他/other', '难过/sad', '吃惊/surprised', '<unk>')


@pytest.fixture(scope='session')
def write_emotion2vec():
    """Return a function that writes a small emotion2vec+ with random weights, and returns it."""
    torch = pytest.importorskip('torch')
    pytest.importorskip('funasr')
    from omegaconf import OmegaConf

    from mer_ros.models.paper.emotion2vec_net import BASE, Network

    def write(folder: Path, tokens=TOKENS, change=lambda state: state, width=32, heads=4):
        folder.mkdir(parents=True, exist_ok=True)
        config = OmegaConf.load(BASE)
        config.model_conf.update(depth=2, num_heads=heads, embed_dim=width)
        config.model_conf.modalities.audio.update(
            prenet_depth=1, conv_pos_groups=4,
            feature_encoder_spec='[(16, 10, 5)] + [(16, 3, 2)] * 4 + [(16, 2, 2)] * 2')
        torch.manual_seed(0)
        network = Network(model_conf=config.model_conf, vocab_size=len(tokens))
        for weights in network.parameters():
            if weights.ndim == 1:
                torch.nn.init.normal_(weights, std=0.3)
        config.model_conf.modalities.audio.decoder = {'decoder_dim': 16}
        OmegaConf.save(config, folder / 'config.yaml')
        (folder / 'tokens.txt').write_text('\n'.join(tokens) + '\n', encoding='utf-8')
        state = {name if name.startswith('proj.') else f'd2v_model.{name}': value
                 for name, value in network.state_dict().items()}
        torch.save({'model': change(state)}, folder / 'model.pt')
        return network.eval()
    return write


@pytest.fixture(scope='session')
def write_resnet():
    """Return a function that writes a small ResNet with random weights, and returns it."""
    torch = pytest.importorskip('torch')
    transformers = pytest.importorskip('transformers')

    def write(folder: Path, names=(), depths=(1, 1)):
        torch.manual_seed(0)
        network = transformers.ResNetForImageClassification(transformers.ResNetConfig(
            embedding_size=8, hidden_sizes=[16, 24, 32, 48][:len(depths)], depths=list(depths),
            id2label=dict(enumerate(names)),
            label2id={name: number for number, name in enumerate(names)})).eval()
        network.save_pretrained(folder)
        return network
    return write
