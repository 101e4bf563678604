"""Reading torch checkpoints: completely, or not at all."""

from collections.abc import Collection, Mapping
from pathlib import Path
import pickle
from typing import Any

import torch
from torch import nn, Tensor

WRAPPERS = ('state_dict', 'model_state_dict', 'model')
"""Keys under which training programs put the weights."""


def read_state(path: Path) -> dict[str, Tensor]:
    """Return the weights by name in a file of `torch.save`; no code in it is run.

    They may lie under one of WRAPPERS, and have names that begin with ``module.``.

    Raises:
        FileNotFoundError: the file is not there.
        ValueError: it is damaged or incomplete, or holds something else.
    """
    if not path.is_file():
        raise FileNotFoundError(f'the weights {path} are not there; give the path of the file')
    try:
        state: Any = torch.load(path, map_location='cpu', weights_only=True)
    except (OSError, RuntimeError, EOFError, pickle.UnpicklingError, ValueError) as error:
        reason = next(iter(str(error).splitlines()), type(error).__name__)
        raise ValueError(
            f'{path} is no checkpoint of torch, or not a complete one; download it again '
            f'({reason})') from error
    for key in WRAPPERS:
        if isinstance(state, Mapping) and isinstance(state.get(key), Mapping):
            state = state[key]
    if not isinstance(state, Mapping) or not state or not all(
            isinstance(value, Tensor) for value in state.values()):
        raise ValueError(f'{path} holds no weights by name, neither bare nor under one of '
                         f'{list(WRAPPERS)}')
    return {name.removeprefix('module.'): value for name, value in state.items()}


def check_keys(path: Path, *, missing: Collection[str] = (), unexpected: Collection[str] = (),
               mismatched: Collection[str] = ()) -> None:
    """Raise ValueError, naming a few of each, if weights do not belong to a network."""
    problems = [f'{len(names)} {kind} ({", ".join(sorted(names)[:3])}'
                f'{", ..." if len(names) > 3 else ""})'
                for kind, names in (('missing', missing), ('unexpected', unexpected),
                                    ('of another shape', mismatched)) if names]
    if problems:
        raise ValueError(f'the weights {path} belong to another architecture: '
                         f'{"; ".join(problems)}')


def load_exactly(module: nn.Module, state: Mapping[str, Tensor], path: Path) -> None:
    """Load the weights that were read from a path; raise ValueError unless all of them fit."""
    own = module.state_dict()
    check_keys(path, missing=own.keys() - state.keys(), unexpected=state.keys() - own.keys(),
               mismatched=[name for name in own.keys() & state.keys()
                           if own[name].shape != state[name].shape])
    module.load_state_dict(state)
