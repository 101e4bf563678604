"""How a perception node keeps uncertain segments for labelling; it is off unless asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from rclpy.clock import Clock, ClockType

from mer_ros.data import Logits
from mer_ros.engines.collector import Collector
from mer_ros.engines.scores import features_of
from mer_ros.models.protocols import HasFeatures
from mer_ros.nodes.base.parameters import Parameter

if TYPE_CHECKING:
    from mer_ros.nodes.base.perception_node import PerceptionNode

COLLECT = (
    Parameter(name='collect.folder', default='',
              description='folder for the most uncertain segments, to be labelled with `mer_ros '
                          'label`; empty disables collection'),
    Parameter(name='collect.consent', default=False,
              description='confirms that the people in front of the robot consent to collection; '
                          'required by collect.folder, else the node refuses to be configured'),
    Parameter(name='collect.capacity', default=500, range=(1, 10_000),
              description='maximum number of segments; when full, the least uncertain unlabelled '
                          'segment is deleted'),
    Parameter(name='collect.retention_days', default=30.0, range=(0.001, 3650.0),
              description='retention time in days; older segments are deleted, labelled or not'),
    Parameter(name='collect.media', default=False,
              description='also store the face image, sound or text for labelling, not only its '
                          'features'),
    Parameter(name='collect.min_entropy', default=1.0, range=(0.0, 10.0),
              description='minimum entropy (bits) of a prediction to be kept; 1 bit = undecided '
                          'between two classes'),
)
"""The parameters of a node that may collect."""

HOUR_S = 3600.0
"""Seconds between two looks for segments that have become too old."""


def collects(values: Mapping[str, Any]) -> bool:
    """Tell whether segments are to be kept; raise ValueError where nobody has agreed to it.

    A node without these parameters keeps nothing.
    """
    folder = values.get('collect.folder')
    if folder and not values['collect.consent']:
        raise ValueError(
            f'collect.folder={folder!r} would store data about people, and collect.consent is '
            f'false: ask those before the robot, tell them what is kept and for how long '
            f'(doc/PRIVACY.md), and set collect.consent to true when they agree')
    return bool(folder)


class Collecting:
    """A collector and the timer that deletes what is too old, for as long as they are open.

    Args:
        node: whose segments are kept.
        model: what judges them; tells their features where it can.
        values: of the parameters.

    Raises:
        ValueError: the folder holds other things, or nothing of a segment could be kept.
        OSError: the folder cannot be written.
    """

    def __init__(self, node: PerceptionNode, model: Any, values: Mapping[str, Any]) -> None:
        gives_features = isinstance(model, HasFeatures) or node.modality == 'av'
        if not gives_features and not values['collect.media']:
            raise ValueError(f'the model {model.name!r} gives no features, and collect.media is '
                             f'false: nothing of a segment could be kept; set it to true or take '
                             f'the built-in model')
        self._failing: set[str] = set()
        self.words = (
            f'uncertain segments{" with their media" if values["collect.media"] else ""} in '
            f'{values["collect.folder"]} for at most {values["collect.retention_days"]:g} days')
        """What is kept, for people."""
        self._node = node
        self._model = model
        self._collector = Collector(
            Path(values['collect.folder']).expanduser(), seen=self._seen,
            capacity=values['collect.capacity'],
            retention_days=values['collect.retention_days'], media=values['collect.media'],
            min_entropy=values['collect.min_entropy'])
        self._expire()
        self._timer = node.create_timer(
            HOUR_S, self._expire, clock=Clock(clock_type=ClockType.STEADY_TIME))

    def close(self) -> None:
        """Stop looking for old segments."""
        self._node.destroy_timer(self._timer)

    def offer(self, logits: Logits) -> None:
        """Keep a segment if it is among the most uncertain; what fails is counted and logged."""
        self._try('collected', lambda: self._collector.offer(logits), 'a segment is not kept')

    def _expire(self) -> None:
        self._try('expired', self._collector.expire, 'old segments are not deleted')

    def _try(self, counted: str, work: Callable[[], int], problem: str) -> None:
        """Work on the folder; what fails is counted, and said once until it works again."""
        try:
            done = work()
        except (OSError, ValueError) as error:
            if problem in self._failing:
                self._node.meter.count('refused.collecting')
            else:
                self._node.complain('collecting', f'{problem}: {error}')
            self._failing.add(problem)
            return
        self._failing.discard(problem)
        if done:
            self._node.meter.count(counted, int(done))

    def _seen(self, logits: Logits) -> NDArray[np.float32] | None:
        """Return what the model saw of all that it judged, (T, D).

        The features that a node publishes are only of what is new since the last ones.
        """
        media = logits.media
        if media is None or not isinstance(self._model, HasFeatures):
            return logits.features
        judged = (media.picture, media.sound, media.words)
        return features_of(self._model, next(one for one in judged if one is not None))
