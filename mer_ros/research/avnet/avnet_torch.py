"""Checkpoints of a training run behind `mer_ros.research.avnet.avnet`; needs torch."""

import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
import torch

from mer_ros.models.paper.checkpoint import load_exactly, read_state
from mer_ros.models.paper.device import choose_device, place, set_threads
from mer_ros.research.avnet.avnet_net import AvNetNet, mel_shape
from mer_ros.research.avnet.avnet_weights import CHECKPOINT, DESCRIPTION, read_description, Weights


def build(about: dict[str, Any]) -> AvNetNet:
    """Return a fresh network as a description says."""
    return AvNetNet(len(about['labels']), audio_shape=mel_shape(int(about['sample_rate'])),
                    audio=about['audio'], wav2vec2=about.get('wav2vec2'))


def load(file: Path) -> tuple[AvNetNet, dict[str, Any]]:
    """Return the network of a checkpoint and the description that lies beside it."""
    about = read_description(file.parent / DESCRIPTION)
    network = build(about)
    load_exactly(network, {name.removeprefix('network.'): value
                           for name, value in read_state(file).items()}, file)
    return network.eval(), about


def save(network: AvNetNet, about: dict[str, Any], folder: Path) -> None:
    """Write a network and its description into a folder, as `AvNet` opens it."""
    folder.mkdir(parents=True, exist_ok=True)
    torch.save({name: value.cpu() for name, value in network.state_dict().items()},
               folder / CHECKPOINT)
    (folder / DESCRIPTION).write_text(json.dumps(about, indent=1) + '\n', encoding='utf-8')


def open_checkpoint(file: Path, *, threads: int, device: str) -> Weights:
    """Return what `AvNet` needs of a checkpoint, on a device."""
    set_threads(threads)
    network, about = load(file)
    where = choose_device(device)
    placed = place(network, where, 'fp32')
    last = [values.cpu().numpy() for values in (placed.last.weight, placed.last.bias)]

    def embed(faces: NDArray[np.uint8], sound: NDArray[np.float32]) -> NDArray[np.float32]:
        with torch.inference_mode():
            found = placed(torch.from_numpy(faces).to(where), torch.from_numpy(sound).to(where))
            return np.asarray(found[0].cpu().numpy())

    return Weights(about, embed, *last)
