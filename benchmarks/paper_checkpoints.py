"""Checkpoints of the models of the multimodal paper: true architectures and sizes, random weights.

They take as long and as much memory as the published ones, and need no network.
"""

from pathlib import Path

import numpy as np
import torch
from torch import nn

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
    """Write the RetinaFace of the package retina-face as ONNX; it never finds a face."""
    import warnings

    from mer_ros.models.detectors.retinaface_package import network

    torch.manual_seed(0)
    detector = network().eval()
    for head in (detector.face_rpn_stride32, detector.face_rpn_stride16,
                 detector.face_rpn_stride8):
        nn.init.zeros_(head.cls_score.weight)  # random weights would see faces everywhere
        nn.init.zeros_(head.cls_score.bias)
    with warnings.catch_warnings(), torch.inference_mode():
        warnings.simplefilter('ignore')
        torch.onnx.export(
            detector, (torch.zeros(1, 480, 640, 3),), str(path), dynamo=False,
            input_names=['data'], opset_version=17)
    return path
