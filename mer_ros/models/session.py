"""Opening the built-in ONNX models the same way everywhere."""

from __future__ import annotations

from pathlib import Path

import onnxruntime

WEIGHTS = Path(__file__).parent / 'weights'
"""The folder of the weights that ship with the package."""


def open_session(path: Path, *, threads: int = 1) -> onnxruntime.InferenceSession:
    """Open an ONNX file on the CPU; raise FileNotFoundError that says what to do if it is missing.

    Threads do not spin while they wait: a robot has other work for its cores.
    """
    if not path.is_file():
        raise FileNotFoundError(
            f'the model file {path} is missing; reinstall mer_ros or train it with `mer_ros train`')
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.add_session_config_entry('session.intra_op.allow_spinning', '0')
    return onnxruntime.InferenceSession(str(path), options, providers=['CPUExecutionProvider'])
