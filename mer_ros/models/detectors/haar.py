"""The built-in face detector: a cascade of Haar-like features, as OpenCV carries it."""

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from mer_ros.models.input_checks import check_picture
from mer_ros.models.protocols import Faces

CASCADE = 'haarcascade_frontalface_alt2.xml'
"""Of OpenCV's frontal cascades, the one that missed no face and marked the least else."""

SYSTEM_FOLDERS = (
    Path('/usr/share/opencv4/haarcascades'), Path('/usr/local/share/opencv4/haarcascades'))
"""Where Debian and Ubuntu (package opencv-data) and a build from source put the cascades."""

WINDOW = 20
"""Side in pixels of the cascade's window: of smaller faces it knows nothing."""

HALF_SCORE = 8.0
"""Number of grouped detections that scores one half."""


def find_cascade(name: str = CASCADE) -> Path:
    """Return the path of a cascade file; raise FileNotFoundError that says what to install."""
    bundled = getattr(cv2, 'data', None)  # only the wheels of PyPI have it
    folders = ([Path(bundled.haarcascades)] if bundled else []) + list(SYSTEM_FOLDERS)
    for folder in folders:
        if (folder / name).is_file():
            return folder / name
    raise FileNotFoundError(
        f'{name} is in none of {[str(folder) for folder in folders]}; '
        f'install it with `apt install opencv-data` or `pip install opencv-python-headless`')


class HaarDetector:
    """Finds upright frontal faces (Viola and Jones, CVPR 2001; Lienhart and Maydt, ICIP 2002).

    Needs no network and no GPU.  It does not find faces in profile or turned by more than about
    20 degrees.  The score of a face is n / (n + 8) for the n overlapping windows of the
    cascade that agreed on it: real faces of 100 pixels get 0.7 to 0.9, chance patterns 0.3 to
    0.4.  There are no landmarks.

    Args:
        max_side: larger images are reduced to this many pixels on the long side before the
            search, which takes 5 to 10 ms on one core with 320 pixels.
        min_face: smallest side of a face, in pixels of the image given.
        min_neighbours: windows that must agree on a face; more gives fewer false faces.
        scale_step: ratio of neighbouring window sizes, above 1.

    Raises:
        ValueError: a number is out of range.
        FileNotFoundError: OpenCV's cascade files are not installed.

    """

    name = 'haar'
    stands_in = ''

    def __init__(self, *, max_side: int = 320, min_face: int = 48, min_neighbours: int = 4,
                 scale_step: float = 1.2) -> None:
        if max_side < 32 or min_face < 1 or min_neighbours < 0 or scale_step <= 1.0:
            raise ValueError(
                f'the detector needs max_side >= 32, min_face >= 1, min_neighbours >= 0 and '
                f'scale_step > 1; given {max_side}, {min_face}, {min_neighbours}, {scale_step}')
        self._max_side = max_side
        self._min_face = min_face
        self._min_neighbours = min_neighbours
        self._scale_step = scale_step
        self._cascade = cv2.CascadeClassifier(str(find_cascade()))

    def least_face(self, width: int, height: int) -> int:
        """Return the side in pixels of the smallest face that can be found in such an image."""
        reduction = max(1.0, max(width, height) / self._max_side)
        return max(self._min_face, round(WINDOW * reduction))

    def detect(self, image: NDArray[np.uint8]) -> Faces:
        """Return the faces in an RGB image (H, W, 3), uint8; images of a few pixels have none."""
        grey = cv2.cvtColor(check_picture(image), cv2.COLOR_RGB2GRAY)
        reduction = max(1.0, max(grey.shape) / self._max_side)
        if reduction > 1.0:
            size = (max(1, round(grey.shape[1] / reduction)),
                    max(1, round(grey.shape[0] / reduction)))
            grey = cv2.resize(grey, size, interpolation=cv2.INTER_AREA)
        least = round(self._min_face / reduction)
        found, agreeing = self._cascade.detectMultiScale2(
            grey, self._scale_step, self._min_neighbours, minSize=(least, least))
        corners = np.asarray(found, dtype=np.float32).reshape(-1, 4)
        scale = np.array(image.shape[1::-1], dtype=np.float32) / grey.shape[1::-1]
        boxes = np.hstack([corners[:, :2], corners[:, :2] + corners[:, 2:]]) * np.tile(scale, 2)
        windows = np.asarray(agreeing, dtype=np.float32).reshape(-1)
        order = np.argsort(-windows, kind='stable')
        return Faces(
            boxes=boxes[order].astype(np.float32),
            scores=(windows / (windows + HALF_SCORE))[order],
            landmarks=np.full((len(order), 5, 2), np.nan, dtype=np.float32))
