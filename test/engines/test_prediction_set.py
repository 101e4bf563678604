"""Labels that cannot be ruled out."""

from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
import numpy as np
import pytest

from mer_ros.data import Logits, nanoseconds
from mer_ros.emotions import EMOTIONS, UNKNOWN
from mer_ros.engines.fusion import FusionEngine
from mer_ros.engines.fusion_settings import FusionSettings
from mer_ros.engines.prediction_set import prediction_set, surpassed
from mer_ros.fusion.logspace import softmax

PROBABILITIES = arrays(np.float64, 7, elements=st.floats(-9, 9)).map(softmax)


def state(logits: np.ndarray, **settings: float) -> object:
    engine = FusionEngine(modalities=['face'], fusion=FusionSettings(**settings))
    (found,) = engine.add(Logits(nanoseconds(9), 'face', EMOTIONS, logits), nanoseconds(9))
    return found


@given(PROBABILITIES, st.floats(0, 1), st.floats(0, 1))
def test_a_larger_threshold_never_gives_fewer_labels(
    probability: np.ndarray, one: float, other: float
) -> None:
    small, large = (set(prediction_set(EMOTIONS, probability, threshold))
                    for threshold in sorted((one, other)))
    assert small <= large


@given(PROBABILITIES, st.floats(0, 1))
def test_the_best_label_is_always_in_it_and_more_probable_ones_go_first(
    probability: np.ndarray, threshold: float
) -> None:
    found = prediction_set(EMOTIONS, probability, threshold)
    assert EMOTIONS[int(probability.argmax())] in found
    inside = np.isin(EMOTIONS, found)
    assert inside.all() or probability[inside].min() >= probability[~inside].max()
    assert found == tuple(label for label in EMOTIONS if label in found)


@given(PROBABILITIES)
def test_a_threshold_of_one_gives_all_labels(probability: np.ndarray) -> None:
    assert prediction_set(EMOTIONS, probability, 1.0) == EMOTIONS


def test_a_label_is_ruled_out_by_what_is_more_probable() -> None:
    np.testing.assert_allclose(surpassed(np.array([0.2, 0.5, 0.3])), [0.8, 0.0, 0.5])
    assert prediction_set('abc', np.array([0.2, 0.5, 0.3]), 0.5) == ('b', 'c')


def test_where_nothing_is_known_nothing_is_ruled_out() -> None:
    engine = FusionEngine(modalities=['face'], fusion=FusionSettings(
        set_coverage=0.9, set_threshold=0.0))
    nothing = engine.nothing_known('', 5)
    assert nothing.label == UNKNOWN
    assert nothing.prediction_set == EMOTIONS
    assert state(np.zeros(7), set_coverage=0.9, set_threshold=0.0).prediction_set == EMOTIONS


def test_a_state_that_abstains_still_says_what_it_can_rule_out() -> None:
    logits = np.array([3.0, 0.0, 0.0, 3.0, 0.0, 0.0, 0.0])
    found = state(logits, set_coverage=0.8, set_threshold=0.8, min_confidence=0.6)
    assert found.label == UNKNOWN
    assert found.prediction_set == ('anger', 'happiness')
    assert found.prediction_set_coverage == 0.8


def test_without_a_coverage_there_are_no_sets() -> None:
    found = state(np.zeros(7), set_threshold=0.5)
    assert (found.prediction_set, found.prediction_set_coverage) == ((), 0.0)


@pytest.mark.parametrize('wrong', [{'set_coverage': 1.5}, {'set_threshold': float('nan')}])
def test_numbers_outside_their_range_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        FusionSettings(**wrong)
