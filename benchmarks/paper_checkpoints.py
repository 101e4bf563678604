"""Checkpoints of the models of the multimodal paper: true architectures and sizes, random weights.

They take as long and as much memory as the published ones, and need no network.
"""

from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn, Tensor

EMOTIONS = ('anger', 'disgust', 'fear', 'joy', 'neutral', 'sadness', 'surprise')

TOKENS = ('生气/angry', '厌恶/disgusted', '恐惧/fearful', '开心/happy', '中立/neutral',
          '其他/other', '难过/sad', '吃惊/surprised', '<unk>')
"""The token list of emotion2vec+."""

WORDS = ('I', 'you', 'we', 'they', 'am', 'are', 'was', 'feel', 'think', 'really', 'very', 'so',
         'happy', 'sad', 'angry', 'afraid', 'surprised', 'tired', 'about', 'this', 'that', 'what',
         'happened', 'yesterday', 'at', 'home', 'and', 'but', 'because', 'never', 'always',
         'nobody', 'listens', 'to', 'me', 'it', 'is', 'wonderful', 'terrible', 'today')

SPECIALS = ['<s>', '<pad>', '</s>', '<unk>', '<mask>']


def sentences(count: int, *, seed: int = 0) -> list[str]:
    """Return sentences of 3 to 30 words."""
    rng = np.random.default_rng(seed)
    return [' '.join(rng.choice(WORDS, rng.integers(3, 31))) + '.' for _ in range(count)]


def write_text(folder: Path) -> Path:
    """Write DistilRoBERTa with 7 classes, 82 million parameters, as `save_pretrained` does."""
    import tokenizers
    import transformers

    raw = tokenizers.Tokenizer(tokenizers.models.BPE(unk_token='<unk>'))
    raw.pre_tokenizer = tokenizers.pre_tokenizers.ByteLevel(add_prefix_space=False)
    raw.train_from_iterator(sentences(1000), tokenizers.trainers.BpeTrainer(
        special_tokens=SPECIALS, show_progress=False,
        initial_alphabet=tokenizers.pre_tokenizers.ByteLevel.alphabet()))
    raw.post_processor = tokenizers.processors.RobertaProcessing(('</s>', 2), ('<s>', 0))
    transformers.PreTrainedTokenizerFast(
        tokenizer_object=raw, bos_token='<s>', eos_token='</s>', cls_token='<s>',
        sep_token='</s>', pad_token='<pad>', unk_token='<unk>', mask_token='<mask>',
        model_max_length=512).save_pretrained(folder)
    torch.manual_seed(0)
    transformers.RobertaForSequenceClassification(transformers.RobertaConfig(
        vocab_size=50265, num_hidden_layers=6, max_position_embeddings=514, type_vocab_size=1,
        id2label=dict(enumerate(EMOTIONS)),
        label2id={name: number for number, name in enumerate(EMOTIONS)})).save_pretrained(folder)
    return folder


def write_speech(folder: Path) -> Path:
    """Write emotion2vec+ base, 93 million parameters, as its hub lays it out."""
    from omegaconf import OmegaConf

    from mer_ros.models.paper.emotion2vec_net import BASE, Network

    config = OmegaConf.load(BASE)
    folder.mkdir(parents=True)
    OmegaConf.save(config, folder / 'config.yaml')
    (folder / 'tokens.txt').write_text('\n'.join(TOKENS) + '\n', encoding='utf-8')
    (folder / 'configuration.json').write_text(
        '{"model": {"type": "funasr"}, "framework": "pytorch", "file_path_metas": {'
        '"init_param": "model.pt", "config": "config.yaml", '
        '"tokenizer_conf": {"token_list": "tokens.txt"}}}')
    torch.manual_seed(0)
    network = Network(model_conf=config.model_conf, vocab_size=len(TOKENS))
    torch.save({'model': network.state_dict()}, folder / 'model.pt')
    return folder


