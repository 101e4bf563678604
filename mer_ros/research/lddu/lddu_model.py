"""LDDU as it is used: an ONNX file and what stands beside it, without torch."""

from collections.abc import Mapping
from dataclasses import dataclass
import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mer_ros.emotions import check_labels
from mer_ros.models.session import open_session
from mer_ros.models.shipped import read_shipped

SHIPPED = Path(__file__).with_name('lite_lddu.onnx')
"""The network that ships: features of the built-in text model."""

THERE = '_there'
"""What the name of a mask input ends in; it begins with the name of its modality."""

OUTPUTS = ('probability', 'uncertainty', 'per_modality')
"""The outputs of the graph."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What one window shows: q labels that may be present at once.

    ``probability`` (q,) in [0, 1], one a label; they need not sum to 1.  ``uncertainty`` (q,) in
    [0, 1]: see `distributions.label_uncertainty`.  ``per_modality`` holds for each modality that
    was there the share (q,) of the prior's variance that is left after seeing it alone: below 1/2
    it is surer than the prior, from 1/2 on it told nothing.
    """

    probability: NDArray[np.float32]
    uncertainty: NDArray[np.float32]
    per_modality: Mapping[str, NDArray[np.float32]]


class Lddu:
    """Judges sequences of features of one or more modalities.

    Args:
        path: the ONNX file, as `mer_ros train lddu` writes it, with its JSON file beside it.
        threads: of onnxruntime.
        device: auto, cpu or cuda.

    Attributes:
        name: of the network.
        labels: the q labels, in the order of every result.
        modalities: what may be given to `judge`.
        dims: the length of one feature vector of each modality.
        models: the model that made the features of each modality in training.
        threshold: the probability at which a label counts as present, chosen on validation data.

    Raises:
        FileNotFoundError: one of the two files is missing.
        ValueError: they are damaged, or do not belong together.
    """

    def __init__(self, *, path: Path | str = SHIPPED, threads: int = 1,
                 device: str = 'auto') -> None:
        file = Path(path)
        self._session = open_session(file, threads=threads, device=device)
        about = _about(file.with_suffix('.json'))
        self.name: str = about['name']
        self.labels = check_labels(about['labels'])
        self.dims: Mapping[str, int] = about['dims']
        self.models: Mapping[str, str] = about['models']
        self.threshold: float = about['threshold']
        self.modalities = tuple(self.dims)
        taken = {node.name: node.shape[-1] for node in self._session.get_inputs()
                 if not node.name.endswith(THERE)}
        given = self._session.get_outputs()[0].shape[-1]
        if taken != dict(self.dims) or given != len(self.labels):
            raise ValueError(
                f'{file} takes {taken} and gives {given} labels, but the file beside it says '
                f'{dict(self.dims)} and {list(self.labels)}; keep the two of one training together')

    def judge(self, features: Mapping[str, NDArray[np.float32]]) -> Judgement:
        """Return what one window shows.

        Args:
            features: for each modality that was perceived an array (T, D), T >= 1 frames.  One
                that is absent is left out: its distribution is then the prior.

        Raises:
            ValueError: nothing was given, a modality is unknown, a shape is wrong, or a number is
                not finite.
        """
        unknown = sorted(set(features) - set(self.modalities))
        if unknown or not features:
            raise ValueError(f'features of {unknown or "no modality"} were given; '
                             f'at least one is needed, known are {list(self.modalities)}')
        inputs: dict[str, NDArray[np.float32]] = {}
        for name, dim in self.dims.items():
            if name in features:
                frames = _checked(name, features[name], dim)
                inputs[name], inputs[name + THERE] = frames[None], np.ones((1, len(frames)), 'f4')
            else:
                inputs[name], inputs[name + THERE] = np.zeros((1, 1, dim), 'f4'), np.zeros(
                    (1, 1), 'f4')
        probability, uncertainty, each = self._session.run(list(OUTPUTS), inputs)
        return Judgement(probability[0], uncertainty[0], {
            name: each[0, index] for index, name in enumerate(self.modalities)
            if name in features})


def _checked(name: str, frames: NDArray[np.float32], dim: int) -> NDArray[np.float32]:
    array = np.asarray(frames, dtype=np.float32)
    if array.ndim != 2 or not len(array) or array.shape[1] != dim:
        raise ValueError(f'features of {name} must be (T, {dim}) with T >= 1; given {array.shape}')
    if not np.isfinite(array).all():
        raise ValueError(f'features of {name} hold NaN or infinity; leave the modality out instead')
    return array


def _about(path: Path) -> dict[str, Any]:
    if not path.is_file():
        raise FileNotFoundError(
            f'{path} is missing; `mer_ros train lddu` writes it beside the network')
    about = json.loads(read_shipped(path))
    missing = sorted({'name', 'labels', 'dims', 'models', 'threshold'} - set(about))
    if missing:
        raise ValueError(f'{path} lacks {missing}; train the network again with this version')
    return dict(about)
