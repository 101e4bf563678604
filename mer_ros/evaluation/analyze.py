"""Perceive the emotions in a media file or a bag, without ROS."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
import json
import math
from pathlib import Path
from textwrap import indent
from typing import Any

import numpy as np
from rich.console import Console
from rich.markup import escape
from rich.progress import track

from mer_ros.atomic_write import write_atomically
from mer_ros.bags import BagError
from mer_ros.bags.reader import is_bag
from mer_ros.data import BadInput, Emotion
from mer_ros.engines.fusion_settings import FusionSettings
from mer_ros.engines.lanes import feed_ahead
from mer_ros.engines.pipeline import Input, Pipeline
from mer_ros.engines.pipeline_parts import Settings
from mer_ros.engines.profile_fusion import fusion_of
from mer_ros.evaluation.bag_inputs import BagInputs
from mer_ros.evaluation.bag_logits import BagLogits
from mer_ros.evaluation.reports.state_view import states_table, summary_table
from mer_ros.evaluation.reports.timeline import plot_timeline
from mer_ros.perception.media import open_media, START, with_transcript
from mer_ros.remarks import Remarks
from mer_ros.spilled import Spilled


@dataclass(slots=True)
class Analysis:
    """The states in order, the stamps (ns) between which the input lies, and what is to be said.

    ``topics`` tells, line by line, what was taken of a bag and what else there was.
    """

    remarks: Remarks
    states: Spilled[Emotion] = field(default_factory=Spilled)
    origin: int = 0
    end: int = 0
    topics: list[str] = field(default_factory=list)


def analyze(
    source: Path, *, output: Path, transcript: str = '', profile: str = 'lite',
    preset: str | None = None, people: str = 'one', topics: Mapping[str, str] | None = None,
    audio: Mapping[str, Any] | None = None, settings: Settings | None = None,
    console: Console | None = None,
) -> Sequence[Emotion]:
    """Write states.json, inputs.json and timeline.png, and print the states and their summary.

    inputs.json tells which topics of a bag were taken and which not, and counts what could not be
    used, each reason with its first message.

    Args:
        source: a video, audio or image file; or a bag: its images, sound and words are perceived
            or, where it holds none, its logits of whatever modality are fused.
        output: folder to write to; it is made.
        transcript: what is said in a media file; judged as one text that ends with the file.
        profile: name of the models.
        preset: name of the fusion preset; None = that of the profile.
        people: 'one', or 'many' to follow every face.
        topics: topics of a bag by modality, see `choose_topics`.
        audio: what the bytes of AudioData in a bag are, see `SoundReader`.
        settings: parameters of the models and engines, see `parse_settings`.
        console: where to print; the terminal by default.

    Returns:
        The states, in order, read from a file each time; those of a media file have stamps that
        start at ``START``.

    Raises:
        BagError: the bag cannot be read, or holds nothing that can be perceived.
        ValueError: the file cannot be decoded, nothing in it could be perceived, a transcript
            came with a bag, or topics with a media file.

    """
    if transcript and is_bag(source):
        raise ValueError(f'{source} is a bag, which brings its own words; a transcript goes with a '
                         f'media file')
    if audio and not is_bag(source):
        raise ValueError(f'{source} is no bag: it says itself what its sound is, given --audio')
    if topics and not is_bag(source):
        raise ValueError(f'{source} is no bag: it has no topics, given {dict(topics)}')
    fusion = fusion_of(profile, preset)
    console = console or Console()
    if is_bag(source):
        found = _bag(source, fusion, topics, audio, console, profile=profile, people=people,
                     settings=settings)
    else:
        found = _media(source, transcript, console, Pipeline(
            profile=profile, fusion=fusion, people=people, settings=settings,
            words=bool(transcript.strip())))
    told = [*found.topics, *found.remarks.lines()]
    if not found.states:
        raise ValueError('; '.join([
            f'nothing was perceived in {source}: no face, no voice, no transcript', *told]))
    output.mkdir(parents=True, exist_ok=True)
    write_atomically(output / 'states.json', _as_json(found.states))
    write_atomically(output / 'inputs.json', json.dumps(
        {'topics': found.topics, **found.remarks.plain()}, indent=1))
    plot_timeline(found.states, output / 'timeline.png', title=source.name, origin=found.origin,
                  end=found.end)
    console.print(
        states_table(found.states, origin=found.origin, end=found.end),
        summary_table(found.states, end=found.end), *told, output / 'states.json',
        output / 'inputs.json', output / 'timeline.png', sep='\n', soft_wrap=True, markup=False)
    return found.states


def _media(media: Path, transcript: str, console: Console, pipeline: Pipeline) -> Analysis:
    remarks = Remarks()
    return _perceive(
        with_transcript(open_media(media, start=START, remarks=remarks), transcript, start=START),
        media.name, console, pipeline, Analysis(remarks))


def _bag(bag: Path, fusion: FusionSettings, topics: Mapping[str, str] | None,
         audio: Mapping[str, Any] | None, console: Console, **options: Any) -> Analysis:
    try:
        inputs = BagInputs(bag, topics, audio)
    except BagError:
        logits = BagLogits(bag, topics)
        if not logits.modalities:
            raise
        return Analysis(logits.remarks, Spilled(logits.states(fusion)), logits.origin, logits.end)
    return _perceive(
        inputs.read(inputs.topics, decode=False), bag.name, console,
        Pipeline(fusion=fusion, words='text' in inputs.topics, **options),
        Analysis(inputs.remarks, topics=inputs.choice.lines()))


def _perceive(items: Iterable[Input], name: str, console: Console, pipeline: Pipeline,
              found: Analysis) -> Analysis:
    """Perceive a recording item by item: none is kept, so that it may be of any length."""
    shown = track(items, description=escape(name), total=None, console=console)
    for (stamp, end), states in feed_ahead(pipeline, shown):
        found.origin = min(found.origin or stamp, stamp)
        found.end = max(found.end, end)
        if isinstance(states, BadInput):
            found.remarks.count(states.reason, str(states))
        else:
            found.states.extend(states)
    found.states.extend(pipeline.finish())
    pipeline.tell(found.remarks)
    return found


def _as_json(states: Iterable[Emotion]) -> Iterator[str]:
    """Yield the list of the states bit by bit: in one piece it takes four times their memory."""
    for index, state in enumerate(states):
        yield ',\n' if index else '[\n'
        yield indent(json.dumps(plain(state), indent=1), ' ')
    yield '\n]'


def plain(state: Emotion) -> dict[str, Any]:
    """Return a state as what JSON can hold: arrays become lists, an unknown number becomes None."""
    fields: dict[str, Any] = _plain(asdict(state))
    return fields


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return None if isinstance(value, float) and math.isnan(value) else value
