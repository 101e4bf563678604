"""Collected voices of which the robot kept no sound, only what the built-in model saw of them."""

from collections.abc import Sequence
import json
import logging

import numpy as np

from mer_ros.models.session import WEIGHTS
from mer_ros.models.speech.lite_speech import LiteSpeech
from mer_ros.training.labelled_segments import Collected, read_features
from mer_ros.training.speech.speech_data import Described

_LOG = logging.getLogger(__name__)


def without_media(items: Sequence[Collected], labels: Sequence[str]) -> list[Collected]:
    """Return the items without sound whose label some clip has; the log says how many have none.

    Short clips alone cannot teach a label: the expert for the other ones would not know it.
    """
    silent = [item for item in items if not item.media]
    kept = [item for item in silent if item.label in labels]
    if len(kept) < len(silent):
        _LOG.warning('%d collected items without sound are left out: no clip has their label',
                     len(silent) - len(kept))
    return kept


def with_features(described: Described, items: Sequence[Collected], *, names: list[str],
                  labels: list[str]) -> Described:
    """Return clips with the collected features appended: each row (a second) is a short clip.

    The features are those of `LiteSpeech.features`, whose standardisation is taken back; what the
    voice encoder would have heard was not measured (NaN).  They are `hard` as every short clip is,
    and cannot be augmented.

    Args:
        described: the clips.
        items: those of `without_media`.
        names: the statistics, in the order of the clips.
        labels: the classes, in the order of ``described.truth``.

    Raises:
        ValueError: features are of another model, or of another number of statistics.
    """
    shipped = json.loads((WEIGHTS / 'lite_speech.json').read_text(encoding='utf-8'))
    if shipped['statistics'] != names:
        raise ValueError('the built-in model has other statistics than these clips; '
                         'collect sound instead of features')
    parts = [described]
    for item in items:
        rows = np.atleast_2d(read_features(item))
        if item.model != LiteSpeech.name or rows.shape[1] != len(names):
            raise ValueError(
                f'{item.features}: {rows.shape[1]} features of the model {item.model!r} were '
                f'given; needed are the {len(names)} of {LiteSpeech.name!r}, or the sound')
        count = len(rows)
        unheard = np.full((count, described.statistics.shape[1] - len(names)), np.nan)
        truth = np.full(count, labels.index(item.label))
        parts.append(Described(
            np.hstack([rows * np.array(shipped['scale']) + np.array(shipped['mean']), unheard]),
            truth, np.eye(len(labels))[truth], np.full(count, item.group),
            np.ones(count, dtype=np.int64), np.ones(count, dtype=np.bool_)))
    return Described.joined(parts)
