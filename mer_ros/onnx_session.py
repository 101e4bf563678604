"""Opening ONNX models the same way everywhere."""

from collections.abc import Sequence

import onnxruntime

CPU = 'CPUExecutionProvider'
"""How onnxruntime calls the processor."""


def onnx_session(model: str | bytes, *, threads: int = 1, providers: Sequence[str] = (CPU,)
                 ) -> onnxruntime.InferenceSession:
    """Open an ONNX file, at a path or as its content.

    Threads do not spin while they wait: a robot has other work for its cores.  Raises ValueError,
    with the words of onnxruntime, where it cannot run the model.
    """
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.add_session_config_entry('session.intra_op.allow_spinning', '0')
    try:
        return onnxruntime.InferenceSession(model, options, providers=list(providers))
    except Exception as error:  # onnxruntime's own errors have no public base class
        raise ValueError(str(error)) from error
