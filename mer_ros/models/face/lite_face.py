"""The built-in face expression classifier: a small residual network on 48x48 grey pixels."""

from collections.abc import Sequence
import json
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from mer_ros.emotions import check_labels, EMOTIONS
from mer_ros.models.input_checks import check_picture
from mer_ros.models.protocols import JudgedFace
from mer_ros.models.session import open_session, WEIGHTS
from mer_ros.models.shipped import read_shipped

SIDE = 48
"""Side of the network's input, in pixels."""

CROP_MARGIN = 0.0
"""Border around a face that the model expects, as a share of the box of the Haar cascade.

The faces it learned from are cut the way the cascade draws its box; pass this margin to
`mer_ros.perception.face_crops.crop`.
"""


CONTEMPT = 'contempt'
"""The class beyond the seven emotions that FER+ asked for."""


def to_input(crop: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return a face crop (H, W, 3), RGB uint8 of any size, as grey pixels (48, 48), uint8."""
    grey = cv2.cvtColor(check_picture(crop), cv2.COLOR_RGB2GRAY)
    shrinks = min(grey.shape) > SIDE
    return np.asarray(
        cv2.resize(grey, (SIDE, SIDE),
                   interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR),
        dtype=np.uint8)


class LiteFace:
    """Classifies face crops into the seven emotions; about 2 ms a crop on one core.

    The ONNX file standardises the brightness of each crop, runs the network, adds biases and
    divides by the temperature that were fitted on held-out faces, so that the softmax of its
    logits is calibrated.  On what is no face all logits are about equal, which is no evidence.
    Crops are square boxes as the Haar cascade draws them, with `CROP_MARGIN` around them.

    The network knows contempt as well.  Only where the frame of the fusion holds it may evidence
    name it; by default it is left out, and the others keep their logits.

    Args:
        path: an ONNX file with its description beside it (.json), as `mer_ros train face` writes.
        threads: cores to use.
        contempt: whether contempt is the last of the labels.

    Raises:
        FileNotFoundError, ValueError: a file is missing or damaged, or names no contempt where
            that is asked for.

    """

    name = 'lite'

    def __init__(self, *, path: Path | str = WEIGHTS / 'lite_face.onnx', threads: int = 1,
                 contempt: bool = False) -> None:
        file = Path(path)
        self._session = open_session(file, threads=threads)
        known = check_labels(json.loads(read_shipped(file.with_suffix('.json')))['labels'])
        if contempt and CONTEMPT not in known:
            raise ValueError(f'{file} has not learned {CONTEMPT}; it knows {list(known)}')
        self.labels = known if contempt else tuple(
            label for label in known if label in EMOTIONS)
        self._columns = [known.index(label) for label in self.labels]

    def logits(self, batch: Sequence[NDArray[np.uint8]]) -> NDArray[np.float32]:
        """Return raw scores (B, len(labels)) of B RGB crops (H, W, 3), uint8, of any size.

        Raises ValueError for a crop that is empty, not RGB or not uint8.
        """
        if not len(batch):
            return np.zeros((0, len(self.labels)), dtype=np.float32)
        found, = self._run(batch, 'logits')
        return np.ascontiguousarray(found[:, self._columns])

    def judge(self, crop: NDArray[np.uint8]) -> JudgedFace:
        """Return the scores of an RGB crop, and how likely it shows a face, in one run.

        Raises ValueError as `logits` does.
        """
        logits, chance = self._run([crop], 'logits', 'face')
        return JudgedFace(np.ascontiguousarray(logits[0, self._columns]), float(chance[0]))

    def features(self, crop: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return the penultimate activations of an RGB crop, float32 (1, 192), each >= 0.

        They are the mean over the crop and its mirror image, so that the logits of a face are
        linear in them.  Raises ValueError as `logits` does.
        """
        found, = self._run([crop], 'features')
        return found

    def _run(self, batch: Sequence[NDArray[np.uint8]], *outputs: str
             ) -> list[NDArray[np.float32]]:
        pixels = np.stack([to_input(crop) for crop in batch])
        return [np.asarray(found, dtype=np.float32)
                for found in self._session.run(outputs, {'pixels': pixels})]
