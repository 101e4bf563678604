"""Opening the built-in ONNX models the same way everywhere."""

from pathlib import Path

import onnxruntime

from mer_ros.models.shipped import checksums, read_shipped
from mer_ros.onnx_session import CPU, onnx_session

WEIGHTS = Path(__file__).parent / 'weights'
"""The folder of the weights that ship with the package."""

CUDA = 'CUDAExecutionProvider'
"""How onnxruntime calls a GPU of NVIDIA."""


def open_session(
    path: Path, *, threads: int = 1, device: str = 'cpu'
) -> onnxruntime.InferenceSession:
    """Open an ONNX file as `onnx_session` does, shipped ones only as they were shipped.

    ``device`` is auto, cpu or cuda; auto is the GPU where onnxruntime has been built for one.

    Raises:
        FileNotFoundError: the file is missing.
        ValueError: it is no complete ONNX file, it ships with the package and has changed since, or
            the device is unknown or not there.
    """
    on_gpu = CUDA in onnxruntime.get_available_providers()
    if device not in ('auto', 'cpu', 'cuda') or (device == 'cuda' and not on_gpu):
        raise ValueError(f'device {device!r} cannot be used; there are '
                         f"{['auto', 'cpu', *(['cuda'] if on_gpu else [])]} (for cuda, install "
                         f'onnxruntime-gpu instead of onnxruntime)')
    if not path.is_file():
        raise FileNotFoundError(
            f'the model file {path} is missing; reinstall mer_ros or train it with `mer_ros train`')
    if path.resolve() in checksums():
        read_shipped(path)  # only checked: onnxruntime would keep the bytes beside the model
    providers = [CUDA] if on_gpu and device != 'cpu' else []
    try:
        return onnx_session(str(path), threads=threads, providers=[*providers, CPU])
    except ValueError as error:
        raise ValueError(f'{path} is no ONNX file that can be run, or not a complete one: '
                         f'{error}') from error
