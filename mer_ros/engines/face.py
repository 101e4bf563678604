"""From camera images to the evidence of the face."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from mer_ros.data import BadInput, CameraImage, check_stamp, Logits, Media, nanoseconds
from mer_ros.engines.face_quality import doubted
from mer_ros.engines.scores import check_gives_features, check_scores, features_of, scores
from mer_ros.models.input_checks import check_picture
from mer_ros.models.protocols import FaceDetector, FaceModel, Faces, Follows, KnowsFaces
from mer_ros.perception.face_crops import BACKWARD, EveryNth, FrameSelector, level_crop, saliency
from mer_ros.perception.lips import Lips
from mer_ros.perception.tracking import Box, FaceTracker, Foremost

PEOPLE = ('one', 'many')
"""Whether only the largest face is judged, or each under a name of its own."""

SEARCH = nanoseconds(0.9)
"""How long a face is followed, in nanoseconds, until the whole image is searched again."""

FOLLOWED = 2
"""The most faces that are followed; to search for more takes less time."""

SPEAKERS = ('lips', 'largest')
"""Whether who moves the lips counts as the one who talks, or whose face is largest."""


@dataclass(frozen=True, slots=True)
class SeenFace:
    """A face in an image: whose, where, and what the scorer says, None where it was not asked."""

    person_id: str
    box: Box
    logits: NDArray[np.float64] | None


@dataclass(frozen=True, slots=True)
class _Found:
    box: Box
    score: float
    landmarks: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class _Candidate:
    face: CameraImage  # the crop alone: the rest of the image is not kept
    found: _Found
    logits: NDArray[np.float64] | None
    chance: float | None  # None where the model itself was not asked yet


class FaceEngine:
    """Judges the faces in one stream of images, each at its most salient moments.

    With ``people`` 'one' the largest face is judged, as the person that the image names.  With
    'many' every face is, under a name that stays with it (see FaceTracker), and ``foremost`` is
    the name of the one that the robot is talking with, '' with no face: by ``speaker`` 'lips' who
    moves them (see Lips), else, or where nobody does, the largest face (see Foremost);
    ``foremost_by`` says by which.

    Section 3.3.2 of the multimodal paper: every ``every``-th image is a candidate, at most
    ``look_rate`` a second (0 = no limit); of each ``selection_window`` seconds the most salient one
    of each person by the rule ``selection`` (see FrameSelector) is judged.  ``scorer`` is the model
    that rates the candidates, None = the model itself, whose logits are then used again.  Faces
    whose shorter side is below ``min_face`` pixels are passed over; ``margin`` is added around a
    face, whose eyes are levelled (see level_crop);
    ``smoothing`` steadies the boxes of 'many' (see FaceTracker); ``with_features`` asks for the
    model's features of the chosen faces too, ValueError where it gives none, ``with_media`` for the
    faces themselves.

    A detector that `Follows` searches the whole image once in `SEARCH`, so that somebody who comes
    into view is seen that much later at most, and follows up to `FOLLOWED` faces in between.

    ``modality`` names the evidence, so that each of several cameras has a name of its own in the
    fusion; ``person_prefix`` goes before the names of 'many', which each camera counts for itself.

    The quality of the evidence, and what lowers it, are told by `doubted`.  ``seen`` are the faces
    of the last image, for annotation.  ``counts`` says how often there was ``no_face`` or only a
    ``small_face``, an image was ``late`` (its window is over) or time was set ``backward`` by more
    than a second.
    """

    def __init__(
        self, model: FaceModel, detector: FaceDetector, *, people: str = 'one', every: int = 5,
        selection: str = 'probability', selection_window: float = 0.5, min_face: int = 48,
        margin: float = 0.0, smoothing: float = 0.0, scorer: FaceModel | None = None,
        with_features: bool = False, with_media: bool = False, modality: str = 'face',
        person_prefix: str = '', speaker: str = 'lips', look_rate: float = 6.0,
    ) -> None:
        if speaker not in SPEAKERS:
            raise ValueError(f'speaker must be one of {list(SPEAKERS)}; given {speaker!r}')
        if people not in PEOPLE:
            raise ValueError(f'people must be one of {list(PEOPLE)}; given {people!r}')
        if min_face < 1 or not 0.0 <= margin <= 1.0:
            raise ValueError(f'min_face {min_face} px and margin {margin} cannot be used; needed '
                             f'is min_face >= 1 and 0 <= margin <= 1')
        if with_features:
            check_gives_features(model)
        self.counts: Counter[str] = Counter()
        self._size = 0, 0
        self._model = model
        self._with_features = with_features
        self._with_media = with_media
        self._detector = detector
        self._sampling = every, look_rate
        self._min_face = min_face
        self._margin = margin
        self._scorer = model if scorer is None else scorer
        self._modality = modality
        self._prefix = person_prefix
        self._tracker = FaceTracker(smoothing=smoothing) if people == 'many' else None
        self._foremost = Foremost()
        self._lips = Lips() if speaker == 'lips' else None
        self._selection = selection, selection_window
        self._window = FrameSelector[_Candidate](selection, window=selection_window).window
        self.reset()

    @property
    def labels(self) -> tuple[str, ...]:
        """The classes that the scores of ``seen`` are of."""
        return tuple(self._scorer.labels)

    @property
    def least_face(self) -> int:
        """The side in pixels below which no face is found in images as large as the last one."""
        height, width = self._size
        least = getattr(self._detector, 'least_face', lambda width, height: 0)(width, height)
        return max(self._min_face, least)

    @property
    def finds(self) -> str:
        """Which faces are found in images as large as the last one, as a sentence."""
        return (f'no face was found in the image; faces below {self.least_face} px are not looked '
                f'for in {self._size[1]}x{self._size[0]}')

    def reset(self) -> None:
        """Forget the stream; the counts stay."""
        every, most = self._sampling
        self._sampler = EveryNth(every, most=most)
        self._start_again()

    def _start_again(self) -> None:
        self.seen: tuple[SeenFace, ...] = ()
        self.foremost = self.foremost_by = ''
        self._selectors: dict[str, FrameSelector[_Candidate]] = {}
        self._newest = self._searched = 0
        self._followed: NDArray[np.float32] | None = None
        self._foremost.reset()
        if self._lips is not None:
            self._lips.reset()
        if self._tracker is not None:
            self._tracker.reset()

    def takes(self, stamp: int) -> bool:
        """Count an arriving image; return whether to convert and process it.

        Touches nothing that ``process`` does, so that it may run in another thread.
        """
        return self._sampler.takes(stamp)

    def process(self, image: CameraImage) -> list[Logits]:
        """Take a candidate; return the evidence of the moments that are chosen by now, if any.

        Raises:
            BadInput: ``unstamped``, ``size`` (not uint8 (H, W, 3) or without pixels),
                ``model_output``.
        """
        check_image(image)
        if image.stamp < self._newest - BACKWARD:
            self.counts['backward'] += 1
            self._start_again()
        elif self._is_late(image.stamp):
            self.counts['late'] += 1
            return []
        faces = self._find(image)
        if not len(faces.boxes):
            self.counts['no_face'] += 1
        found = self._name(image, faces)
        candidates = {
            person: candidate for person, face in found.items()
            if (candidate := self._candidate(image, person, face)) is not None}
        self.seen = tuple(
            SeenFace(person, face.box, candidates[person].logits if person in candidates else None)
            for person, face in found.items())
        self._newest = max(self._newest, image.stamp)
        return self._choose(image.stamp, candidates)

    def _find(self, image: CameraImage) -> Faces:
        """Return the faces in an image: followed where that is possible, else searched for."""
        last, size = self._size, image.pixels.shape[:2]
        self._size = size
        if (self._followed is not None and size == last
                and 0 <= image.stamp - self._searched < SEARCH):
            assert isinstance(self._detector, Follows)
            if (faces := self._detector.follow(image.pixels, self._followed)) is not None:
                self._followed = faces.boxes
                return faces
        faces = self._detector.detect(image.pixels)
        self._searched, self._followed = image.stamp, self._to_follow(faces)
        return faces

    def _to_follow(self, faces: Faces) -> NDArray[np.float32] | None:
        boxes = faces.boxes
        if self._tracker is None and (largest := faces.largest()) is not None:
            boxes = boxes[[largest]]  # the only one that is judged
        return boxes if isinstance(self._detector, Follows) and 0 < len(
            boxes) <= FOLLOWED else None

    def flush(self) -> list[Logits]:
        """Return the evidence of the windows that are still open, if any."""
        return [self._finish(one) for selector in self._selectors.values()
                for one in selector.flush()]

    def _is_late(self, stamp: int) -> bool:
        return self._window > 0 and stamp // self._window < self._newest // self._window

    def _name(self, image: CameraImage, faces: Faces) -> dict[str, _Found]:
        """Return the faces to judge, by the name of their person."""
        if self._tracker is not None:
            boxes = {f'{self._prefix}{name}': box for name, box in self._tracker.update(
                image.stamp, faces.boxes).items()}
            self.foremost = self._who_talks(image, boxes, faces.landmarks)
            return {name: _Found(box, float(score), landmarks)
                    for (name, box), score, landmarks in zip(
                        boxes.items(), faces.scores, faces.landmarks, strict=True)}
        largest = faces.largest()
        return {} if largest is None else {image.person_id: _Found(
            faces.boxes[largest].astype(np.float64), float(faces.scores[largest]),
            faces.landmarks[largest])}

    def _who_talks(self, image: CameraImage, boxes: dict[str, Box],
                   landmarks: NDArray[np.float32]) -> str:
        """Return with whom the robot is talking, and note by what."""
        largest = self._foremost.update(boxes)
        if self._lips is None:
            self.foremost_by = 'largest face'
            return largest
        talking = self._lips.update(image.stamp, image.pixels,
                                    dict(zip(boxes, landmarks, strict=True)))
        self.foremost_by = 'lips' if talking else 'largest face, as no lips are seen to move'
        return talking or largest

    def _candidate(self, image: CameraImage, person: str, found: _Found) -> _Candidate | None:
        if _side(found.box) < self._min_face:
            self.counts['small_face'] += 1
            return None
        face = level_crop(image.pixels, found.box, found.landmarks, margin=self._margin)
        logits, chance = None, None
        if self._scorer is not self._model and self._selection[0] != 'off':
            logits = scores(self._scorer, face)
        elif self._selection[0] != 'off':
            logits, chance = _judged(self._model, face)
        return _Candidate(
            replace(image, pixels=face, person_id=person), found, logits, chance)

    def _choose(self, stamp: int, candidates: Mapping[str, _Candidate]) -> list[Logits]:
        """Offer the candidates of an image; return the evidence that is chosen by now."""
        chosen = []
        for person in [*self._selectors, *(candidates.keys() - self._selectors.keys())]:
            selector = self._selectors.get(person)
            candidate = candidates.get(person)
            if candidate is not None:
                if selector is None:
                    rule, window = self._selection
                    selector = self._selectors[person] = FrameSelector(rule, window=window)
                chosen += selector.push(stamp, candidate.logits, candidate)
            elif selector is not None:
                chosen += selector.advance(stamp)
                if selector.is_empty:
                    del self._selectors[person]
        return sorted((self._finish(one) for one in chosen),
                      key=lambda logits: (logits.stamp, logits.person_id))

    def _finish(self, chosen: _Candidate) -> Logits:
        face = chosen.face
        logits, chance = chosen.logits, chosen.chance
        if logits is None or chance is None:
            logits, chance = _judged(self._model, face.pixels)
        found = chosen.found
        quality, doubts = doubted(face.pixels, score=found.score, side=_side(found.box),
                                  landmarks=found.landmarks, chance=chance)
        return Logits(
            stamp=face.stamp, modality=self._modality, labels=tuple(self._model.labels),
            logits=logits,
            person_id=face.person_id, model=self._model.name, window=self._window,
            quality=quality, frame_id=face.frame_id, doubts=doubts,
            features=features_of(self._model, face.pixels) if self._with_features else None,
            media=Media(picture=face.pixels) if self._with_media else None,
            saliency=saliency('probability', chosen.logits)
            if self._scorer is not self._model and chosen.logits is not None else 0.0)


def _judged(model: FaceModel, face: NDArray[np.uint8]) -> tuple[NDArray[np.float64], float]:
    """Return a face's logits (n,) and the chance that it is one; raises as `scores` does."""
    if not isinstance(model, KnowsFaces):
        return scores(model, face), 1.0
    judged = model.judge(face)
    return check_scores(model, judged.logits[None]), judged.chance


def _side(box: Box) -> float:
    return float((box[2:] - box[:2]).min())


def check_image(image: CameraImage) -> None:
    """Raise BadInput (``unstamped`` or ``size``) where an image cannot be used."""
    check_stamp(image.stamp)
    try:
        check_picture(image.pixels)
    except ValueError as error:
        raise BadInput('size', str(error)) from error
