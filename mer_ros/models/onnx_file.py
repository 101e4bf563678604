"""Exported models: one ONNX file each, which says in its metadata what it takes and gives.

Every metadata value is JSON.  ``kind`` is text, speech or face, ``name`` the name of the model,
``labels`` the emotions in the order of the output ``logits`` (B, len(labels)); further ones are
those that the runtime class of the kind names.
"""

import json
from pathlib import Path
from typing import Any

import onnxruntime

from mer_ros.models.session import open_session


def open_exported(
    path: Path | str, kind: str, *, device: str, threads: int
) -> tuple[onnxruntime.InferenceSession, dict[str, Any]]:
    """Open an exported model and return it with what its metadata says.

    Raises:
        FileNotFoundError: the file is not there.
        ValueError: it is damaged, no ONNX file, or not one that `mer_ros models export` wrote for
            this kind of model.
    """
    file = Path(path)
    if not file.is_file():
        raise FileNotFoundError(
            f'the model file {file} is missing; write it with `mer_ros models export`')
    session = open_session(file, device=device, threads=threads)
    about = {}
    for key, value in session.get_modelmeta().custom_metadata_map.items():
        try:
            about[key] = json.loads(value)
        except ValueError as error:
            raise ValueError(f'{file}: its metadata {key!r} is no JSON ({error}); '
                             f'`mer_ros models export` writes it') from error
    if about.get('kind') != kind:
        raise ValueError(f'{file} is a model of kind {about.get("kind", "unknown")!r}, and a '
                         f'{kind} model is needed; write one with `mer_ros models export`')
    return session, about
