"""Opening the built-in ONNX models the same way everywhere."""

from pathlib import Path

import onnxruntime

from mer_ros.models.shipped import checksums, read_shipped

WEIGHTS = Path(__file__).parent / 'weights'
"""The folder of the weights that ship with the package."""

CUDA = 'CUDAExecutionProvider'
"""How onnxruntime calls a GPU of NVIDIA."""


def open_session(
    path: Path, *, threads: int = 1, device: str = 'cpu'
) -> onnxruntime.InferenceSession:
    """Open an ONNX file; threads do not spin while they wait: a robot has other work for its cores.

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
    # By its name, a model may have weights in files beside it; those that ship have none.
    model = read_shipped(path) if path.resolve() in checksums() else str(path)
    return run_session(model, str(path), threads=threads, device=device)


def run_session(model: bytes | str, name: str, *, threads: int = 1, device: str = 'cpu'
                ) -> onnxruntime.InferenceSession:
    """Open a model given as bytes or by its path, as `open_session` does; ``name`` is for errors.

    Raises ValueError where onnxruntime cannot run it.
    """
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.add_session_config_entry('session.intra_op.allow_spinning', '0')
    on_gpu = CUDA in onnxruntime.get_available_providers() and device != 'cpu'
    try:
        return onnxruntime.InferenceSession(
            model, options, providers=[*([CUDA] if on_gpu else []), 'CPUExecutionProvider'])
    except Exception as error:  # onnxruntime's own errors have no public base class
        raise ValueError(f'{name} is no ONNX file that can be run, or not a complete one: '
                         f'{error}') from error
