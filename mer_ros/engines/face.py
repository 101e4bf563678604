"""From camera images to the evidence of the face."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from mer_ros.data import BadInput, CameraImage, Logits
from mer_ros.engines.scores import check_stamp, scores
from mer_ros.models.protocols import FaceDetector, FaceModel, Faces
from mer_ros.perception.face import BACKWARD, crop, EveryNth, FrameSelector

FULL_TRUST_SIDE = 64
"""A face whose shorter side has this many pixels shows all that the models look at."""

FULL_TRUST_SCORE = 0.7
"""A detector's score from which on there is no doubt that it is a face."""


@dataclass(frozen=True, slots=True)
class _Candidate:
    face: CameraImage  # the crop alone: the rest of the image is not kept
    quality: float
    logits: NDArray[np.float64] | None


class FaceEngine:
    """Judges the largest face in one stream of images, at its most salient moment.

    Section 3.3.2 of the multimodal paper: every ``every``-th image is a candidate; of each
    ``selection_window`` seconds the most salient one by the rule ``selection`` (see
    FrameSelector) is judged.  ``scorer`` is the model that rates the candidates, None = the
    model itself, whose logits are then used again.  Faces whose shorter side is below
    ``min_face`` pixels are passed over; ``margin`` is added around a face (see crop).

    The quality of the evidence is the share that the detector's score has of FULL_TRUST_SCORE
    times that of the face's shorter side of FULL_TRUST_SIDE, each at most 1.  ``faces`` are
    those of the last image, for annotation.  ``counts`` says how often there was ``no_face`` or
    only a ``small_face``, an image was ``late`` (its window is over) or time was set
    ``backward`` by more than a second.
    """

    def __init__(
        self, model: FaceModel, detector: FaceDetector, *, every: int = 5,
        selection: str = 'probability', selection_window: float = 0.5, min_face: int = 48,
        margin: float = 0.0, scorer: FaceModel | None = None,
    ) -> None:
        if min_face < 1 or not 0.0 <= margin <= 1.0:
            raise ValueError(f'min_face {min_face} px and margin {margin} cannot be used; needed '
                             f'is min_face >= 1 and 0 <= margin <= 1')
        self.counts: Counter[str] = Counter()
        self.faces: Faces | None = None
        self._model = model
        self._detector = detector
        self._every = every
        self._min_face = min_face
        self._margin = margin
        self._scorer = model if scorer is None else scorer
        self._selector: FrameSelector[_Candidate] = FrameSelector(
            selection, window=selection_window)
        self.reset()

    def reset(self) -> None:
        """Forget the stream; the counts stay."""
        self._sampler = EveryNth(self._every)
        self._selector.reset()
        self._newest = 0
        self._person = ''

    def takes(self, stamp: int) -> bool:
        """Count an arriving image; return whether to convert and process it.

        Touches nothing that ``process`` does, so that it may run in another thread.
        """
        return self._sampler.takes(stamp)

    def process(self, image: CameraImage) -> list[Logits]:
        """Take a candidate; return the evidence of the moment that is chosen by now, if any.

        Raises:
            BadInput: ``unstamped``, ``size`` (not uint8 (H, W, 3) or without pixels),
                ``model_output``.
        """
        _check(image)
        backward = image.stamp < self._newest - BACKWARD
        if not backward and self._selector.is_late(image.stamp):
            self.counts['late'] += 1
            return []
        self.faces = self._detector.detect(image.pixels)
        candidate = self._candidate(image, self.faces)
        if backward:
            self.counts['backward'] += 1
            self._selector.reset()
            self._newest = 0
        self._newest = max(self._newest, image.stamp)
        chosen = self._selector.flush() if image.person_id != self._person else []
        self._person = image.person_id
        if candidate is None:
            chosen += self._selector.advance(image.stamp)
        else:
            chosen += self._selector.push(image.stamp, candidate.logits, candidate)
        return [self._finish(one) for one in chosen]

    def flush(self) -> list[Logits]:
        """Return the evidence of the window that is still open, if any."""
        return [self._finish(one) for one in self._selector.flush()]

    def _candidate(self, image: CameraImage, faces: Faces) -> _Candidate | None:
        largest = faces.largest()
        if largest is None:
            self.counts['no_face'] += 1
            return None
        box = faces.boxes[largest]
        side = float((box[2:] - box[:2]).min())
        if side < self._min_face:
            self.counts['small_face'] += 1
            return None
        face = crop(image.pixels, box, margin=self._margin)
        score = float(np.clip(faces.scores[largest], 0.0, 1.0))
        logits = None if self._selector.rule == 'off' else scores(self._scorer, face)
        quality = min(1.0, score / FULL_TRUST_SCORE) * min(1.0, side / FULL_TRUST_SIDE)
        return _Candidate(replace(image, pixels=face), quality, logits)

    def _finish(self, chosen: _Candidate) -> Logits:
        face = chosen.face
        known = chosen.logits if self._scorer is self._model else None
        return Logits(
            stamp=face.stamp, modality='face', labels=tuple(self._model.labels),
            logits=scores(self._model, face.pixels) if known is None else known,
            person_id=face.person_id, model=self._model.name, window=self._selector.window,
            quality=chosen.quality, frame_id=face.frame_id)


def _check(image: CameraImage) -> None:
    check_stamp(image.stamp)
    pixels = image.pixels
    if pixels.dtype != np.uint8 or pixels.ndim != 3 or pixels.shape[2] != 3 or not pixels.size:
        raise BadInput('size', (
            f'an image of shape {pixels.shape} and type {pixels.dtype} cannot be used; needed is '
            f'uint8 RGB (H, W, 3)'))
