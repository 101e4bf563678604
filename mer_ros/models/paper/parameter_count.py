"""How many parameters the models of the first paper really have, beside what it says."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True)
class Row:
    """One model: what the paper claims, in millions, and how to count."""

    model: str
    claimed: float
    count: Callable[[], int]
    note: str = ''


def show() -> None:
    """Print the table; raise ImportError, saying what to install, if a model cannot be built."""
    table = Table(title='parameters in millions')
    for column in ('model', 'paper', 'counted', ''):
        table.add_column(column, justify='right' if column in ('paper', 'counted') else 'left')
    total, claimed = 0, 0.0
    for row in ROWS:
        try:
            counted = row.count()
        except ImportError as error:
            raise ImportError(
                f'{error}; counting builds the models: pip install -r requirements/paper.txt'
            ) from error
        claimed += row.claimed
        total += counted
        table.add_row(row.model, f'{row.claimed:.2f}', f'{counted / 1e6:.2f}', row.note)
    table.add_section()
    table.add_row('together', f'{claimed:.2f}', f'{total / 1e6:.2f}',
                  'the paper says about 225')
    Console().print(table)


def emotion2vec() -> int:
    """Count emotion2vec+ base with nine classes."""
    from omegaconf import OmegaConf
    import torch

    from mer_ros.models.paper.emotion2vec_net import BASE, Network

    with torch.device('meta'):
        return _size(Network(model_conf=OmegaConf.load(BASE).model_conf, vocab_size=9))


def distilroberta() -> int:
    """Count DistilRoBERTa with seven classes."""
    import torch
    from transformers import RobertaConfig, RobertaForSequenceClassification

    with torch.device('meta'):
        return _size(RobertaForSequenceClassification(RobertaConfig(
            vocab_size=50265, num_hidden_layers=6, max_position_embeddings=514,
            type_vocab_size=1, num_labels=7)))


def resemotenet() -> int:
    """Count ResEmoteNet with seven classes."""
    import torch

    from mer_ros.models.paper.resemotenet_net import ResEmoteNet

    with torch.device('meta'):
        return _size(ResEmoteNet())


def frame_selector() -> int:
    """Count ResNet-50 with seven classes."""
    import torch
    from transformers import ResNetConfig, ResNetForImageClassification

    with torch.device('meta'):
        return _size(ResNetForImageClassification(ResNetConfig(num_labels=7)))


def retinaface() -> int:
    """Count RetinaFace on ResNet-50, as the package retina-face builds it."""
    import torch

    from mer_ros.models.detectors.retinaface_package import network

    with torch.device('meta'):
        return _size(network())


def _size(network: Any) -> int:
    return int(sum(parameter.numel() for parameter in network.parameters()))


ROWS = (
    Row('emotion2vec+ base', 19.0, emotion2vec,
        'large has 162.1; the paper does not say which it took'),
    Row('DistilRoBERTa', 82.0, distilroberta),
    Row('RetinaFace', 19.72, retinaface, 'on ResNet-50, of retina-face'),
    Row('ResEmoteNet', 80.24, resemotenet),
    Row('ResNet-50 frame selector', 23.5, frame_selector),
)
"""The models of the first paper."""
