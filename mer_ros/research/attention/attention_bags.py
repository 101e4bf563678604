"""Labelled rows for the attention fusion, of the bags of a robot."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from mer_ros.data import NANOSECONDS
from mer_ros.emotions import align, EMOTIONS
from mer_ros.evaluation.bag_labels import read_labels
from mer_ros.evaluation.bag_logits import BagLogits
from mer_ros.research.attention.attention_data import Rows
from mer_ros.research.attention.attention_model import centred
from mer_ros.window import Window, Windows


def rows_of_bags(bags: Sequence[Path]) -> Rows:
    """Return the logits of the windows that the fusion node would make of labelled bags.

    A group is a person of a bag, or a span of its labels where nobody is named.

    Raises:
        BagError: a bag cannot be read.
        FileNotFoundError: a bag has no labels.
        ValueError: the labels are wrong, or no window lies in any of their spans.
    """
    found: list[tuple[Window, str, str]] = []
    for bag in bags:
        spans, recorded = read_labels(bag), BagLogits(bag)
        for window in _windows(recorded):
            time = (window.time - recorded.origin) / NANOSECONDS
            for place, span in enumerate(spans):
                if span.holds(time, window.person_id):
                    who = window.person_id or f'span {place}'
                    found.append((window, span.label, f'{bag.name}: {who}'))
                    break
    if not found:
        raise ValueError(f'no window of {[bag.name for bag in bags]} lies in a labelled span: '
                         f'record X/logits, and see labels.csv')
    names = sorted({name for window, _, _ in found for name in window.evidence})
    inputs = {name: np.zeros((len(found), len(EMOTIONS))) for name in names}
    present = {name: np.zeros(len(found), dtype=np.bool_) for name in names}
    for row, (window, _, _) in enumerate(found):
        for name, one in window.evidence.items():
            inputs[name][row] = centred(align(one.logits.labels, one.logits.logits)[0])
            present[name][row] = True
    return Rows(inputs, present,
                np.array([EMOTIONS.index(label) for _, label, _ in found], dtype=np.intp),
                np.array([group for _, _, group in found]), EMOTIONS)


def _windows(recorded: BagLogits) -> Iterator[Window]:
    """Yield the windows of event time that hold evidence."""
    if not recorded.logits:
        return
    windows = Windows(recorded.modalities)
    items = sorted(recorded.logits, key=lambda one: one.stamp)
    for item in items:
        yield from windows.add(item, item.stamp)
    end = items[-1].stamp + windows.settings.length + windows.settings.settle
    yield from (window for window in windows.advance(end) if window.evidence)
