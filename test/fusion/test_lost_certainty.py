"""How much certainty is lost where modalities disagree."""

from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
import numpy as np
import pytest

from mer_ros.fusion import fuse

K = 7
SCORES = arrays(np.float64, K, elements=st.floats(-8, 8))


def fused(*modalities: np.ndarray, **options: object) -> object:
    return fuse({f'm{i}': np.asarray(values, dtype=np.float64)
                 for i, values in enumerate(modalities)},
                **{'output_temperature': 1.0, 'doubt': True, **options})


def says(label: int, strength: float) -> np.ndarray:
    return strength * np.eye(K)[label]


@given(SCORES, st.permutations(range(K)))
def test_it_is_a_share_and_the_same_in_every_order(values: np.ndarray, order: list[int]) -> None:
    lost = fused(values, values[order]).lost_certainty
    assert 0.0 <= lost <= 1.0
    assert fused(values[order], values).lost_certainty == pytest.approx(float(lost), abs=1e-9)


@given(SCORES, st.floats(0.1, 10.0))
def test_one_modality_and_those_that_rank_alike_lose_nothing(
    values: np.ndarray, factor: float
) -> None:
    assert fused(values).lost_certainty == 0.0
    assert fused(values, factor * values).lost_certainty == pytest.approx(0.0, abs=1e-6)


@given(SCORES)
def test_a_modality_without_evidence_has_no_part_in_it(values: np.ndarray) -> None:
    other = values[::-1]
    two = fused(values, other).lost_certainty
    assert fused(values, other, np.zeros(K)).lost_certainty == pytest.approx(float(two), abs=1e-9)
    ignored = fused(values, other, says(0, 5.0), reliability={'m2': 0.0}).lost_certainty
    assert ignored == pytest.approx(float(two), abs=1e-9)


@pytest.mark.parametrize('count', [2, 3, 5])
def test_those_that_are_certain_of_different_classes_keep_what_a_guess_among_them_is_worth(
    count: int
) -> None:
    opinion = fused(*(says(label, 60.0) for label in range(count)))
    assert opinion.lost_certainty == pytest.approx(1 - (1 / count - 1 / K) / (1 - 1 / K))


def test_it_does_not_shrink_with_certainty_as_disagreement_does() -> None:
    weak, strong = (fused(says(0, size), says(1, size)) for size in (0.5, 3.0))
    assert weak.lost_certainty > strong.lost_certainty > 0.4
    assert weak.disagreement < 0.1 < strong.disagreement


def test_it_grows_the_more_evenly_two_sides_are_matched() -> None:
    lost = [float(fused(says(0, 4.0), says(1, size)).lost_certainty)
            for size in (0.0, 1.0, 2.0, 3.0, 4.0)]
    assert lost == sorted(lost)
    assert lost[0] == pytest.approx(0.0, abs=1e-12)


@given(SCORES, SCORES)
def test_contradiction_raises_the_uncertainty_and_leaves_the_probability(
    one: np.ndarray, other: np.ndarray
) -> None:
    doubted, plain = (fused(one, other, doubt=doubt) for doubt in (True, False))
    np.testing.assert_allclose(doubted.probability, plain.probability, rtol=1e-9, atol=1e-15)
    assert 1.0 - doubted.uncertainty <= 1.0 - doubted.lost_certainty + 1e-9
    assert doubted.belief.sum() + doubted.uncertainty == pytest.approx(1.0)


def test_certain_modalities_that_contradict_each_other_leave_doubt() -> None:
    agree, contradict = fused(says(0, 60.0), says(0, 60.0)), fused(says(0, 60.0), says(1, 60.0))
    assert agree.uncertainty < 1e-6
    assert contradict.uncertainty == pytest.approx(0.5833, abs=1e-3)
    np.testing.assert_allclose(contradict.probability[:2], 0.5)


def test_a_batch_is_what_its_rows_are() -> None:
    draw = np.random.default_rng(3)
    one, other = draw.normal(size=(2, 4, 5, K)) * 3
    whole = fused(one, other)
    assert whole.lost_certainty.shape == (4, 5)
    assert whole.lost_certainty[2, 3] == pytest.approx(
        float(fused(one[2, 3], other[2, 3]).lost_certainty))


def test_nothing_at_all_is_no_conflict() -> None:
    assert fuse({'a': None}).lost_certainty == 0.0
    assert fused(np.zeros(K), np.zeros(K)).lost_certainty == 0.0
