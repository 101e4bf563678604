"""How far a modality is trusted alone and beside others."""

from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
import numpy as np
import pytest

from mer_ros.data import Logits, nanoseconds
from mer_ros.emotions import EMOTIONS
from mer_ros.engines.company import trusted
from mer_ros.engines.fusion import FusionEngine
from mer_ros.engines.fusion_settings import BUILT_IN_WEAK_RELIABILITY, FusionSettings
from mer_ros.evaluation.recorded_evidence import Evidence, Scores
from mer_ros.window import WindowSettings

SHARES = arrays(np.float64, 3, elements=st.floats(0, 1))
ALL = np.ones(7, dtype=np.bool_)
HAPPY = 3.0 * np.eye(7)[3]


@given(SHARES, SHARES, SHARES)
def test_trust_lies_between_that_alone_and_that_beside_others(
    together: np.ndarray, alone: np.ndarray, presence: np.ndarray
) -> None:
    trust = trusted(together, alone, presence)
    assert (trust >= np.minimum(together, alone) * presence - 1e-12).all()
    assert (trust <= np.maximum(together, alone) * presence + 1e-12).all()


def test_what_is_absent_is_no_company() -> None:
    trust = trusted(np.array([0.5, 0.2]), np.array([0.8, 1.0]), np.array([[1, 0, 1], [1, 1, 0]]))
    np.testing.assert_allclose(trust, [[0.5, 0.0, 0.8], [0.2, 1.0, 0.0]])


def test_trust_fades_from_one_to_the_other_as_the_others_do() -> None:
    trust = [trusted(np.array([1.0, 0.2]), np.array([1.0, 1.0]), np.array([presence, 1.0]))[1]
             for presence in (0.0, 0.25, 0.5, 1.0)]
    np.testing.assert_allclose(trust, [1.0, 0.8, 0.6, 0.2])


def test_words_alone_are_trusted_and_beside_a_face_they_weigh_little() -> None:
    engine = FusionEngine(modalities=['face', 'text'], window=WindowSettings(
        length=nanoseconds(0.1)))
    engine.add(Logits(nanoseconds(10), 'text', EMOTIONS, HAPPY), nanoseconds(10))
    (alone,) = engine.advance(nanoseconds(11))
    assert alone.modalities[0].weight == 1.0
    assert alone.label == 'happiness'

    engine.add(Logits(nanoseconds(20), 'text', EMOTIONS, HAPPY), nanoseconds(20))
    (both,) = engine.add(Logits(nanoseconds(20), 'face', EMOTIONS, HAPPY), nanoseconds(20))
    face, text = both.modalities
    assert face.weight == 1.0
    assert BUILT_IN_WEAK_RELIABILITY['text'] < text.weight < FusionSettings().reliability_of('text')


@pytest.mark.parametrize(('settings', 'alone'), [
    (FusionSettings(), 1.0), (FusionSettings(preset='paper'), 1.0),
    (FusionSettings(reliability=0.7), 0.7),
    (FusionSettings(reliability={'text': 0.4}), 0.4),
    (FusionSettings(reliability=0.7, reliability_alone={'face': 0.9}), 0.7),
    (FusionSettings(reliability_alone={'text': 0.3}), 0.3)])
def test_who_sets_one_reliability_sets_both(settings: FusionSettings, alone: float) -> None:
    assert settings.alone_of('text') == alone


def test_recordings_are_fused_with_the_same_trust() -> None:
    everything = np.ones(7, dtype=np.bool_)
    evidence = Evidence({
        'face': Scores(np.tile(HAPPY, (2, 1)), everything, np.array([True, False])),
        'text': Scores(np.tile(HAPPY, (2, 1)), everything, np.array([True, True]),
                       np.array([1.0, 0.5]))}, np.array([3, 3]))
    opinion = evidence.opinion(['face', 'text'], FusionSettings(), [0, 1])
    share = float(np.exp(3.0) / (np.exp(3.0) + 6.0))
    assert opinion.each.probability[1, 1, 3] == pytest.approx(0.5 * share + 0.5 / 7)
    together = float(opinion.each.probability[1, 0, 3] - 1 / 7) / (share - 1 / 7)
    assert together == pytest.approx(float(np.asarray(FusionSettings().beside(
        'text', HAPPY, everything))))
    assert opinion.each.probability[1, 0, 3] == pytest.approx(
        together * share + (1 - together) / 7)


def test_neutral_words_say_little_beside_a_face_and_sad_ones_much() -> None:
    settings = FusionSettings()
    certain = 60.0 * np.eye(7)
    neutral, sad = (float(np.asarray(settings.beside('text', certain[EMOTIONS.index(label)], ALL)))
                    for label in ('neutral', 'sadness'))
    assert neutral == pytest.approx(BUILT_IN_WEAK_RELIABILITY['text'])
    assert sad == pytest.approx(settings.reliability_of('text'))
    assert settings.beside('face', certain[4], ALL) == settings.reliability_of('face')


def test_what_a_modality_never_learned_is_no_part_of_what_it_says() -> None:
    named = np.array(EMOTIONS) != 'surprise'
    scores = np.where(named, 0.0, 99.0)
    trust = FusionSettings().beside('text', scores, named)
    expected = FusionSettings(weak_labels={'text': ('neutral',)}).beside('text', scores, named)
    assert float(np.asarray(trust)) == pytest.approx(float(np.asarray(expected)))


@pytest.mark.parametrize('settings', [
    FusionSettings(reliability=0.7), FusionSettings(preset='paper'),
    FusionSettings(weak_labels={})])
def test_nothing_is_weak_where_the_settings_are_others(settings: FusionSettings) -> None:
    assert settings.beside('text', 60.0 * np.eye(7)[4], ALL) == settings.reliability_of('text')
