"""Exporting the audio-visual network; `mer_ros.research.avnet.avnet` runs it without torch."""

import json
from pathlib import Path

import torch

from mer_ros.models.paper.export_onnx import write_onnx
from mer_ros.research.avnet.avnet_net import mel_shape
from mer_ros.research.avnet.avnet_sizes import AUDIO_S, FACE_SHAPE
from mer_ros.research.avnet.avnet_torch import load
from mer_ros.research.avnet.avnet_weights import CHECKPOINT


def export_avnet(path: Path, target: Path, *, name: str, dtype: str) -> None:
    """Write the network of a training run as an ONNX file, and its description beside it.

    The graph takes a batch of segments, ``faces`` uint8 (B, 98, 80) and ``sound``, and gives the
    ``embedding`` (B, 640) and the ``scores`` (B, C).  The description (.json) repeats what the
    training wrote and holds the last layer, so that scores of a kept embedding need no graph.

    Args:
        path: the folder of the run, or a checkpoint in it.
        target: the ONNX file.
        name: what it calls itself.
        dtype: see `mer_ros.models.paper.export_onnx`.

    """
    network, about = load(path / CHECKPOINT if path.is_dir() else path)
    rate = int(about['sample_rate'])
    shape = mel_shape(rate) if about['audio'] == 'mel' else (round(AUDIO_S * rate),)
    write_onnx(
        network, target, dtype=dtype, outputs=('embedding', 'scores'),
        inputs={'faces': (torch.zeros((2, *FACE_SHAPE), dtype=torch.uint8), {0: 'batch'}),
                'sound': (torch.randn((2, *shape)), {0: 'batch'})},
        metadata={'kind': 'av', 'name': name, 'labels': about['labels']})
    last = {key: values.detach().tolist() for key, values in network.last.named_parameters()}
    target.with_suffix('.json').write_text(
        json.dumps({**about, 'last_layer': last}) + '\n', encoding='utf-8')
