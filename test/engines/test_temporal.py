"""The memory over fused states."""

from __future__ import annotations

import numpy as np
import pytest

from mer_ros.data import NANOSECONDS
from mer_ros.engines.temporal import Estimate, TemporalFilter

HAPPY, SAD, NOTHING = np.array([8.0, 0.0, 0.0]), np.array([0.0, 0.0, 8.0]), np.zeros(3)


def after(seconds: float) -> int:
    return round((100 + seconds) * NANOSECONDS)


def estimate(evidence: np.ndarray) -> Estimate:
    alpha = evidence + 1
    strength = alpha.sum()
    return Estimate(evidence / strength, len(alpha) / strength, alpha / strength, alpha,
                    int(alpha.argmax()))


def feed(memory: TemporalFilter, *states: tuple[float, np.ndarray], who: str = 'ada') -> Estimate:
    for seconds, evidence in states:
        result = memory.update(who, after(seconds), estimate(evidence))
    return result


def test_the_first_estimate_passes_as_it_is() -> None:
    first = estimate(HAPPY)
    assert TemporalFilter(half_life=2.0).update('ada', after(0), first) is first


def test_after_one_half_life_old_and_new_count_the_same() -> None:
    both = feed(TemporalFilter(half_life=2.0), (0, HAPPY), (2, SAD))
    old, new = estimate(HAPPY), estimate(SAD)
    np.testing.assert_allclose(both.belief, (old.belief + new.belief) / 2)
    np.testing.assert_allclose(both.probability, (old.probability + new.probability) / 2)
    assert both.uncertainty == pytest.approx((old.uncertainty + new.uncertainty) / 2)
    np.testing.assert_allclose(both.alpha / both.alpha.sum(), both.probability)


def test_how_many_states_came_in_between_does_not_matter() -> None:
    few = feed(TemporalFilter(half_life=1.0), (0, HAPPY), (2, SAD))
    many = feed(TemporalFilter(half_life=1.0), (0, HAPPY), *[(0.1 * i, SAD) for i in range(1, 21)])
    np.testing.assert_allclose(few.belief, many.belief)
    np.testing.assert_allclose(few.probability, many.probability)


def test_a_very_sure_state_does_not_outlast_the_others() -> None:
    state = feed(TemporalFilter(half_life=1.0), (0, 1e6 * HAPPY), (2, SAD))
    assert state.best == 2


def test_ignorance_takes_the_place_of_knowledge() -> None:
    state = feed(TemporalFilter(half_life=0.5), (0, HAPPY), (5, NOTHING))
    assert state.uncertainty > 0.99


def test_without_a_half_life_every_estimate_passes_as_it_is() -> None:
    memory, second = TemporalFilter(), estimate(SAD)
    feed(memory, (0, HAPPY))
    assert memory.update('ada', after(0.1), second) is second


def test_masses_always_sum_to_one_and_alpha_stays_finite() -> None:
    state = feed(TemporalFilter(half_life=1.0), (0, HAPPY), (0.3, 1e200 * SAD), (0.7, NOTHING))
    assert state.belief.sum() + state.uncertainty == pytest.approx(1.0)
    assert state.probability.sum() == pytest.approx(1.0)
    half = np.array([0.5, 0.5])
    certain = Estimate(half, 0.0, half, half, 0)
    assert np.isfinite(certain.mixed(certain, 0.5).alpha).all()


def test_a_label_stays_until_another_is_clearly_ahead() -> None:
    memory = TemporalFilter(hysteresis=0.2)
    best = [memory.update('ada', after(i), Estimate(
                np.zeros(2), 1.0, np.array(p), np.ones(2), int(np.argmax(p)))).best
            for i, p in enumerate([(0.6, 0.4), (0.45, 0.55), (0.3, 0.7), (0.45, 0.55)])]
    assert best == [0, 0, 1, 1]


def test_people_are_remembered_apart_and_can_be_forgotten() -> None:
    memory = TemporalFilter(half_life=2.0)
    feed(memory, (0, HAPPY))
    assert feed(memory, (2, SAD), who='bob').best == 2
    memory.forget('ada')
    assert feed(memory, (2, SAD)).best == 2


def test_an_estimate_from_a_moment_before_does_not_turn_time_back() -> None:
    state = feed(TemporalFilter(half_life=2.0), (1, HAPPY), (0.5, SAD), (3, SAD))
    np.testing.assert_allclose(state.belief, (estimate(HAPPY).belief + estimate(SAD).belief) / 2)


@pytest.mark.parametrize('options', [
    {'half_life': -1.0}, {'half_life': float('nan')}, {'hysteresis': 1.0}, {'hysteresis': -0.1}])
def test_impossible_memories_are_refused(options: dict[str, float]) -> None:
    with pytest.raises(ValueError, match='needed is'):
        TemporalFilter(**options)
