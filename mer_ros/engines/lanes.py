"""Perception of a recording on several cores: eyes, ears and fusion work side by side."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial

from mer_ros.data import (
    AudioBlock,
    BadInput,
    CameraImage,
    Emotion,
    Observation,
    Speaker,
    UndecodedImage,
    Words,
)
from mer_ros.engines.pipeline import Input, Pipeline, time_of

AHEAD = 64
"""Inputs that may wait for eyes and ears: about a second of a film."""

IMAGES = 4
"""Images that may wait for the eyes, a bound of memory: they are decoded."""

AT_ONCE = 16
"""The most sounds and words that the ears get at once: to wake them takes longer than many."""

Seen = Future[tuple[list[Observation], Speaker | None]]

Found = Callable[[], tuple[list[Observation], Speaker | None]]
"""Waits for what was found in an input; raises BadInput where it is no use."""

Moment = tuple[int, int]
"""The stamp of an input, and the time at which it is complete, in nanoseconds."""


def feed_ahead(
    pipeline: Pipeline, items: Iterable[Input]
) -> Iterator[tuple[Moment, list[Emotion] | BadInput]]:
    """Yield when each input was, with the states that are ready after it or why it is no use.

    The states are those of `Pipeline.feed`: each engine gets its inputs one by one and in order,
    and evidence is fused in the order of the inputs.  Decoding and fusion run in the caller's
    thread, faces in a second one, sound and words in a third; the libraries that do most of the
    work release the interpreter's lock.  Images are let go as soon as the eyes are done.
    """
    with ThreadPoolExecutor(1, 'eyes') as eyes, ThreadPoolExecutor(1, 'ears') as ears:
        yield from _Lanes(pipeline, eyes, ears).feed(items)


@dataclass(slots=True)
class _Sounds:
    """What the ears get at once, in order: whom the eyes see to speak stands among the sounds."""

    items: list[AudioBlock | Words | Seen] = field(default_factory=list)
    heard: Future[list[list[Observation] | BadInput]] | None = None


class _Lanes:
    def __init__(self, pipeline: Pipeline, eyes: ThreadPoolExecutor, ears: ThreadPoolExecutor
                 ) -> None:
        self._pipeline, self._eyes, self._ears = pipeline, eyes, ears
        self._waiting: deque[tuple[Input, Found]] = deque()
        self._images = 0  # that wait
        self._sounds = _Sounds()

    def feed(self, items: Iterable[Input]) -> Iterator[tuple[Moment, list[Emotion] | BadInput]]:
        for item in items:
            if isinstance(item, (AudioBlock, Words)):
                self._waiting.append((item, self._listen(item)))
            elif self._pipeline.takes(item):
                self._waiting.append((_without_pixels(item), self._look(item)))
                self._images += 1
            else:
                self._waiting.append((_without_pixels(item), _nothing))
            while len(self._waiting) > AHEAD or self._images > IMAGES:
                yield self._end()
        while self._waiting:
            yield self._end()

    def _look(self, image: CameraImage | UndecodedImage) -> Found:
        try:
            decoded = image if isinstance(image, CameraImage) else image.decode()
        except BadInput as error:
            return partial(_refused, error)
        seen: Seen = self._eyes.submit(self._pipeline.look, decoded)
        self._wake_ears(self._sounds)
        # In the order of the inputs, whoever is seen to speak is known to what is heard afterwards.
        self._sounds.items.append(seen)
        return seen.result

    def _listen(self, item: AudioBlock | Words) -> Found:
        sounds, place = self._sounds, len(self._sounds.items)
        sounds.items.append(item)
        if len(sounds.items) >= AT_ONCE:
            self._wake_ears(sounds)
        return partial(self._heard, sounds, place)

    def _wake_ears(self, sounds: _Sounds) -> Future[list[list[Observation] | BadInput]]:
        """Let the ears hear these sounds, if they do not yet, before all that come from now on."""
        if sounds.heard is None:
            sounds.heard = self._ears.submit(_hear, self._pipeline, sounds.items)
            self._sounds = _Sounds()
        return sounds.heard

    def _heard(self, sounds: _Sounds, place: int) -> tuple[list[Observation], None]:
        heard = self._wake_ears(sounds).result()[place]
        if isinstance(heard, BadInput):
            raise heard
        return heard, None

    def _end(self) -> tuple[Moment, list[Emotion] | BadInput]:
        item, found = self._waiting.popleft()
        moment = item.stamp, time_of(item)
        if isinstance(item, UndecodedImage) and found is not _nothing:
            self._images -= 1
        try:
            evidence, speaker = found()
        except BadInput as error:
            return moment, error
        return moment, self._pipeline.fuse(item, evidence, speaker)


def _hear(pipeline: Pipeline, items: Iterable[AudioBlock | Words | Seen]
          ) -> list[list[Observation] | BadInput]:
    heard: list[list[Observation] | BadInput] = []
    for item in items:
        evidence: list[Observation] | BadInput = []
        if isinstance(item, Future):
            if item.exception() is None and (speaker := item.result()[1]) is not None:
                pipeline.note_speaker(speaker)
        else:
            try:
                evidence = pipeline.listen(item)
            except BadInput as error:
                evidence = error
        heard.append(evidence)
    return heard


def _nothing() -> tuple[list[Observation], None]:
    """Return what is found in an image that is not looked at, nor decoded."""
    return [], None


def _refused(error: BadInput) -> tuple[list[Observation], None]:
    raise error


def _without_pixels(image: CameraImage | UndecodedImage) -> UndecodedImage:
    return UndecodedImage(image.stamp, _gone)


def _gone() -> CameraImage:
    raise LookupError('an image that was looked at, or passed over, is not kept')
