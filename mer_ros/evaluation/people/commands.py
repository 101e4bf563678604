"""Commands to robots: any emotion shown is a false alarm."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from mer_ros.data import BadInput, Logits, Words
from mer_ros.emotions import UNKNOWN
from mer_ros.engines.fusion_settings import FusionSettings
from mer_ros.engines.text import TextEngine
from mer_ros.evaluation.datasets.text_sets import rows_of
from mer_ros.evaluation.people.judged import judged
from mer_ros.models import load_model

MOST = 200
"""Sentences of a language and a source that are judged."""


def read_text(engine: TextEngine, text: str, language: str = '') -> Logits | None:
    """Return the evidence of a text; None where there is none in it."""
    try:
        (logits,) = engine.process(Words(1, text, language=language))
    except BadInput:
        return None
    return logits


def command_alarms(root: Path, *, profile: str, settings: FusionSettings
                   ) -> list[dict[str, Any]]:
    """Return by language and source how many commands are shown with an emotion, or not at all.

    The test split of robot_commands; the language comes with the words.  Raises
    FileNotFoundError where the set is not there.
    """
    engine = TextEngine(load_model('text', profile))
    said: dict[tuple[str, str], list[str]] = defaultdict(list)
    for row in rows_of('robot_commands', root, 'test'):
        said[row['language'], row['source']].append(row['text'])
    found = []
    for (language, source), texts in sorted(said.items()):
        some = spread(texts, MOST)
        shown = judged([read_text(engine, text, language) for text in some], settings)
        found.append({'language': language, 'source': source, 'n': len(some),
                      'alarms': shown.share('neutral', UNKNOWN),
                      'anger': shown.labels.count('anger') / len(some),
                      'unknown': shown.labels.count(UNKNOWN) / len(some)})
    return found


def spread(items: Sequence[Any], most: int) -> list[Any]:
    """Return at most so many items, evenly spread over all."""
    step = max(1.0, len(items) / most)
    return [items[int(index * step)] for index in range(min(len(items), most))]
