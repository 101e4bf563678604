"""Minutes of neutral people, by every choice of sensors."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from itertools import groupby
from pathlib import Path
from typing import Any

from mer_ros.data import BadInput, CameraImage, NANOSECONDS
from mer_ros.engines.face import FaceEngine
from mer_ros.engines.fused_stream import FusedStream
from mer_ros.engines.fusion import FusionEngine
from mer_ros.engines.fusion_settings import FusionSettings
from mer_ros.engines.humans import WholeImage
from mer_ros.engines.pipeline import Pipeline, time_of
from mer_ros.evaluation.compare import subsets
from mer_ros.evaluation.datasets.face_sets import read_image, read_table
from mer_ros.evaluation.people.calm_films import calm_films, CalmFilm
from mer_ros.evaluation.people.shown import Shown, shown
from mer_ros.evaluation.perceived import modality_of, Perceived, Step
from mer_ros.models import load_model
from mer_ros.perception.media import read_media, START, with_transcript

GAP = 5 * NANOSECONDS
"""A pause after which a person is another recording."""


def calm_minutes(root: Path, *, profile: str, settings: FusionSettings) -> list[dict[str, Any]]:
    """Return `Shown.figures` by source and choice of sensors of `calm_films`."""
    pipeline = Pipeline(profile=profile)
    total: dict[tuple[str, tuple[str, ...]], Shown] = defaultdict(Shown)
    people: dict[str, set[str]] = defaultdict(set)
    for film in calm_films(root):
        people[film.source].add(film.person)
        perceived, origin, end = _perceive(film, pipeline)
        for sensors in subsets(film.sensors):
            states = perceived.states(sensors, settings)
            total[film.source, sensors] += shown(states, origin=origin, end=end)
    return [{'source': source, 'sensors': list(sensors), 'people': len(people[source]),
             **found.figures()} for (source, sensors), found in total.items()]


def _perceive(film: CalmFilm, pipeline: Pipeline) -> tuple[Perceived, int, int]:
    pipeline.reset()
    steps: list[Step] = []
    items = with_transcript(read_media(film.path), film.words, start=START)
    for item in items:
        try:
            evidence = pipeline.perceive(item)
        except BadInput:  # what cannot be judged shows nothing
            evidence = []
        steps.append(Step(modality_of(item), time_of(item), evidence))
    end = max(step.time for step in steps)
    return Perceived(steps, pipeline.flush()), START, end


def robot_faces(root: Path, *, profile: str, settings: FusionSettings) -> dict[str, Any]:
    """Return `Shown.figures` of the face crops of a robot's camera (nobody labelled them).

    Raises FileNotFoundError where the set is not there.
    """
    folder = Path(root) / 'evalonly_robot_faces'
    rows = sorted(read_table(folder / 'labels.csv'),
                  key=lambda row: (row['person'], int(row['stamp_ns'])))
    engine = FaceEngine(load_model('face', profile), WholeImage(), every=1)
    total, people = Shown(), 0
    for _, group in groupby(rows, key=lambda row: row['person']):
        people += 1
        for recording in _recordings(group):
            total += _watch(folder, recording, engine, settings)
    return {'people': people, 'crops': len(rows), **total.figures()}


def _recordings(rows: Iterable[dict[str, str]]) -> list[list[dict[str, str]]]:
    found: list[list[dict[str, str]]] = []
    for row in rows:
        if not found or int(row['stamp_ns']) - int(found[-1][-1]['stamp_ns']) > GAP:
            found.append([])
        found[-1].append(row)
    return found


def _watch(folder: Path, rows: list[dict[str, str]], engine: FaceEngine,
           settings: FusionSettings) -> Shown:
    engine.reset()
    stream = FusedStream(FusionEngine(modalities=['face'], fusion=settings))
    states = []
    for row in rows:
        stamp = int(row['stamp_ns'])
        states += stream.add(engine.process(CameraImage(
            stamp, read_image(folder / row['path']))), stamp)
    states += stream.end(engine.flush())
    first, last = (int(row['stamp_ns']) for row in (rows[0], rows[-1]))
    return shown(states, origin=first, end=last + NANOSECONDS)
