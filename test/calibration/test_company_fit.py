"""Modalities that cost nothing beside others."""

import numpy as np
import pytest

from mer_ros.calibration.company_fit import ACCURACY_NOISE, ECE_NOISE, fit_company, GRID, steps
from mer_ros.emotions import EMOTIONS
from mer_ros.engines.fusion_settings import FusionSettings
from mer_ros.evaluation.recorded_evidence import Evidence, Scores
from mer_ros.fusion.logspace import softmax

K = len(EMOTIONS)
ALL = np.ones(K, dtype=np.bool_)
SETTINGS = FusionSettings(reliability=1.0)


def recordings(words: float, rows: int = 4000) -> Evidence:
    """Return faces whose logits are likelihoods, and words that say what is so in some rows only.

    In the others they are as sure of something at random.
    """
    draw = np.random.default_rng(3)
    face = 1.5 * draw.normal(size=(rows, K))
    truth = (softmax(face).cumsum(axis=1) < draw.random((rows, 1))).sum(axis=1)
    said = np.where(draw.random(rows) < words, truth, draw.integers(K, size=rows))
    everywhere = np.ones(rows, dtype=np.bool_)
    return Evidence({'face': Scores(face, ALL, everywhere),
                     'text': Scores(4.0 * np.eye(K)[said], ALL, everywhere)},
                    np.minimum(truth, K - 1))


def test_words_that_say_nothing_lose_their_say_and_cost_nothing_then() -> None:
    evidence = recordings(0.0)
    before = [step for step in steps(evidence, SETTINGS) if step.added == 'text']
    assert not any(step.is_free for step in before)
    after = fit_company([evidence], SETTINGS, ['text'])
    assert after.reliability_of('text') <= 0.2
    assert after.alone_of('text') == 1.0
    for step in steps(evidence, after):
        assert step.accuracy >= -ACCURACY_NOISE
        assert step.ece <= ECE_NOISE


def test_words_that_say_what_is_so_keep_it() -> None:
    evidence = recordings(0.8)
    fitted = fit_company([evidence], SETTINGS, ['text'])
    assert fitted.reliability_of('text') >= 0.6
    gains = [step.accuracy for step in steps(evidence, fitted) if step.added == 'text']
    assert gains[0] > 0.1


def test_of_several_recordings_each_must_be_free() -> None:
    fair, bad = recordings(0.3), recordings(0.0)

    def trust(*evidence: Evidence) -> float:
        return fit_company(evidence, SETTINGS, ['text']).reliability_of('text')

    assert trust(fair, bad) == min(trust(fair), trust(bad)) < trust(fair)


def test_words_that_are_wrong_about_some_classes_keep_their_say_about_the_others() -> None:
    evidence = recordings(0.8)
    neutral, text = EMOTIONS.index('neutral'), evidence.scores['text'].logits.copy()
    text[np.random.default_rng(1).random(len(text)) < 0.7] = 4.0 * np.eye(K)[neutral]
    mostly = evidence.replacing('text', Scores(text, ALL, evidence.scores['text'].present))
    plain = fit_company([mostly], SETTINGS, ['text'])
    fitted = fit_company([mostly], SETTINGS, ['text'], ['text'])
    assert fitted.weak_reliability['text'] <= 0.3 < fitted.reliability_of('text')
    assert fitted.reliability_of('text') > plain.reliability_of('text')


def test_each_modality_is_added_to_every_choice_of_the_others() -> None:
    evidence = recordings(0.5, rows=200)
    three = evidence.replacing('speech', evidence.scores['face'])
    assert {(step.added, *step.to) for step in steps(three, SETTINGS)} == {
        ('face', 'text'), ('text', 'face'), ('face', 'speech'), ('speech', 'face'),
        ('text', 'speech'), ('speech', 'text'), ('face', 'text', 'speech'),
        ('speech', 'face', 'text'), ('text', 'face', 'speech')}


def test_evidence_that_no_trust_can_mend_is_named() -> None:
    evidence = recordings(0.5)
    sure = evidence.replacing('voice', Scores(
        9.0 * np.eye(K)[np.roll(evidence.truth, 1)], ALL, np.ones(4000, dtype=np.bool_)))
    with pytest.raises(ValueError, match='not even 0'):
        fit_company([sure], SETTINGS, ['text'])


def test_no_trust_and_full_trust_are_tried() -> None:
    assert (GRID[0], GRID[-1]) == (0.0, 1.0)
