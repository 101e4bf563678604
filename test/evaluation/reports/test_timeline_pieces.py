"""States that are too many to be drawn one by one."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from mer_ros.data import Emotion, ModalityOpinion, NANOSECONDS
from mer_ros.emotions import EMOTIONS
from mer_ros.evaluation.reports.spans import label_runs, spans_of
from mer_ros.evaluation.reports.timeline_pieces import MOST, Piece, pieces_of

TENTH = NANOSECONDS // 10


def state(tenth: int, label: str, *, weight: float = 1.0, modality: str = 'face') -> Emotion:
    probability = np.full(7, 0.05)
    probability[EMOTIONS.index(label)] = 0.7
    opinion = ModalityOpinion(modality, 'm', probability, 0.2, probability, 0, weight)
    return Emotion(
        tenth * TENTH, 0, '', label, 0.7, 0.2, 0.1, EMOTIONS, probability, probability,
        probability + 1, modalities=(opinion,))


def pieces(states: list[Emotion]) -> list[Piece]:
    spans = spans_of(states)['']
    return pieces_of(spans, spans[-1].end)


def test_few_states_are_drawn_one_by_one():
    states = [state(tenth, EMOTIONS[tenth % 7], weight=tenth / 100) for tenth in range(100)]
    found = pieces(states)
    assert [piece.label for piece in found] == [each.label for each in states]
    assert [piece.used['face'] for piece in found] == [
        (each.label, pytest.approx(tenth / 100)) for tenth, each in enumerate(states)]


def test_an_hour_of_states_becomes_no_more_pieces_than_can_be_seen():
    found = pieces([state(tenth, EMOTIONS[tenth % 4 // 3]) for tenth in range(36_000)])
    assert MOST / 2 < len(found) <= MOST + 1
    assert all(one.end == other.begin for one, other in pairwise(found))
    assert label_runs(found) == [(EMOTIONS[0], 0.0, found[-1].end)]
    mean = 0.75 * 0.7 + 0.25 * 0.05
    assert found[7].probability[0] == pytest.approx(mean, abs=0.01)
    assert found[7].probability.sum() == pytest.approx(1.0)


def test_a_state_that_holds_longer_counts_for_more():
    # One state of 0.9 s and one of 0.1 s, in turn, for an hour.
    states = [state(10 * second + late, EMOTIONS[bool(late)], weight=1.0 if late else 0.5)
              for second in range(3_600) for late in (0, 9)]
    found = pieces(states)[5]
    assert found.label == EMOTIONS[0]
    assert found.probability[0] == pytest.approx(0.9 * 0.7 + 0.1 * 0.05, abs=0.01)
    assert found.used['face'] == (EMOTIONS[0], pytest.approx(0.55, abs=0.01))


def test_a_modality_that_speaks_half_of_the_time_is_half_as_strong():
    found = pieces([state(tenth, 'fear', modality=('face', 'text')[tenth % 2])
                    for tenth in range(36_000)])[3]
    assert found.used == {name: ('fear', pytest.approx(0.5, abs=0.01)) for name in ('face', 'text')}


def test_a_long_gap_stays_a_gap():
    times = [*range(4_000), *range(8_000, 12_000)]
    states = [state(tenth, 'fear') for tenth in times]
    found = pieces([replace(each, valid_for=TENTH) for each in states])
    runs = label_runs(found)
    assert len(runs) == 2
    assert runs[1][1] - runs[0][2] == pytest.approx(400.0, abs=5.0)