def write_face(path: Path) -> Path:
    """Write ResEmoteNet, 80 million parameters."""
    from mer_ros.models.paper.resemotenet_net import ResEmoteNet

    torch.manual_seed(0)
    torch.save(ResEmoteNet().state_dict(), path)
    return path


def write_selector(folder: Path) -> Path:
    """Write the ResNet-50 that chooses a frame, 24 million parameters."""
    import transformers

    torch.manual_seed(0)
    transformers.ResNetForImageClassification(transformers.ResNetConfig(
        id2label=dict(enumerate(EMOTIONS)),
        label2id={name: number for number, name in enumerate(EMOTIONS)})).save_pretrained(folder)
    return folder


def write_detector(path: Path) -> Path:
    """Write RetinaFace on ResNet-34 as ONNX; with random weights it finds no face."""
    import warnings

    torch.manual_seed(0)
    with warnings.catch_warnings(), torch.inference_mode():
        warnings.simplefilter('ignore')
        torch.onnx.export(
            RetinaFace().eval(), (torch.zeros(1, 3, 480, 640),), str(path), dynamo=False,
            input_names=['input'], output_names=['loc', 'conf', 'landmarks'], opset_version=17)
    return path


class RetinaFace(nn.Module):
    """The usual RetinaFace (Deng et al., 2020): pyramid, context modules, two anchors a cell."""

    def __init__(self, width: int = 128) -> None:
        super().__init__()
        import transformers

        sizes = [64, 128, 256, 512]
        self.backbone = transformers.ResNetModel(transformers.ResNetConfig(
            layer_type='basic', depths=[3, 4, 6, 3], hidden_sizes=sizes))
        self.lateral = nn.ModuleList(_conv(size, width, 1) for size in sizes[1:])
        self.merge = nn.ModuleList(_conv(width, width) for _ in range(2))
        self.context = nn.ModuleList(_Context(width) for _ in range(3))
        self.heads = nn.ModuleList(nn.ModuleList(
            nn.Conv2d(width, 2 * columns, 1) for _ in range(3)) for columns in (4, 2, 10))

    def forward(self, image: Tensor) -> tuple[Tensor, ...]:
        """Return boxes (1, A, 4), scores (1, A, 2) and landmarks (1, A, 10)."""
        maps = self.backbone(image, output_hidden_states=True).hidden_states[2:]
        fine, middle, coarse = (
            layer(features) for layer, features in zip(self.lateral, maps, strict=True))
        middle = self.merge[1](middle + _like(coarse, middle))
        fine = self.merge[0](fine + _like(middle, fine))
        features = [layer(one) for layer, one in zip(
            self.context, (fine, middle, coarse), strict=True)]
        boxes, scores, landmarks = (
            torch.cat([head(one).permute(0, 2, 3, 1).reshape(1, -1, columns)
                       for head, one in zip(heads, features, strict=True)], dim=1)
            for heads, columns in zip(self.heads, (4, 2, 10), strict=True))
        return boxes, scores.softmax(-1), landmarks


class _Context(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.near = _conv(width, width // 2)
        self.shared = _conv(width, width // 4)
        self.wide = _conv(width // 4, width // 4)
        self.wider = nn.Sequential(_conv(width // 4, width // 4), _conv(width // 4, width // 4))

    def forward(self, features: Tensor) -> Tensor:
        shared = self.shared(features)
        return torch.cat(
            [self.near(features), self.wide(shared), self.wider(shared)], dim=1).relu()


def _conv(inputs: int, outputs: int, side: int = 3) -> nn.Sequential:
    return nn.Sequential(nn.Conv2d(inputs, outputs, side, padding=side // 2, bias=False),
                         nn.BatchNorm2d(outputs), nn.LeakyReLU(0.1))


def _like(small: Tensor, large: Tensor) -> Any:
    return nn.functional.interpolate(small, size=large.shape[2:], mode='nearest')
