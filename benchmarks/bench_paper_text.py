"""The text model of the multimodal paper beside the pipeline of transformers, on the CPU."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

SENTENCES = 12
TARGET = 3.0
DTYPES = ('fp32', 'bf16', 'int8')
EXPORTED = ('fp32', 'int8')


def run() -> list[dict[str, Any]]:
    """Return how many times faster than the pipeline each variant is, and its error."""
    from compare import error_rows, in_turns, speed_rows
    import numpy as np
    from paper_checkpoints import sentences, write_text
    import torch
    import transformers

    from mer_ros.cli.export_run import export_model
    from mer_ros.models import load_model

    transformers.utils.logging.set_verbosity_error()
    texts = sentences(SENTENCES, seed=1)
    rows: list[dict[str, Any]] = []
    with TemporaryDirectory() as temporary:
        folder = write_text(Path(temporary) / 'distilroberta')
        files = {dtype: export_model('distilroberta', Path(temporary), path=folder, dtype=dtype)
                 for dtype in EXPORTED}
        pipeline = transformers.pipeline('text-classification', model=str(folder), device='cpu',
                                         top_k=None, function_to_apply='none')
        models = {dtype: load_model('text', 'distilroberta', path=folder, device='cpu',
                                    dtype=dtype) for dtype in DTYPES}
        for threads in (1, 2):
            torch.set_num_threads(threads)
            models |= {f'ONNX {dtype}': load_model('text', 'onnx', path=file, threads=threads)
                       for dtype, file in files.items()}
            if not rows:
                names = [pipeline.model.config.id2label[column] for column in range(7)]
                found = [{one['label']: one['score'] for one in answer}
                         for answer in pipeline(texts)]
                rows, errors = error_rows('text', {
                    'pipeline': np.array([[one[name] for name in names] for one in found]),
                    **{name: model.logits(texts) for name, model in models.items()}})
            rows += speed_rows(
                f'text, {threads} thread{"s" if threads > 1 else ""}, a sentence',
                in_turns({
                    'transformers pipeline': lambda: pipeline(texts),
                    'transformers pipeline, one batch':
                        lambda: pipeline(texts, batch_size=SENTENCES),
                    **{name: lambda model=model: model.logits(texts)
                       for name, model in models.items()},
                    **{f'{name}, one at a time':
                       lambda model=model: [model.logits([text]) for text in texts]
                       for name, model in models.items() if name in ('bf16', 'ONNX int8')}}),
                items=SENTENCES, target=TARGET,
                errors={'transformers pipeline': 0.0, **errors})
    return rows
