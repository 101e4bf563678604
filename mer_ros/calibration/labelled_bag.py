"""Labelled logits and states of a recorded robot."""

from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np

from mer_ros.calibration.labelled_logits import side_by_side
from mer_ros.data import Emotion, Logits, NANOSECONDS
from mer_ros.emotions import align, EMOTIONS
from mer_ros.engines.fusion_settings import FusionSettings
from mer_ros.evaluation.bag_labels import LabelSpan, read_labels
from mer_ros.evaluation.bag_logits import BagLogits
from mer_ros.evaluation.recorded_evidence import Evidence, Outcomes, Scores


class LabelledBag:
    """The logits that a bag holds where its labels say the truth.

    A group is a person, or in a bag of one person a labelled span.  Times of the labels (see
    `read_labels`) count from the beginning of the earliest evidence.

    Args:
        bag: the bag.
        topics: the topic of a modality that is used alone, '' for none.

    Raises:
        BagError: the bag cannot be read.
        FileNotFoundError: the bag has no labels.
        ValueError: the labels are wrong, or the bag holds no logits.
    """

    def __init__(self, bag: Path, topics: Mapping[str, str] | None = None) -> None:
        self._bag = bag
        self._spans = read_labels(bag)
        self._recorded = BagLogits(bag, topics)
        if not self._recorded.logits:
            raise ValueError(f'{bag} holds no usable message of type mer_ros/msg/ModalityLogits: '
                             f'record X/logits')
        self._several = len({item.person_id for item in self._recorded.logits}) > 1

    def evidence(self) -> Evidence:
        """Return one message a row; raise ValueError if none lies in any span."""
        parts: dict[str, list[tuple[Logits, LabelSpan]]] = {}
        for item in self._recorded.logits:
            if (span := self._span(item)) is not None:
                parts.setdefault(item.modality, []).append((item, span))
        if not parts:
            raise ValueError(f'{self._bag}: none of the {len(self._recorded.logits)} logits lies '
                             f'in any of the {len(self._spans)} spans of its labels')
        return side_by_side({
            name: (_scores(item for item, _ in pairs), [span.label for _, span in pairs],
                   [self._group(item, span) for item, span in pairs])
            for name, pairs in parts.items()})

    def outcomes(self, settings: FusionSettings) -> Outcomes:
        """Return the states that the fusion node makes of them with these settings."""
        # Of the states, only what is needed: there may be hours of them.
        found = [(state.probability, EMOTIONS.index(span.label), self._group(state, span))
                 for state in self._recorded.states(settings)
                 if state.modalities and (span := self._span(state)) is not None]
        return Outcomes(
            np.array([probability for probability, _, _ in found]).reshape(-1, len(EMOTIONS)),
            np.array([label for _, label, _ in found], dtype=np.intp),
            [group for _, _, group in found])

    def _span(self, item: Logits | Emotion) -> LabelSpan | None:
        time = (item.stamp - self._recorded.origin) / NANOSECONDS
        return next((span for span in self._spans if span.holds(time, item.person_id)), None)

    def _group(self, item: Logits | Emotion, span: LabelSpan) -> str:
        return item.person_id if self._several else f'from {span.start:g} s'


def _scores(items: Iterable[Logits]) -> Scores:
    aligned = [align(item.labels, item.logits) for item in items]
    return Scores(np.array([values for values, _ in aligned]), aligned[0][1],
                  np.ones(len(aligned), dtype=np.bool_))
