"""The fusion engine with the trained rule: attention in the place of reliabilities."""

import numpy as np
import pytest

from mer_ros.data import Logits, nanoseconds
from mer_ros.emotions import EMOTIONS
from mer_ros.engines.fusion import FusionEngine
from mer_ros.engines.fusion_settings import FusionSettings
from mer_ros.research.attention.attention_rule import load_attention
from mer_ros.window import WindowSettings

SIX = tuple(label for label in EMOTIONS if label != 'surprise')
NOW = nanoseconds(10.0)


def message(modality, label, *, strength=3.0, age=0.0, labels=EMOTIONS, **more):
    return Logits(stamp=NOW - nanoseconds(age), modality=modality, labels=labels,
                  logits=np.where(np.array(labels) == label, strength, 0.0), **more)


def state(*messages, modalities=('face', 'speech'), **fusion):
    engine = FusionEngine(modalities=modalities, fusion=FusionSettings(
        **{'rule': 'attention', 'reliability': 1.0, **fusion}),
        window=WindowSettings(settle=0, half_life=nanoseconds(2.0)))
    found = [one for item in messages for one in engine.add(item, NOW)]
    return [*found, *engine.advance(NOW + nanoseconds(5.0))][-1]


def weights(found):
    return {opinion.modality: opinion.weight for opinion in found.modalities}


def test_a_state_tells_the_attention_that_each_modality_got():
    found = state(message('face', 'happiness'), message('speech', 'happiness'))
    assert found.label == 'happiness'
    assert sum(weights(found).values()) == pytest.approx(1.0)
    plain = state(message('face', 'happiness'), message('speech', 'happiness'),
                  rule='dempster', reliability=0.7)
    assert weights(plain) == {'face': 0.7, 'speech': 0.7}


def test_a_modality_alone_gets_all_attention_and_leaves_more_doubt():
    alone = state(message('face', 'happiness'))
    both = state(message('face', 'happiness'), message('speech', 'happiness'))
    assert weights(alone) == {'face': 1.0}
    assert alone.missing == ('speech',)
    assert alone.uncertainty > both.uncertainty


def test_old_and_poor_evidence_gets_less_attention():
    fresh = state(message('face', 'happiness'), message('speech', 'happiness'))
    for worse in (message('face', 'happiness', quality=0.2),
                  message('face', 'happiness', age=4.0)):
        found = state(worse, message('speech', 'happiness'))
        assert weights(found)['face'] < weights(fresh)['face']
        assert found.uncertainty > fresh.uncertainty


def test_a_speech_model_without_surprise_takes_part():
    found = state(message('face', 'surprise', strength=6.0),
                  message('speech', 'neutral', strength=0.5, labels=SIX))
    assert found.label == 'surprise'
    assert found.probability.sum() == pytest.approx(1.0)


def test_probabilities_and_belief_agree_about_the_label():
    found = state(message('face', 'anger'), message('speech', 'sadness'))
    assert found.probability.argmax() == found.belief.argmax() == found.alpha.argmax()
    assert found.belief.sum() + found.uncertainty == pytest.approx(1.0)


def test_modalities_that_it_does_not_know_are_refused_at_once():
    with pytest.raises(ValueError, match=r"not trained on \['touch'\].*trained \['face', 'speech'"):
        FusionEngine(modalities=('face', 'touch'), fusion=FusionSettings(rule='attention'))


def test_other_labels_need_the_rule_loaded_for_them():
    turned = tuple(reversed(EMOTIONS))
    with pytest.raises(ValueError, match='load it for these'):
        FusionEngine(modalities=('face',), labels=turned, fusion=FusionSettings(rule='attention'))
    engine = FusionEngine(modalities=('face',), labels=turned, fusion=FusionSettings(
        rule=load_attention(labels=turned)))
    (found,) = engine.add(message('face', 'happiness'), NOW)
    straight = state(message('face', 'happiness'), reliability=None)
    np.testing.assert_allclose(found.probability[::-1], straight.probability, rtol=1e-9)


def test_every_preset_takes_it():
    for preset in ('paper', 'basic', 'calibrated'):
        found = state(message('face', 'happiness'), message('speech', 'happiness'), preset=preset)
        assert found.label == 'happiness'
        assert np.isfinite(found.alpha).all()
