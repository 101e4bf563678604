"""What the face node writes beside a face in its annotated image."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from mer_ros.colours import colour_of
from mer_ros.emotions import align, EMOTIONS
from mer_ros.engines.face import SeenFace
from mer_ros.fusion import fuse
from mer_ros.perception.annotate import Note


def notes_of(faces: Sequence[SeenFace], labels: Sequence[str]) -> list[Note]:
    """Return a note for each face that was judged: what the face alone says, calibrated.

    ``labels`` are those of the model.  Faces that were passed over get none.
    """
    return [_note(face, face.logits, labels) for face in faces if face.logits is not None]


def _note(face: SeenFace, logits: NDArray[np.float64], labels: Sequence[str]) -> Note:
    scores, named = align(labels, logits)
    opinion = fuse({'face': scores}, preset='calibrated', output_temperature=1.0,
                   named={'face': named})
    best = int(opinion.probability.argmax())
    title = f'{EMOTIONS[best]} {opinion.probability[best]:.0%}'
    return Note(
        box=face.box, title=f'{face.person_id}: {title}' if face.person_id else title,
        names=EMOTIONS, shares=opinion.probability.tolist(),
        colours=[_rgb(colour_of(label)) for label in EMOTIONS],
        doubt=float(opinion.uncertainty))


def _rgb(colour: str) -> tuple[int, int, int]:
    red, green, blue = bytes.fromhex(colour.removeprefix('#'))
    return red, green, blue
