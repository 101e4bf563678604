"""The network of emotion2vec, as FunASR defines it, loaded from a local folder."""

from contextlib import redirect_stdout
from pathlib import Path
import sys
from typing import Any

from omegaconf import OmegaConf
from torch import nn, Tensor

from mer_ros.models.paper.checkpoint import load_exactly, read_state

with redirect_stdout(sys.stderr):  # FunASR prints remarks about programs that are not needed here
    from funasr.models.emotion2vec.model import Emotion2vec as Network

__all__ = ['BASE', 'FILES', 'Network', 'load_network']

BASE = Path(__file__).with_name('emotion2vec_base.yaml')
"""The configuration of the published base model, which has no weights here."""

FILES = ('config.yaml', 'tokens.txt', 'model.pt')
"""What the folder of a published model holds, among other files."""

_PRETRAINING = 'modality_encoders.AUDIO.decoder.'


def load_network(folder: Path) -> tuple[Network, tuple[str, ...]]:
    """Return the network and its class names, one a column of its last layer.

    Raises:
        FileNotFoundError: one of FILES is missing.
        ValueError: the configuration is of something else, or the weights do not fit it.
    """
    missing = [name for name in FILES if not (folder / name).is_file()]
    if missing:
        raise FileNotFoundError(f'{folder} lacks {missing}; a folder of emotion2vec+ holds '
                                f'{list(FILES)}')
    config: Any = OmegaConf.load(folder / 'config.yaml')
    if config.get('model') != 'Emotion2vec' or 'model_conf' not in config:
        raise ValueError(f'{folder / "config.yaml"} describes {config.get("model")!r}; needed is '
                         f"model 'Emotion2vec' with its model_conf")
    lines = (folder / 'tokens.txt').read_text(encoding='utf-8').splitlines()
    tokens = tuple(line.strip() for line in lines if line.strip())
    config.model_conf.modalities.audio.decoder = None  # only pretraining needs it
    network = Network(model_conf=config.model_conf, vocab_size=len(tokens))
    path = folder / 'model.pt'
    load_exactly(network, _needed(read_state(path), config, network), path)
    return network, tokens


def _needed(state: dict[str, Tensor], config: Any, network: nn.Module) -> dict[str, Tensor]:
    """Drop what pretraining left: prefixes, the decoder and whole parts that no longer exist."""
    scopes = list(config.get('scope_map', ()))[::2]
    renamed = {}
    for name, value in state.items():
        for prefix in ('d2v_model.', *scopes):
            name = name.removeprefix(str(prefix))
        renamed[name] = value
    parts = {name.partition('.')[0] for name in network.state_dict()}
    return {name: value for name, value in renamed.items()
            if name.partition('.')[0] in parts and not name.startswith(_PRETRAINING)}
