"""The published weights that can be fetched: where from, under which licence, which files.

Sizes and checksums stand here where their publisher states them.  What is not known beforehand is
recorded at the first download (trust on first use) and held against every later check.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class File:
    """One file; ``size`` in bytes and ``sha256`` in hexadecimal where they are published."""

    name: str
    size: int | None = None
    sha256: str | None = None


@dataclass(frozen=True, slots=True)
class Hub:
    """A repository of the Hugging Face hub; ``revision`` is a branch or a commit."""

    repo: str
    revision: str = 'main'

    def __str__(self) -> str:
        return f'hf:{self.repo}'


@dataclass(frozen=True, slots=True)
class Site:
    """A folder of a web server that serves the files by name."""

    url: str

    def __str__(self) -> str:
        return self.url


@dataclass(frozen=True, slots=True)
class ByHand:
    """A place that only a person with a browser can fetch from."""

    where: str

    def __str__(self) -> str:
        return f'by hand: {self.where}'


@dataclass(frozen=True, slots=True)
class Trained:
    """Weights that nobody publishes; ``command`` trains them."""

    command: str

    def __str__(self) -> str:
        return f'not published: {self.command}'


@dataclass(frozen=True, slots=True)
class Weights:
    """A set of files that one model needs; ``megabytes`` is about what they take together."""

    name: str
    modality: str
    about: str
    source: Hub | Site | ByHand | Trained
    licence: str
    megabytes: int
    files: tuple[File, ...]


_FUNASR = 'FunASR model licence; check before commercial use'
_UNIFACE = Site('https://github.com/yakhyo/uniface/releases/download/weights')
_WIDER = 'MIT; trained on WIDER FACE: check before commercial use'
_RESEMOTENET = ByHand('"Checkpoints" in the README of github.com/ArnabKumarRoy02/ResEmoteNet')


def _emotion2vec(size: str, revision: str, megabytes: int, *files: File) -> Weights:
    return Weights(
        f'emotion2vec_plus_{size}', 'speech', f'emotion2vec+ {size}, 9 classes',
        Hub(f'emotion2vec/emotion2vec_plus_{size}', revision), _FUNASR, megabytes, files)


WEIGHTS: dict[str, Weights] = {weights.name: weights for weights in (
    _emotion2vec('seed', '7be9a30d52bdc793cc24e6f7d25358d6648927c1', 1120,
                 File('model.pt'), File('config.yaml'), File('tokens.txt')),
    # Not pinned, as is serengil/deepface below: no commit of it is named in public.  What the first
    # download brings is recorded and held against every later one.
    _emotion2vec('base', 'main', 1120,
                 File('model.pt'), File('config.yaml'), File('tokens.txt', 119)),
    _emotion2vec('large', '6c303ba987b86b93193de93e34bb2b077a6bedc4', 1946,
                 File('model.pt', 1945790254), File('config.yaml', 5552),
                 File('tokens.txt', 119)),
    Weights(
        'distilroberta', 'text', 'DistilRoBERTa, English, 7 classes',
        Hub('j-hartmann/emotion-english-distilroberta-base',
            '0e1cd914e3d46199ed785853e12b57304e04178b'),
        'none stated; ask its author before any use but research', 331,
        (File('pytorch_model.bin'), File('config.json'), File('tokenizer.json'),
         File('tokenizer_config.json', 294), File('special_tokens_map.json', 239),
         File('vocab.json'), File('merges.txt'))),
    Weights(
        'resemotenet', 'face', 'ResEmoteNet of RAF-DB, 7 classes', _RESEMOTENET,
        'code MIT; RAF-DB is for non-commercial research', 321, (File('rafdb_model.pth'),)),
    Weights(
        'resemotenet_fer2013', 'face', 'ResEmoteNet of FER2013, 7 classes', _RESEMOTENET,
        'code MIT; check the terms of FER2013', 321, (File('fer2013_model.pth'),)),
    Weights(
        'retinaface_resnet34', 'face detector', 'RetinaFace on ResNet-34, ONNX', _UNIFACE,
        _WIDER, 98,
        (File('retinaface_r34.onnx', None,
              'bd0263dc2a465d32859555cb1741f2d98991eb0053696e8ee33fec583d30e630'),)),
    Weights(
        'retinaface_mobilenet', 'face detector', 'RetinaFace on MobileNetV2, ONNX', _UNIFACE,
        _WIDER, 14,
        (File('retinaface_mv2.onnx', None,
              '3ca44c045651cabeed1193a1fae8946ad1f3a55da8fa74b341feab5a8319f757'),)),
    Weights(
        'retinaface_resnet50', 'face detector', 'RetinaFace on ResNet-50, of retina-face, ONNX',
        Hub('serengil/deepface'), _WIDER, 110, (File('retinaface.onnx'),)),
    Weights(
        'yunet', 'face detector', 'YuNet of March 2023, ONNX',
        Site('https://github.com/opencv/opencv_zoo/raw/main/models/face_detection_yunet'),
        'MIT', 1,
        (File('face_detection_yunet_2023mar.onnx', 232589,
              '8f2383e4dd3cfbb4553ea8718107fc0423210dc964f9f4280604804ed2552fa4'),)),
    Weights(
        'frame_selector', 'frame selector', 'ResNet-50 of the first paper, tuned on RAF-DB',
        Trained('mer_ros train frame_selector --data FOLDER_OF_RAF_DB'),
        'that of its data; RAF-DB is for non-commercial research', 94,
        (File('model.safetensors'), File('config.json'))),
    Weights(
        'resnet50', 'frame selector', 'ResNet-50 of ImageNet-1k, to be trained further',
        Hub('microsoft/resnet-50', '34c2154c194f829b11125337b98c8f5f9965ff19'),
        'Apache-2.0; ImageNet is for non-commercial research', 103,
        (File('model.safetensors', None,
              '9c6061af1f450bb0847e529fd742aa5066017be379c71bbf5546b198e5b13a1e'),
         File('config.json'))),
)}
"""Every known set of weights, by name."""

PROFILES: dict[str, tuple[str, ...]] = {
    'paper': ('emotion2vec_plus_base', 'distilroberta', 'resemotenet', 'retinaface_resnet50'),
}
"""The weights that a profile needs."""


def weights_called(name: str) -> Weights:
    """Return the weights of this name; ValueError lists the known ones."""
    if name not in WEIGHTS:
        raise ValueError(f'no weights are called {name!r}; known: {sorted(WEIGHTS)}')
    return WEIGHTS[name]
