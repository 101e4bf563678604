"""Any face expression classifier in ONNX, described by a small JSON file beside it."""

from collections.abc import Sequence
import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mer_ros.models.face.pictures import COLOURS, RESIZES, to_planes
from mer_ros.models.foreign_labels import translate
from mer_ros.models.session import open_session

NEEDED = ('labels', 'side')
"""What the description must tell."""

DEFAULTS: dict[str, Any] = {
    'dropped': [], 'colour': 'rgb', 'scale': 1.0 / 255.0, 'mean': 0.0, 'deviation': 1.0,
    'channels_last': False, 'resize': 'area'}
"""What it may tell, and what holds otherwise."""

BATCH = 64
"""Crops that go through the network together, where the graph allows it."""


class OnnxFace:
    """Classifies face crops with an ONNX file of the user's, such as EmotiEffLib's or FER+.

    The file has one picture input (B, channels, side, side) of float32, and raw scores (B, n)
    as its first output.  ``model.json`` beside ``model.onnx`` describes it::

        {"labels": ["Anger", "Contempt", "Disgust", "Fear", "Happiness", "Neutral", "Sadness",
                    "Surprise"],
         "dropped": ["Contempt"], "side": 224, "colour": "rgb", "scale": 0.00392156862745098,
         "mean": [0.485, 0.456, 0.406], "deviation": [0.229, 0.224, 0.225]}

    ``labels`` name the scores in their order, those in ``dropped`` are left out.  ``colour`` is
    rgb, bgr, grey or grey3 (grey three times).  A pixel value v in 0..255 becomes
    (scale * v - mean) / deviation.  With ``channels_last`` the input is (B, side, side,
    channels).  ``resize`` is area (OpenCV) or antialias (Pillow, torchvision).  All but labels
    and side may be left out.

    Args:
        path: the ONNX file.
        device: auto, cpu or cuda.
        threads: cores to use.

    Raises:
        FileNotFoundError: the file or its description is missing.
        ValueError: the description is not as above, or does not fit the file.

    """

    def __init__(self, *, path: Path | str, device: str = 'cpu', threads: int = 1) -> None:
        file = Path(path)
        self.name = file.stem
        self._session = open_session(file, threads=threads, device=device)
        self._description = read_description(file.with_suffix('.json'))
        names = self._description['labels']
        self.labels, self._columns = translate(
            names, dropped={name.strip().lower() for name in self._description['dropped']})
        self._input = self._session.get_inputs()[0]
        outputs = self._session.get_outputs()[0].shape
        if isinstance(outputs[-1], int) and outputs[-1] != len(names):
            raise ValueError(f'{file} has {outputs[-1]} scores, but its description names '
                             f'{len(names)} labels: {names}')
        self._batch = self._input.shape[0] if isinstance(self._input.shape[0], int) else BATCH

    def logits(self, batch: Sequence[NDArray[np.uint8]]) -> NDArray[np.float32]:
        """Return raw scores (B, len(labels)) of B RGB crops (H, W, 3), uint8, of any size.

        Raises ValueError for a crop that is empty, not RGB or not uint8.
        """
        scores = np.zeros((len(batch), len(self.labels)), dtype=np.float32)
        about = self._description
        for start in range(0, len(batch), self._batch):
            crops = batch[start:start + self._batch]
            faces = to_planes(crops, side=about['side'], colour=about['colour'],
                              mean=about['mean'], deviation=about['deviation'],
                              scale=about['scale'], resize=about['resize'])
            if about['channels_last']:
                faces = np.ascontiguousarray(faces.transpose(0, 2, 3, 1))
            if isinstance(self._input.shape[0], int):  # a graph of a fixed batch
                faces = np.resize(faces, (self._batch, *faces.shape[1:]))
            found = self._session.run(None, {self._input.name: faces})[0]
            scores[start:start + len(crops)] = found[:len(crops), self._columns]
        return scores


def read_description(path: Path) -> dict[str, Any]:
    """Return the description of a model, complete; raise if it is missing or not as allowed."""
    if not path.is_file():
        raise FileNotFoundError(f'{path} is missing; it must tell {list(NEEDED)} and may tell '
                                f'{list(DEFAULTS)}')
    found: dict[str, Any] = json.loads(path.read_text(encoding='utf-8'))
    missing = [name for name in NEEDED if name not in found]
    unknown = [name for name in found if name not in (*NEEDED, *DEFAULTS)]
    if missing or unknown:
        raise ValueError(f'{path} lacks {missing} and tells {unknown}, which nobody asks for; '
                         f'needed are {list(NEEDED)}, allowed {list(DEFAULTS)}')
    description = {**DEFAULTS, **found}
    for key, known in (('colour', COLOURS), ('resize', RESIZES)):
        if description[key] not in known:
            raise ValueError(f'{path}: no {key} is called {description[key]!r}; known: '
                             f'{list(known)}')
    return description
