"""The speech model of the multimodal paper beside FunASR's own call, on the CPU."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

WINDOWS = 2
SECONDS = 3
TARGET = 1.3
DTYPES = ('fp32', 'bf16', 'int8')
EXPORTED = ('fp32', 'int8')


def run() -> list[dict[str, Any]]:
    """Return how many times faster than AutoModel.generate each variant is, and its error."""
    from compare import error_rows, in_turns, speed_rows
    from funasr import AutoModel
    import numpy as np
    from paper_checkpoints import write_speech
    import torch

    from mer_ros.cli.export_run import export_model
    from mer_ros.models import load_model

    noise = np.random.default_rng(0)
    sound = [noise.normal(0, 0.1, SECONDS * 16000).astype(np.float32) for _ in range(WINDOWS)]
    rows: list[dict[str, Any]] = []
    with TemporaryDirectory() as temporary:
        folder = write_speech(Path(temporary) / 'emotion2vec')
        files = {dtype: export_model('emotion2vec_plus_base', Path(temporary), path=folder,
                                     dtype=dtype) for dtype in EXPORTED}
        original = AutoModel(model=str(folder), device='cpu', disable_update=True,
                             disable_pbar=True, log_level='ERROR')
        models = {dtype: load_model('speech', 'emotion2vec', path=folder, device='cpu',
                                    dtype=dtype) for dtype in DTYPES}
        emotions = [0, 1, 2, 3, 4, 6, 7]

        def generate() -> Any:
            return [original.generate(window, granularity='utterance', extract_embedding=False,
                                      disable_pbar=True)[0]['scores'] for window in sound]

        for threads in (1, 2):
            models |= {f'ONNX {dtype}': load_model('speech', 'onnx', path=file, threads=threads)
                       for dtype, file in files.items()}
            torch.set_num_threads(threads)  # FunASR has set its own number
            if not rows:
                rows, errors = error_rows('speech', {
                    # It gives probabilities; their logarithms are the logits but for a constant.
                    'FunASR': np.log(np.array(generate())[:, emotions]),
                    **{name: model.logits(sound) for name, model in models.items()}})
            rows += speed_rows(
                f'speech, {threads} thread{"s" if threads > 1 else ""}, {SECONDS} s',
                in_turns({'FunASR AutoModel.generate': generate,
                          **{name: lambda model=model: model.logits(sound)
                             for name, model in models.items()}}),
                items=WINDOWS, target=TARGET, errors=errors)
    return rows
