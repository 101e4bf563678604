"""Perception of a recording on several cores: eyes, ears and fusion work side by side."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor

from mer_ros.data import AudioBlock, BadInput, Emotion, Observation, Speaker, Words
from mer_ros.engines.pipeline import Input, Pipeline

AHEAD = 32
"""Inputs that may wait for eyes and ears: a bound of memory, about half a second of a film."""

Found = Future[tuple[list[Observation], Speaker | None]]

NOTHING: Found = Future()
"""What is found in an image that is not looked at, nor decoded."""
NOTHING.set_result(([], None))


def feed_ahead(
    pipeline: Pipeline, items: Iterable[Input]
) -> Iterator[tuple[Input, list[Emotion] | BadInput]]:
    """Yield each input with the states that are ready after it, or why it cannot be used.

    The states are those of `Pipeline.feed`: each engine gets its inputs one by one and in order,
    and evidence is fused in the order of the inputs.  Decoding and fusion run in the caller's
    thread, faces in a second one, sound and words in a third; the libraries that do most of the
    work release the interpreter's lock.
    """
    waiting: deque[tuple[Input, Found]] = deque()
    with ThreadPoolExecutor(1, 'eyes') as eyes, ThreadPoolExecutor(1, 'ears') as ears:
        for item in items:
            waiting.append((item, _begin(pipeline, item, eyes, ears)))
            if len(waiting) > AHEAD:
                yield _end(pipeline, *waiting.popleft())
        while waiting:
            yield _end(pipeline, *waiting.popleft())


def _begin(pipeline: Pipeline, item: Input, eyes: ThreadPoolExecutor, ears: ThreadPoolExecutor
           ) -> Found:
    if isinstance(item, (AudioBlock, Words)):
        return ears.submit(lambda: (pipeline.listen(item), None))
    if not pipeline.takes(item):
        return NOTHING
    seen: Found = eyes.submit(pipeline.look, item)
    # In the order of the inputs, whoever is seen to speak is known to what is heard afterwards.
    ears.submit(_note, pipeline, seen)
    return seen


def _note(pipeline: Pipeline, seen: Found) -> None:
    if seen.exception() is None and (speaker := seen.result()[1]) is not None:
        pipeline.note_speaker(speaker)


def _end(pipeline: Pipeline, item: Input, found: Found
         ) -> tuple[Input, list[Emotion] | BadInput]:
    try:
        evidence, speaker = found.result()
    except BadInput as error:
        return item, error
    return item, pipeline.fuse(item, evidence, speaker)
