"""Perceive the emotions in a media file or a bag, without ROS."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
import json
import math
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.progress import track

from mer_ros.bags import BagError
from mer_ros.bags.reader import is_bag
from mer_ros.data import BadInput, Emotion
from mer_ros.engines.fusion_settings import FusionSettings, MIN_CONFIDENCE
from mer_ros.engines.pipeline import Pipeline
from mer_ros.evaluation.bag_inputs import BagInputs
from mer_ros.evaluation.bag_logits import BagLogits
from mer_ros.evaluation.reports.state_view import states_table, summary_table
from mer_ros.evaluation.reports.timeline import plot_timeline
from mer_ros.perception.media import read_media, START, with_transcript
from mer_ros.profiles import preset_of


@dataclass(frozen=True, slots=True)
class Analysis:
    """The states in order, the stamp (ns) of the first moment, and what was skipped, by reason."""

    states: list[Emotion]
    origin: int
    skipped: Mapping[str, int] = field(default_factory=Counter)


def analyze(
    source: Path, *, output: Path, transcript: str = '', profile: str = 'lite',
    preset: str | None = None, people: str = 'one',
) -> list[Emotion]:
    """Write states.json and timeline.png, and print the states and what they sum up to.

    Args:
        source: a video, audio or image file; or a bag: its images, sound and words are perceived
            or, where it holds none, its logits of whatever modality are fused.
        output: folder to write to; it is made.
        transcript: what is said in a media file; judged as one text that ends with the file.
        profile: name of the models.
        preset: name of the fusion preset; None = that of the profile.
        people: 'one', or 'many' to follow every face.

    Returns:
        The states, in order; those of a media file have stamps that start at ``START``.

    Raises:
        BagError: the bag cannot be read, or holds nothing that can be perceived.
        ValueError: the file cannot be decoded, nothing in it could be perceived, or a transcript
            came with a bag.

    """
    if transcript and is_bag(source):
        raise ValueError(f'{source} is a bag, which brings its own words; a transcript goes with a '
                         f'media file')
    fusion = FusionSettings(preset=preset or preset_of(profile), min_confidence=MIN_CONFIDENCE)
    if is_bag(source):
        found = _bag(source, fusion, profile=profile, people=people)
    else:
        found = _media(source, transcript, Pipeline(profile=profile, fusion=fusion, people=people))
    skipped = [f'{count} inputs skipped: {reason}' for reason, count in found.skipped.items()]
    if not found.states:
        raise ValueError('; '.join([
            f'nothing was perceived in {source}: no face, no voice, no transcript', *skipped]))
    output.mkdir(parents=True, exist_ok=True)
    (output / 'states.json').write_text(
        json.dumps([plain(state) for state in found.states], indent=1))
    plot_timeline(found.states, output / 'timeline.png', title=source.name, origin=found.origin)
    Console().print(
        states_table(found.states, origin=found.origin), summary_table(found.states), *skipped,
        output / 'states.json', output / 'timeline.png', sep='\n', soft_wrap=True)
    return found.states


def _media(media: Path, transcript: str, pipeline: Pipeline) -> Analysis:
    inputs = track(with_transcript(read_media(media), transcript, start=START),
                   description=media.name, total=None)
    return Analysis(list(pipeline.run(inputs)), START)


def _bag(bag: Path, fusion: FusionSettings, **options: str) -> Analysis:
    try:
        inputs = BagInputs(bag)
    except BagError:
        logits = BagLogits(bag)
        if not logits.modalities:
            raise
        return Analysis(logits.states(fusion), logits.origin, +logits.skipped)
    pipeline = Pipeline(fusion=fusion, **options)
    states: list[Emotion] = []
    stamps = []
    for item in track(inputs.read(inputs.topics), description=bag.name, total=None):
        stamps.append(item.stamp)
        try:
            states += pipeline.feed(item)
        except BadInput as error:
            inputs.skipped[error.reason] += 1
    states += pipeline.finish()
    return Analysis(states, min(stamps, default=0), +inputs.skipped)


def plain(state: Emotion) -> dict[str, Any]:
    """Return a state as what JSON can hold: arrays become lists, an unknown number becomes None."""
    return _plain(asdict(state))


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return None if isinstance(value, float) and math.isnan(value) else value
