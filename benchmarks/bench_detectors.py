"""Which faces the built-in detectors find: portraits put into 640x480 images, worse and worse."""

from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

from compare import in_turns, row
import cv2
import numpy as np

SIZE = (640, 480)

CONDITIONS: dict[str, dict[str, float]] = {
    '32 px': {'side': 32}, '48 px': {'side': 48}, '64 px': {'side': 64},
    'tilted by 30 degrees': {'tilt': 30}, 'tilted by 45 degrees': {'tilt': 45},
    'tilted by 90 degrees': {'tilt': 90}, 'lower half hidden': {'hidden': 0.5},
    'light x 0.15': {'light': 0.15}, 'light x 0.06': {'light': 0.06}}
"""What is changed; a face has 100 px where nothing else is said."""


def run() -> list[dict[str, Any]]:
    """Return the share of faces found, false faces an image, and ms an image on one core.

    Uses the test portraits of london_faces in ../shared/data; there are no rows without them.
    """
    from mer_ros.evaluation.datasets.face_sets import read_image, read_table
    from mer_ros.models import load_detector

    folder = Path(__file__).resolve().parents[2] / 'shared' / 'data' / 'london_faces'
    if not folder.is_dir():
        return []
    cv2.setNumThreads(1)
    portraits = [np.ascontiguousarray(read_image(folder / line['path']))
                 for line in read_table(folder / 'labels.csv') if line['split'] == 'test']
    detectors = {name: load_detector(name) for name in ('blazeface', 'haar')}
    boxes = [detectors['haar'].detect(portrait).boxes[0] for portrait in portraits]
    rows = []
    for name in detectors:
        least = 0.98 if name == 'blazeface' else None
        false = 0
        for condition, change in CONDITIONS.items():
            side = change.get('side', 100)
            detector = load_detector(name, min_face=round(0.75 * side))
            hits = 0
            for portrait, box in zip(portraits, boxes, strict=True):
                found = detector.detect(_scene(portrait, box, **change)).boxes
                there = sum(_is_there(one, side) for one in found)
                hits += there > 0
                false += len(found) - min(there, 1)
            rows.append(row(f'{name}: found, {condition}', hits / len(portraits), 'share',
                            least=None if condition == '32 px' else least))
        rows.append(row(f'{name}: false faces', false / len(portraits) / len(CONDITIONS),
                        'an image', most=0.05))
    scene = _scene(portraits[0], boxes[0])
    times = in_turns({name: partial(detector.detect, scene)
                      for name, detector in detectors.items()}, repeats=50)
    return rows + [row(f'{name}: 640x480', 1e3 * median(times[name]), 'ms', most=10.0)
                   for name in detectors]


def _scene(portrait: Any, box: Any, *, side: float = 100, tilt: float = 0, hidden: float = 0,
           light: float = 1.0) -> Any:
    """Return an image in whose middle the face has this side, tilt, cover and light."""
    scale = side / float(box[2] - box[0])
    centre = ((box[:2] + box[2:]) / 2).astype(float)
    matrix = cv2.getRotationMatrix2D(tuple(centre), -tilt, scale)
    matrix[:, 2] += np.array(SIZE) / 2 - centre
    image = cv2.warpAffine(portrait, matrix, SIZE, flags=cv2.INTER_AREA,
                           borderValue=(120, 110, 100))
    if hidden:
        x, y = SIZE[0] // 2, SIZE[1] // 2
        image[y + round(side * (0.5 - hidden)):y + round(side * 0.6),
              x - round(side * 0.6):x + round(side * 0.6)] = (60, 60, 200)
    return (image * light).astype(np.uint8)


def _is_there(box: Any, side: float) -> bool:
    offset = (box[:2] + box[2:]) / 2 - np.array(SIZE) / 2
    return bool(np.abs(offset).max() < 0.4 * side)
