"""From images and sound together to the evidence of face and voice."""

from collections import Counter, deque
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from mer_ros.data import AudioBlock, CameraImage, Logits, Media, NANOSECONDS, nanoseconds
from mer_ros.engines.face import check_image
from mer_ros.engines.face_quality import face_quality
from mer_ros.engines.scores import check_scores
from mer_ros.engines.speech import check_block
from mer_ros.models.protocols import FaceDetector
from mer_ros.perception.face_crops import BACKWARD, crop
from mer_ros.perception.sample_clock import SampleClock
from mer_ros.perception.sound import Resampler
from mer_ros.research.avnet.av_frames import CentreFrame
from mer_ros.research.avnet.av_segments import grey_face
from mer_ros.research.avnet.av_sound import HALF, Heard, SoundMemory
from mer_ros.research.avnet.av_stream import Segment, SegmentWindow

LEFT_OUT = ('calm',)
"""Classes of a network that are none of the emotions: RAVDESS tells calm from neutral."""


class AvModel(Protocol):
    """Classifies segments of a face (98, 80) uint8 grey with 1.5 s of sound around it."""

    name: str
    labels: tuple[str, ...]
    segments: int
    sample_rate: int

    def embed(self, faces: NDArray[np.uint8], sounds: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return embeddings (B, D) of faces (B, 98, 80) and sounds (B, samples)."""

    def classify(self, embeddings: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return raw scores (B, len(labels)) of embeddings (B, D)."""


@dataclass(frozen=True, slots=True)
class _FaceSegment:
    stamp: int
    person_id: str
    frame_id: str
    face: NDArray[np.uint8]
    quality: float
    picture: NDArray[np.uint8] | None


class AvEngine:
    """Judges the person before the camera by face and voice together, segment by segment.

    Radoi and Cioroiu, Uncertainty-Based Learning of a Lightweight Model for Multimodal Emotion
    Recognition (IEEE Access, 2024), used on a stream: of each ``segment_length`` seconds the image
    nearest to the centre is judged with the 1.5 s of sound around it, once the sound is there or
    is ``patience`` seconds late; then what is missing counts as silence.  The evidence is the mean
    over the last ``model.segments`` segments (see SegmentWindow), from ``min_segments`` of them
    on.  The largest face counts; one whose shorter side is below ``min_face`` pixels does not.

    The quality of a segment is `face_quality` times the share of its sound that was heard.
    Segments without a face or any sound are left out, and so are the classes in LEFT_OUT.
    ``counts`` says how often: ``no_face``, ``small_face``, ``no_sound``, ``muted`` (the robot
    itself spoke); it counts too how often an image was ``late``, sound was ``lost`` or, for longer,
    there was a ``gap``, or time was set ``backward``, which clears everything.

    ``with_features`` puts the segments' embeddings into the evidence, ``with_media`` the newest
    segment's face and sound.
    """

    def __init__(
        self, model: AvModel, detector: FaceDetector, *, segment_length: float = 0.5,
        min_segments: int = 1, min_face: int = 48, patience: float = 0.5,
        with_features: bool = False, with_media: bool = False,
    ) -> None:
        if not 1 <= min_segments <= model.segments:
            raise ValueError(f'min_segments is {min_segments}; the model {model.name!r} averages '
                             f'{model.segments} segments, so it must be 1 to {model.segments}')
        if min_face < 1 or not patience >= 0.0:
            raise ValueError(f'min_face {min_face} px and patience {patience} s cannot be used; '
                             f'needed is min_face >= 1 and patience >= 0')
        self.counts: Counter[str] = Counter()
        self._model = model
        self._columns = [column for column, label in enumerate(model.labels)
                         if label not in LEFT_OUT]
        self._labels = tuple(model.labels[column] for column in self._columns)
        self._detector = detector
        self._min_segments = min_segments
        self._min_face = min_face
        self._patience = nanoseconds(patience)
        self._with_features = with_features
        self._with_media = with_media
        self.segment_length = segment_length
        self._frames = CentreFrame[CameraImage](segment_length)
        self._window = SegmentWindow(model.segments)
        self._clock = SampleClock()
        self._resampler = Resampler(model.sample_rate)
        self._sound = SoundMemory(model.sample_rate)
        self._waiting: deque[_FaceSegment] = deque()
        self.reset()

    def reset(self) -> None:
        """Forget the stream; the counts stay."""
        self._frames.reset()
        self._window.reset()
        self._clock.reset()
        self._resampler.reset()
        self._sound.reset()
        self._waiting.clear()
        self._newest_image = 0

    def process(self, item: CameraImage | AudioBlock) -> list[Logits]:
        """Take the next image or block of sound; return the evidence that it completes.

        Segments whose sound reaches into the robot's own voice are left out.

        Raises:
            BadInput: ``unstamped``, ``size`` (of an image), ``channels``, ``sample_rate``,
                ``not_finite`` (sound), ``model_output``.
        """
        if isinstance(item, CameraImage):
            self._take_image(item)
        else:
            self._take_sound(item)
        return self._judge()

    def flush(self) -> list[Logits]:
        """End the stream here; return the evidence of the segments that were still waiting."""
        for image in self._frames.flush():
            self._find_face(image)
        self._sound.add(*self._resampler.flush())
        results = self._judge(all_of_them=True)
        self.reset()
        return results

    def _take_image(self, image: CameraImage) -> None:
        check_image(image)
        if image.stamp < self._newest_image - BACKWARD:
            self.counts['backward'] += 1
            self.reset()
        elif self._frames.is_late(image.stamp):
            self.counts['late'] += 1
        self._newest_image = max(self._newest_image, image.stamp)
        for chosen in self._frames.push(image.stamp, image):
            self._find_face(chosen)

    def _find_face(self, image: CameraImage) -> None:
        """Find the face in the image of a segment, to be judged when its sound is there."""
        faces = self._detector.detect(image.pixels)
        largest = faces.largest()
        if largest is None:
            self.counts['no_face'] += 1
            return
        box = faces.boxes[largest].astype(np.float64)
        side = float((box[2:] - box[:2]).min())
        if side < self._min_face:
            self.counts['small_face'] += 1
            return
        self._waiting.append(_FaceSegment(
            stamp=image.stamp, person_id=image.person_id, frame_id=image.frame_id,
            face=grey_face(image.pixels, box, faces.landmarks[largest]),
            quality=face_quality(float(faces.scores[largest]), side),
            picture=crop(image.pixels, box) if self._with_media else None))

    def _take_sound(self, block: AudioBlock) -> None:
        check_block(block)
        stamp = self._correct_stamp(block)
        if block.own:
            self._sound.add(*self._resampler.flush())
            self._sound.mute(stamp, stamp + block.end - block.stamp)
        else:
            self._sound.add(*self._resampler.push(replace(block, stamp=stamp)))

    def _correct_stamp(self, block: AudioBlock) -> int:
        """Return the corrected stamp of the next block; fill or forget what does not continue."""
        step = self._clock.step(block)
        if step.kind != 'next':
            self.counts[step.kind] += 1
        if step.kind == 'backward':
            self.reset()
        elif step.kind == 'gap':
            self._sound.add(*self._resampler.flush())
            self._clock.reset()
            self._sound.skip(block.stamp)
        elif step.kind == 'lost':
            self._sound.add(*self._resampler.flush())
            lost = step.missing * NANOSECONDS // block.sample_rate
            self._sound.skip(self._sound.end + lost)
        position = self._clock.take(block, step.missing if step.kind == 'lost' else 0)
        return self._clock.time_of(position)

    def _judge(self, *, all_of_them: bool = False) -> list[Logits]:
        """Judge the segments whose sound is there or too late; return the evidence after each."""
        results = []
        newest = max(self._sound.end, self._newest_image)
        while self._waiting:
            due = self._waiting[0].stamp + HALF
            if not (all_of_them or self._sound.end >= due or newest >= due + self._patience):
                break
            seen = self._waiting.popleft()
            heard = self._sound.around(seen.stamp)
            if heard is None:
                self.counts['no_sound'] += 1
            elif heard.muted:
                self.counts['muted'] += 1
            else:
                self._window.add(self._segment(seen, heard))
                if len(self._window) >= self._min_segments:
                    results.append(self._evidence())
        return results

    def _segment(self, seen: _FaceSegment, heard: Heard) -> Segment:
        embedding = self._model.embed(seen.face[np.newaxis], heard.waveform[np.newaxis])
        return Segment(
            index=self._frames.index(seen.stamp),
            start=min(seen.stamp, heard.start), end=max(seen.stamp, heard.end),
            embedding=embedding[0],
            logits=check_scores(self._model, self._model.classify(embedding))[self._columns],
            quality=seen.quality * heard.share, person_id=seen.person_id,
            frame_id=seen.frame_id, media=None if seen.picture is None else Media(
                picture=seen.picture, sound=heard.waveform, sample_rate=self._model.sample_rate))

    def _evidence(self) -> Logits:
        newest = self._window.newest
        return Logits(
            stamp=newest.end, modality='av', labels=self._labels,
            logits=self._window.logits(), person_id=newest.person_id, model=self._model.name,
            window=newest.end - self._window.start, quality=self._window.quality(),
            frame_id=newest.frame_id,
            features=self._window.features() if self._with_features else None,
            media=newest.media)
