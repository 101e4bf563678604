"""The memory over fused states."""

from dataclasses import replace

import numpy as np
import pytest

from mer_ros.data import Emotion, NANOSECONDS
from mer_ros.engines.temporal import mixed, TemporalFilter

HAPPY, SAD, NOTHING = np.array([8.0, 0.0, 0.0]), np.array([0.0, 0.0, 8.0]), np.zeros(3)
LABELS = ('happiness', 'neutral', 'sadness')


def after(seconds: float) -> int:
    return round((100 + seconds) * NANOSECONDS)


def state(seconds: float, evidence: np.ndarray, who: str = 'ada') -> Emotion:
    alpha = evidence + 1
    probability = alpha / alpha.sum()
    best = int(alpha.argmax())
    return Emotion(
        stamp=after(seconds), window_start=0, person_id=who, label=LABELS[best],
        confidence=probability[best], uncertainty=len(alpha) / alpha.sum(), conflict=0.0,
        labels=LABELS, belief=evidence / alpha.sum(), probability=probability, alpha=alpha,
        valence=probability[0] - probability[2], arousal=0.0)


def feed(memory: TemporalFilter, *states: tuple[float, np.ndarray], who: str = 'ada') -> Emotion:
    for seconds, evidence in states:
        result = memory.update(state(seconds, evidence, who))
    return result


def test_the_first_state_passes_as_it_is() -> None:
    first = state(0, HAPPY)
    assert TemporalFilter(half_life=2.0).update(first) is first


def test_after_one_half_life_old_and_new_count_the_same() -> None:
    both = feed(TemporalFilter(half_life=2.0), (0, HAPPY), (2, SAD))
    old, new = state(0, HAPPY), state(2, SAD)
    np.testing.assert_allclose(both.belief, (old.belief + new.belief) / 2)
    np.testing.assert_allclose(both.probability, (old.probability + new.probability) / 2)
    assert both.uncertainty == pytest.approx((old.uncertainty + new.uncertainty) / 2)
    np.testing.assert_allclose(both.alpha / both.alpha.sum(), both.probability)
    assert both.valence == pytest.approx(both.probability[0] - both.probability[2])


def test_how_many_states_came_in_between_does_not_matter() -> None:
    few = feed(TemporalFilter(half_life=1.0), (0, HAPPY), (2, SAD))
    many = feed(TemporalFilter(half_life=1.0), (0, HAPPY), *[(0.1 * i, SAD) for i in range(1, 21)])
    np.testing.assert_allclose(few.belief, many.belief)
    np.testing.assert_allclose(few.probability, many.probability)


def test_a_very_sure_state_does_not_outlast_the_others() -> None:
    assert feed(TemporalFilter(half_life=1.0), (0, 1e6 * HAPPY), (2, SAD)).label == 'sadness'


def test_ignorance_takes_the_place_of_knowledge() -> None:
    assert feed(TemporalFilter(half_life=0.5), (0, HAPPY), (5, NOTHING)).uncertainty > 0.99


def test_without_a_half_life_every_state_passes_as_it_is() -> None:
    memory, second = TemporalFilter(), state(0.1, SAD)
    feed(memory, (0, HAPPY))
    assert memory.update(second) is second


def test_masses_always_sum_to_one_and_alpha_stays_finite() -> None:
    last = feed(TemporalFilter(half_life=1.0), (0, HAPPY), (0.3, 1e200 * SAD), (0.7, NOTHING))
    assert last.belief.sum() + last.uncertainty == pytest.approx(1.0)
    assert last.probability.sum() == pytest.approx(1.0)
    certain = replace(state(0, HAPPY), belief=np.array([0.5, 0.5, 0.0]), uncertainty=0.0)
    assert np.isfinite(mixed(certain, certain, 0.5).alpha).all()


def test_a_label_stays_until_another_is_clearly_ahead() -> None:
    memory = TemporalFilter(hysteresis=0.2)
    found = [memory.update(state(step, np.array([8.0, 0.0, sadness])))
             for step, sadness in enumerate((2.0, 10.0, 30.0, 10.0))]
    assert [one.label for one in found] == ['happiness', 'happiness', 'sadness', 'sadness']
    assert [one.confidence for one in found] == [
        one.probability[LABELS.index(one.label)] for one in found]


def test_people_are_remembered_apart_and_can_be_forgotten() -> None:
    memory = TemporalFilter(half_life=2.0)
    feed(memory, (0, HAPPY))
    assert feed(memory, (2, SAD), who='bob').label == 'sadness'
    memory.forget('ada')
    assert feed(memory, (2, SAD)).label == 'sadness'


def test_a_state_from_a_moment_before_does_not_turn_time_back() -> None:
    last = feed(TemporalFilter(half_life=2.0), (1, HAPPY), (0.5, SAD), (3, SAD))
    np.testing.assert_allclose(
        last.belief, (state(1, HAPPY).belief + state(3, SAD).belief) / 2)


@pytest.mark.parametrize('options', [
    {'half_life': -1.0}, {'half_life': float('nan')}, {'hysteresis': 1.0}, {'hysteresis': -0.1}])
def test_impossible_memories_are_refused(options: dict[str, float]) -> None:
    with pytest.raises(ValueError, match='needed is'):
        TemporalFilter(**options)
