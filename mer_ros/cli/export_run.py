"""Torch models as ONNX files that run without torch."""

from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from mer_ros.models.weights.weights_cache import locate
from mer_ros.models.weights.weights_table import WEIGHTS

EXPORTERS = {
    'text': 'mer_ros.models.paper.export_text:export_text',
    'speech': 'mer_ros.models.paper.export_speech:export_speech',
    'face': 'mer_ros.models.paper.export_face:export_resemotenet',
}
"""Module and function that export the weights of a modality."""

TRAINED = {
    'frame_selector': 'mer_ros.models.paper.export_face:export_frame_selector',
    'avnet': 'mer_ros.research.avnet.export_avnet:export_avnet',
}
"""Module and function that export a network that is trained here: it has no published weights."""


def exportable() -> list[str]:
    """Return the names that can be exported."""
    return [*(name for name, weights in WEIGHTS.items() if weights.modality in EXPORTERS),
            *TRAINED]


def export_model(name: str, out: Path, *, path: Path | None = None, dtype: str = 'fp32') -> Path:
    """Write a model as ``NAME_DTYPE.onnx`` into a folder, and return that path.

    Args:
        name: one of `exportable`.
        out: the folder; it is made if it is not there.
        path: the folder or file of the weights; None looks for the downloaded ones.
        dtype: fp32, fp16, bf16 or int8; see `mer_ros.models.paper.export_onnx`.

    Raises:
        ValueError: the name is not known, or the weights are of another architecture.
        FileNotFoundError: the weights are not here; the message says how to get them.
        ImportError: a package that the model or the export needs is not installed.
    """
    if name not in exportable():
        already = ' (it is published as ONNX)' if name in WEIGHTS else ''
        raise ValueError(f'{name!r} cannot be exported{already}; known: {exportable()}')
    if name in TRAINED and path is None:
        raise ValueError(f'{name} has no published weights; give the checkpoint that you trained '
                         f'with --path')
    module, _, function = (
        TRAINED[name] if name in TRAINED else EXPORTERS[WEIGHTS[name].modality]).partition(':')
    weights = locate(name) if path is None else path
    try:
        export: Callable[..., None] = getattr(
            import_module(module), function)
    except ImportError as error:
        raise ImportError(f'{error}; exporting needs more packages: '
                          f'pip install -r requirements/paper.txt') from error
    target = out / f'{name}_{dtype}.onnx'
    export(weights, target, name=target.stem, dtype=dtype)
    return target
