"""Perceive the emotions in a media file, without ROS."""

from __future__ import annotations

from dataclasses import asdict
import json
import math
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.progress import track

from mer_ros.data import Emotion, NANOSECONDS
from mer_ros.engines.fusion_settings import FusionSettings
from mer_ros.engines.pipeline import Pipeline
from mer_ros.evaluation.timeline import plot_timeline
from mer_ros.perception.media import read_media, with_transcript
from mer_ros.view import summary_table

START = NANOSECONDS
"""Stamp of the first moment of a file, in nanoseconds: 0 would mean that there is no time."""


def analyze_media(
    media: Path, *, output: Path, transcript: str = '', profile: str = 'lite',
    preset: str = 'calibrated',
) -> list[Emotion]:
    """Write states.json and timeline.png for a video, audio or image file, and print a summary.

    Args:
        media: the file.
        output: folder to write to; it is made.
        transcript: what is said in it; judged as one text that ends with the file.
        profile: name of the models.
        preset: name of the fusion preset.

    Returns:
        The states, in order; their stamps start at ``START``.

    Raises:
        ValueError: the file cannot be decoded, or nothing in it could be perceived.

    """
    pipeline = Pipeline(profile=profile, fusion=FusionSettings(preset=preset))
    inputs = track(with_transcript(read_media(media, start=START), transcript, start=START),
                   description=media.name, total=None)
    states = list(pipeline.run(inputs))
    if not states:
        raise ValueError(f'nothing was perceived in {media}: no face, no voice, no transcript')
    output.mkdir(parents=True, exist_ok=True)
    (output / 'states.json').write_text(json.dumps([plain(state) for state in states], indent=1))
    plot_timeline(states, output / 'timeline.png', title=media.name)
    console = Console()
    console.print(summary_table(states))
    console.print(f'{output / "states.json"}\n{output / "timeline.png"}')
    return states


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
