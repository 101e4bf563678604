"""An engine that refuses an input stays as it was, whatever the input and whenever it comes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
import numpy as np
from numpy.typing import NDArray
import pytest

from mer_ros.data import AudioBlock, BadInput, CameraImage, Logits, NANOSECONDS, Words
from mer_ros.engines.face import FaceEngine
from mer_ros.engines.fusion import FusionEngine
from mer_ros.engines.speech import SpeechEngine
from mer_ros.engines.text import TextEngine
from mer_ros.models.protocols import Faces

START = 1000 * NANOSECONDS
TENTH = NANOSECONDS // 10
NAN = float('nan')


class Mean:
    """A model whose answer is the mean of what it is asked about; NaN in what it cannot judge."""

    name = 'mean'
    labels = ('anger', 'happiness')

    def logits(self, batch: Sequence[Any]) -> NDArray[np.float32]:
        rows = [np.frombuffer(item.encode(), np.uint8) if isinstance(item, str) else item
                for item in batch]
        means = np.array([np.abs(row).mean(dtype=np.float64) for row in rows])
        means[means == 13.0] = NAN
        return np.stack([means, -means], axis=1).astype(np.float32)


class Loud:
    def probability(self, frame: NDArray[np.float32]) -> float:
        return float(np.abs(frame).mean() > 0.1)

    def reset(self) -> None:
        pass


class Whole:
    """A detector for which every image is a face."""

    def detect(self, image: NDArray[np.uint8]) -> Faces:
        height, width, _ = image.shape
        return Faces(np.array([[0, 0, width, height]], np.float32), np.ones(1, np.float32),
                     np.full((1, 5, 2), np.nan, np.float32))


def face(tenth: int, level: int = 100) -> CameraImage:
    return CameraImage(START + tenth * TENTH, np.full((60, 60, 3), level, np.uint8), 'camera')


def sound(tenth: int) -> AudioBlock:
    level = 0.4 if tenth % 20 < 12 else 0.0
    return AudioBlock(START + tenth * TENTH, np.full((1600, 1), level, np.float32), 16000)


def text(tenth: int) -> Words:
    return Words(START + tenth * TENTH, f'word {tenth}')


def logits(tenth: int) -> Logits:
    return Logits(START + tenth * TENTH, ('face', 'speech')[tenth % 2], Mean.labels,
                  np.array([tenth % 3, 1.0]), person_id=f'person {tenth % 4 // 2}')


ENGINES: dict[str, tuple[Callable[[], Any], Callable[[int], Any], Callable[[Any], list[Any]]]] = {
    'face, one': (
        lambda: FaceEngine(Mean(), Whole(), every=1), face,
        lambda good: [replace(good, stamp=0), replace(good, pixels=good.pixels[0]),
                      replace(good, pixels=good.pixels.astype(np.float32)),
                      replace(good, pixels=good.pixels[:0]),
                      replace(good, pixels=np.full_like(good.pixels, 13))]),
    'face, many': (
        lambda: FaceEngine(Mean(), Whole(), people='many', every=1), face,
        lambda good: [replace(good, stamp=0), replace(good, pixels=good.pixels[0]),
                      replace(good, pixels=good.pixels.astype(np.float32)),
                      replace(good, pixels=good.pixels[:0]),
                      replace(good, pixels=np.full_like(good.pixels, 13))]),
    'speech': (
        lambda: SpeechEngine(Mean(), voice=Loud()), sound,
        lambda good: [replace(good, stamp=0), replace(good, samples=good.samples[:, 0]),
                      replace(good, samples=good.samples[:, :0]), replace(good, sample_rate=10),
                      replace(good, samples=good.samples * np.float32(NAN)),
                      replace(good, stamp=-5, own=True), replace(good, stamp=0, arrived=True)]),
    'text': (
        lambda: TextEngine(Mean(), max_characters=5), text,
        lambda good: [replace(good, stamp=0), replace(good, text='?!'), replace(good, text=''),
                      replace(good, confidence=NAN), replace(good, duration=-1),
                      replace(good, text='\r' + '\n' * 5)]),
    'fusion': (
        lambda: FusionEngine(modalities=('face', 'speech'), labels=Mean.labels), logits,
        lambda good: [replace(good, stamp=0), replace(good, modality='smell'),
                      replace(good, labels=('anger', 'calm')),
                      replace(good, logits=np.array([NAN, 0.0])),
                      replace(good, logits=np.array([1.0])), replace(good, quality=NAN),
                      replace(good, stamp=good.stamp + 3600 * NANOSECONDS)]),
}
"""By name: how to make an engine, its good input by the tenth of a second, and bad input of it."""


def take(engine: Any, item: Any) -> list[Any]:
    if isinstance(item, Logits):
        return list(engine.add(item, START + 60 * NANOSECONDS))
    return list(engine.process(item))


def answers(make: Callable[[], Any], items: Iterable[Any]) -> tuple[list[str], dict[str, int]]:
    """Return what an engine makes of a stream, without what it refuses, and its counts."""
    engine, found = make(), []
    for item in items:
        try:
            found += take(engine, item)
        except BadInput:
            continue
    found += engine.flush() if hasattr(engine, 'flush') else []
    return [repr(answer) for answer in found], dict(engine.counts)


@pytest.mark.parametrize('name', ENGINES)
def test_what_is_bad_here_is_refused_or_counted_and_what_is_good_is_answered(name: str) -> None:
    make, good, bad = ENGINES[name]
    assert answers(make, map(good, range(60)))[0]
    for item in bad(good(3)):
        engine = make()
        try:
            take(engine, item)
        except BadInput:
            continue
        assert engine.counts


@pytest.mark.parametrize('name', ENGINES)
@settings(max_examples=60)
@given(places=st.lists(st.tuples(st.integers(0, 60), st.integers(0, 6)), max_size=20))
def test_a_refused_input_leaves_an_engine_as_it_was(
    name: str, places: list[tuple[int, int]]
) -> None:
    make, good, bad = ENGINES[name]
    stream: list[Any] = []
    for tenth in range(61):
        for place, which in places:
            kinds = bad(good(tenth))
            if place == tenth:
                stream.append(kinds[which % len(kinds)])
        stream.append(good(tenth))
    plain, told = answers(make, map(good, range(61)))
    spoilt, counts = answers(make, stream)
    assert spoilt == plain
    if name != 'fusion':  # which counts what it refuses, by reason
        assert counts == told
