"""Where and how precisely a torch model computes."""

from typing import Any
import warnings

import torch
from torch import nn

DEVICES = ('auto', 'cpu', 'cuda')
"""auto is the GPU where there is one, else the CPU."""

DTYPES = {'fp32': torch.float32, 'fp16': torch.float16, 'bf16': torch.bfloat16,
          'int8': torch.float32}
"""The type of the numbers that flow through a model; int8 has only its matrices in 8 bits."""


def choose_device(name: str) -> torch.device:
    """Return the device of one of DEVICES; raise ValueError if it is unknown or not here."""
    if name not in DEVICES:
        raise ValueError(f'no device is called {name!r}; known: {list(DEVICES)}')
    present = torch.cuda.is_available()
    if name == 'cuda' and not present:
        raise ValueError(
            f"device 'cuda' was asked for, but torch {torch.__version__} finds no GPU; choose "
            f"'auto' or 'cpu', or install a CUDA build of torch and its driver")
    return torch.device('cuda' if present and name != 'cpu' else 'cpu')


def choose_dtype(name: str, device: torch.device, *, on_gpu: str = 'fp32') -> str:
    """Return one of DTYPES; ``auto`` is fp32 on the CPU and ``on_gpu`` on a GPU.

    Raises ValueError for one that is unknown, or that the device does not compute in: fp16 is
    for GPUs, int8 for CPUs.
    """
    if name == 'auto':
        name = on_gpu if device.type == 'cuda' else 'fp32'
    if name not in DTYPES:
        raise ValueError(f"no dtype is called {name!r}; known: {['auto', *DTYPES]}")
    if (name, device.type) in {('fp16', 'cpu'), ('int8', 'cuda')}:
        usable = ('fp32, bf16 and int8' if device.type == 'cpu' else 'fp32, fp16 and bf16')
        raise ValueError(f'dtype {name!r} cannot be used on {device.type}; there are {usable}')
    return name


def set_threads(threads: int | None) -> None:
    """Set the cores that torch uses in this process; None leaves them as they are."""
    if threads is not None:
        if threads < 1:
            raise ValueError(f'threads is {threads}; it must be at least 1, or None')
        torch.set_num_threads(threads)


def place(module: nn.Module, device: torch.device, dtype: str) -> Any:
    """Return a module in evaluation mode, on a device, in one of DTYPES."""
    module = module.eval().requires_grad_(False)
    if dtype == 'int8':
        with warnings.catch_warnings():  # torch announces that this moves to another package
            warnings.simplefilter('ignore')
            quantisation: Any = torch.ao.quantization
            return quantisation.quantize_dynamic(
                module, {nn.Linear: quantisation.per_channel_dynamic_qconfig})
    return module.to(device=device, dtype=DTYPES[dtype])
