"""Valence and arousal of a state: expected, and said by words."""

import math

import numpy as np
import pytest

from mer_ros.data import BadInput, Circumplex, Logits, NANOSECONDS, Words
from mer_ros.emotions import EMOTIONS
from mer_ros.engines.fusion import FusionEngine
from mer_ros.engines.text import TextEngine
from mer_ros.engines.valence_arousal import EXPECTED_VARIANCE, joined
from mer_ros.models import load_model

SAID = Circumplex(-0.5, 0.25, 0.1, 0.2)


def evidence(modality, point=None, label='happiness'):
    return Logits(NANOSECONDS, modality, EMOTIONS,
                  np.where(np.array(EMOTIONS) == label, 4.0, 0.0), circumplex=point)


def test_words_alone_are_what_the_model_says_of_them():
    found = joined((0.7, 0.4), [(evidence('text', SAID), 1.0)])
    assert (found.valence, found.arousal) == (-0.5, 0.25)
    assert (found.valence_deviation, found.arousal_deviation) == pytest.approx((0.1, 0.2))


def test_without_words_it_is_what_the_emotions_lead_to_expect():
    found = joined((0.7, 0.4), [(evidence('face'), 1.0), (evidence('speech'), 0.5)])
    assert (found.valence, found.arousal) == pytest.approx((0.7, 0.4))
    assert found.valence_deviation == pytest.approx(math.sqrt(EXPECTED_VARIANCE[0]))


def test_both_are_joined_by_precision_and_nothing_is_counted_twice():
    found = joined((0.7, 0.4), [(evidence('face'), 1.0), (evidence('text', SAID), 1.0)])
    expected, said = 0.5 / EXPECTED_VARIANCE[0], 1.0 / 0.1 ** 2
    assert found.valence == pytest.approx((0.7 * expected - 0.5 * said) / (expected + said))
    assert found.valence_deviation == pytest.approx((expected + said) ** -0.5)


def test_words_of_little_weight_move_it_little_and_are_less_sure():
    weights = (1.0, 0.5, 0.1, 0.0)
    beside = [joined((0.7, 0.4), [(evidence('face'), 1.0), (evidence('text', SAID), weight)])
              for weight in weights]
    assert [one.valence for one in beside] == sorted(one.valence for one in beside)
    assert beside[-1].valence == pytest.approx(0.7)
    alone = [joined((0.7, 0.4), [(evidence('text', SAID), weight)]) for weight in weights[:3]]
    assert {round(one.valence, 9) for one in alone} == {-0.5}
    assert alone[0].valence_deviation < alone[1].valence_deviation < alone[2].valence_deviation


def test_where_nothing_has_weight_the_error_is_unknown():
    assert math.isnan(joined((0.1, 0.0), [(evidence('text', SAID), 0.0)]).valence_deviation)


def test_a_state_says_what_its_words_say_and_how_sure_it_is():
    engine = FusionEngine(modalities=('text',))
    words = Words(NANOSECONDS, 'I hate this, it is the worst day of my life!')
    (said,) = TextEngine(load_model('text', 'lite')).process(words)
    (state,) = engine.add(said, NANOSECONDS)
    assert said.circumplex.valence < -0.1
    assert state.valence == pytest.approx(said.circumplex.valence)
    assert 0.0 < state.valence_deviation < 0.3
    assert math.isnan(engine.nothing_known('', 2 * NANOSECONDS).valence_deviation)


@pytest.mark.parametrize('wrong', [
    Circumplex(1.5, 0.0, 0.1, 0.1), Circumplex(0.0, float('nan'), 0.1, 0.1),
    Circumplex(0.0, 0.0, 0.0, 0.1), Circumplex(0.0, 0.0, 0.1, float('inf'))])
def test_what_cannot_be_is_refused(wrong):
    with pytest.raises(BadInput) as error:
        FusionEngine(modalities=('text',)).add(evidence('text', wrong), NANOSECONDS)
    assert error.value.reason == 'circumplex'
