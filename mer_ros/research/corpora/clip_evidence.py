"""What the engines say about a clip of a corpus, as one piece of evidence a modality."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
import heapq

import numpy as np

from mer_ros.data import AudioBlock, BadInput, CameraImage, Logits, Observation
from mer_ros.emotions import align, EMOTIONS
from mer_ros.engines.pipeline import Input
from mer_ros.evaluation.perceived import Perceiver
from mer_ros.evaluation.recorded_evidence import Scores
from mer_ros.perception.face_crops import saliency
from mer_ros.perception.media import read_media, START, with_transcript
from mer_ros.research.corpora.clip import Clip


def perceive_clip(clip: Clip, pipeline: Perceiver) -> tuple[dict[str, Logits], list[str]]:
    """Return the evidence of a clip by modality, and why a part of it could not be used.

    The paper decides once a clip, from one frame, all that is said and all words.  So does this:

    * face: the evidence with the highest probability of a class, as the frame selector says, or
      else the expression model (section 3.3.2);
    * speech and text: the mean of the logits of all utterances, weighted by their lengths.
      A sliding window that overlaps something longer is left out.

    A clip that breaks off, or cannot be read at all, gives no evidence.
    """
    pipeline.reset()
    problems: dict[str, str] = {}
    found: list[Observation] = []
    try:
        for item in _inputs(clip):
            try:
                found += pipeline.perceive(item)
            except BadInput as error:
                problems.setdefault(error.reason, str(error))
    except (BadInput, OSError) as error:
        return {}, [str(error)]
    found += pipeline.flush()
    evidence = [one for one in found if isinstance(one, Logits)]
    by_modality = {name: [one for one in evidence if one.modality == name]
                   for name in sorted({one.modality for one in evidence})}
    return ({name: _most_salient(each) if name == 'face' else _mean(each)
             for name, each in by_modality.items()}, list(problems.values()))


def scores_of(evidence: Sequence[Logits | None]) -> Scores:
    """Return the evidence of one model about N clips as scores, where None is missing.

    Raises ValueError where there is none at all.
    """
    labels = next((one.labels for one in evidence if one is not None), None)
    if labels is None:
        raise ValueError(f'none of the {len(evidence)} clips has this modality')
    present = np.array([one is not None for one in evidence], dtype=np.bool_)
    logits = np.zeros((len(evidence), len(EMOTIONS)))
    logits[present], named = align(labels, [one.logits for one in evidence if one is not None])
    return Scores(logits, named, present)


def _inputs(clip: Clip) -> Iterator[Input]:
    streams: list[Iterator[CameraImage | AudioBlock]] = []
    if clip.film is not None:
        film = read_media(clip.film)
        streams.append(film if clip.sound is None else
                       (item for item in film if isinstance(item, CameraImage)))
    if clip.sound is not None:
        streams.append(item for item in read_media(clip.sound)
                       if isinstance(item, AudioBlock))
    merged = heapq.merge(*streams, key=lambda item: item.stamp)
    return with_transcript(merged, clip.transcript, start=START)


def _most_salient(evidence: Sequence[Logits]) -> Logits:
    return max(evidence, key=lambda one: one.saliency or saliency('probability', one.logits))


def _mean(evidence: Sequence[Logits]) -> Logits:
    kept: list[Logits] = []
    for one in sorted(evidence, key=lambda one: -one.window):
        if all(one.stamp <= other.stamp - other.window or other.stamp <= one.stamp - one.window
               for other in kept):
            kept.append(one)
    lengths = [max(one.window, 1) for one in kept]
    return replace(kept[0], logits=np.average([one.logits for one in kept], axis=0,
                                              weights=lengths))
