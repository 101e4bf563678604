"""Reading foreign pickles of arrays: only what rebuilds arrays may be called."""

import argparse
from collections import OrderedDict
from pathlib import Path
import pickle
import re
from typing import Any

import torch

ALLOWED: dict[str, tuple[str, ...]] = {
    'builtins': ('dict', 'list', 'set', 'frozenset', 'tuple', 'bytearray', 'complex', 'slice'),
    'collections': ('OrderedDict',),
    '_codecs': ('encode',),
    'numpy': ('dtype', 'ndarray'),
    'numpy.core.multiarray': ('_reconstruct', 'scalar'),
    'numpy._core.multiarray': ('_reconstruct', 'scalar'),
    'numpy.core.numeric': ('_frombuffer',),
    'numpy._core.numeric': ('_frombuffer',),
    'argparse': ('Namespace',),
}
"""Globals by module: they rebuild arrays and plain containers, and run nothing else.

``argparse.Namespace`` only holds attributes; CMU-MOSEI's file keeps its settings in one.
"""


class ForbiddenGlobal(ValueError):
    """A pickle wants to call something that is not needed to rebuild arrays."""

    def __init__(self, path: Path, name: str) -> None:
        super().__init__(
            f'{path} wants to import {name!r}, which data has no need of: it may run a program, so '
            f'it was not loaded. Convert the file on a machine that you can spare, or leave it')


class ArrayUnpickler(pickle.Unpickler):
    """An unpickler that knows the globals of `ALLOWED` only."""

    def __init__(self, stream: Any, path: Path) -> None:
        # Python 2 wrote many of these files; latin1 keeps the bytes of their arrays.
        super().__init__(stream, encoding='latin1')
        self._path = path

    def find_class(self, module: str, name: str) -> Any:
        """Return a global that is allowed; raise ForbiddenGlobal, which names it, else."""
        module = {'__builtin__': 'builtins'}.get(module, module)
        if name not in ALLOWED.get(module, ()):
            raise ForbiddenGlobal(self._path, f'{module}.{name}')
        return super().find_class(module, name)

    def persistent_load(self, pid: Any) -> Any:
        """Refuse references to data outside the file."""
        raise ForbiddenGlobal(self._path, f'persistent id {pid!r}')


def load_pickle(path: Path) -> Any:
    """Return what a pickle of arrays and containers holds; runs nothing of it.

    Raises:
        FileNotFoundError: the file is not there.
        ForbiddenGlobal: it asks for more; the message names what.
        ValueError: it is damaged or no pickle.
    """
    _there(path)
    try:
        with path.open('rb') as stream:
            return ArrayUnpickler(stream, path).load()
    except (pickle.UnpicklingError, EOFError, IndexError, KeyError, AttributeError) as error:
        raise ValueError(f'{path} is no pickle, or not a complete one: {error}') from error


def load_torch(path: Path) -> Any:
    """Return what a file of `torch.save` holds: tensors, arrays and containers.

    Raises what `load_pickle` does.
    """
    import numpy as np
    from numpy._core.multiarray import _reconstruct, scalar

    _there(path)
    dtypes = {type(np.dtype(kind)) for kind in '?bBhHiIlLqQefdSU'}
    allowed = [np.ndarray, np.dtype, *dtypes, OrderedDict, argparse.Namespace,
               (_reconstruct, 'numpy.core.multiarray._reconstruct'), _reconstruct,
               (scalar, 'numpy.core.multiarray.scalar'), scalar]
    try:
        with torch.serialization.safe_globals(allowed):
            return torch.load(path, map_location='cpu', weights_only=True)
    except (pickle.UnpicklingError, RuntimeError, EOFError, ValueError, KeyError) as error:
        found = re.search(r'GLOBAL (\S+)', str(error))
        if found:
            raise ForbiddenGlobal(path, found[1]) from error
        reason = next(iter(str(error).splitlines()), type(error).__name__)
        raise ValueError(f'{path} is no file of torch.save, or not a complete one: '
                         f'{reason}') from error


def _there(path: Path) -> None:
    if not path.is_file():
        raise FileNotFoundError(f'{path} does not exist; doc/models/lddu.md says where to get it')
