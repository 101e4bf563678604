"""Calibration of the fusion on labelled logits, and the file it writes."""

from dataclasses import replace

import numpy as np
import pytest
import yaml

from mer_ros.calibration.calibration_file import parameters_yaml
from mer_ros.calibration.fit_calibration import calibrate, MIN_ROWS
from mer_ros.emotions import EMOTIONS
from mer_ros.engines.fusion_settings import FusionSettings
from mer_ros.evaluation.recorded_evidence import Evidence, Scores

K = len(EMOTIONS)
ALL = np.ones(K, dtype=np.bool_)


def recordings(rows=3000, seed=0, face=2.0, speech=0.5):
    """Return faces three times as sure as they may be, voices that are noise half of the time."""
    draw = np.random.default_rng(seed)
    truth = draw.integers(K, size=rows)
    hidden = np.where(draw.random(rows) < 0.5, truth, draw.integers(K, size=rows))
    logits = {'face': 3 * (face * np.eye(K)[truth] + draw.normal(size=(rows, K))),
              'speech': speech * 6 * np.eye(K)[hidden] + draw.normal(size=(rows, K))}
    present = np.ones(rows, dtype=np.bool_)
    return Evidence({name: Scores(x, ALL, present) for name, x in logits.items()}, truth)


def only(evidence, name, rows):
    """Return the evidence with one modality missing outside of some rows."""
    scores = evidence.scores[name]
    return evidence.replacing(name, replace(scores, present=scores.present & rows))


def test_calibration_makes_every_modality_and_the_fusion_mean_what_they_say():
    fitted = calibrate(recordings())
    assert fitted.settings.temperature['face'] > 1.2
    assert fitted.settings.reliability['speech'] == pytest.approx(0.5, abs=0.1)
    for name in ('face', 'speech', 'fused'):
        assert fitted.after[name].nll < fitted.before[name].nll
        assert fitted.after[name].ece < 0.03
    assert fitted.after['fused'].accuracy > fitted.after['face'].accuracy


def test_the_gain_holds_on_recordings_that_were_not_fitted_on():
    fresh = recordings(seed=1)
    default, fitted = (fresh.figures(['face', 'speech'], settings, resamples=0)
                       for settings in (FusionSettings(), calibrate(recordings()).settings))
    assert fitted['nll'] < default['nll'] - 0.05
    assert fitted['ece'] < 0.04


def test_an_affine_calibration_undoes_a_confusion_that_no_temperature_can():
    evidence = recordings()
    turned = evidence.replacing('face', replace(
        evidence.scores['face'], logits=np.roll(evidence.scores['face'].logits, 1, axis=1)))
    plain, affine = calibrate(turned), calibrate(turned, affine=True)
    assert plain.after['face'].accuracy < 0.2
    assert affine.after['face'].accuracy > 0.7


def test_an_affine_calibration_leaves_unlearned_classes_unnamed():
    evidence = recordings()
    named = np.arange(K) != 6
    fitted = calibrate(evidence.replacing('speech', replace(
        evidence.scores['speech'], named=named)), affine=True)
    weights, bias = fitted.settings.calibration['speech']
    assert not weights[6].any()
    assert not weights[:, 6].any()
    assert bias[6] == 0.0
    assert fitted.after['speech'].rows == 3000


def test_the_output_temperature_needs_rows_with_several_modalities():
    evidence = recordings()
    rows = np.arange(3000) < 1500
    apart = only(only(evidence, 'face', rows), 'speech', ~rows)
    fitted = calibrate(apart)
    assert fitted.settings.output_temperature == 1.0
    assert 'fused' not in fitted.after
    assert fitted.after['face'].rows == 1500


def test_the_risk_decides_when_to_abstain():
    evidence = recordings()
    careful, bold = (calibrate(evidence, risk=risk) for risk in (0.05, 0.1))
    assert careful.settings.min_confidence > bold.settings.min_confidence > 0.0
    assert careful.threshold.coverage < bold.threshold.coverage < 1.0
    assert careful.threshold.risk <= 0.05
    assert calibrate(evidence).settings.min_confidence == FusionSettings().min_confidence


def test_a_modality_with_few_rows_keeps_its_defaults_and_says_why():
    evidence = only(recordings(), 'speech', np.arange(3000) < MIN_ROWS - 1)
    fitted = calibrate(evidence, risk=0.3)
    assert 'at least 30' in fitted.skipped['speech']
    assert fitted.settings.reliability_of('speech') == FusionSettings().reliability_of('speech')
    text = parameters_yaml(fitted, source='a test')
    assert 'speech keeps its defaults' in text
    assert 'speech.temperature' not in text


def test_a_modality_that_is_always_right_was_trained_on_these_recordings():
    evidence = recordings(rows=100)
    learned = 9 * np.eye(K)[evidence.truth]
    fitted = calibrate(evidence.replacing('face', replace(
        evidence.scores['face'], logits=learned)))
    assert 'was the model trained on them?' in fitted.skipped['face']
    assert fitted.settings.reliability_of('face') == 1.0


def test_small_numbers_are_no_words():
    fitted = calibrate(recordings())
    small = replace(fitted, settings=replace(
        fitted.settings, temperature={'face': 1e-05, 'speech': 2.5e-07}))
    read = yaml.safe_load(parameters_yaml(small, source='a test'))
    values = read['/**']['fusion_node']['ros__parameters']
    assert (values['face.temperature'], values['speech.temperature']) == (1e-05, 2.5e-07)


def test_nothing_to_calibrate_is_an_error_that_gives_the_reasons():
    with pytest.raises(ValueError, match=r'nothing can be calibrated.*at least 30'):
        calibrate(recordings(rows=5))


def test_the_file_holds_every_fitted_number_exactly():
    fitted = calibrate(recordings(), risk=0.1, affine=True)
    text = parameters_yaml(fitted, source='synthetic recordings')
    read = yaml.safe_load(text)['/**']['fusion_node']['ros__parameters']
    for name in ('face', 'speech'):
        assert read[f'{name}.temperature'] == fitted.settings.temperature[name]
        assert read[f'{name}.reliability'] == fitted.settings.reliability[name]
        np.testing.assert_array_equal(np.reshape(read[f'{name}.calibration.weights'], (K, K)),
                                      fitted.settings.calibration[name].weights)
        np.testing.assert_array_equal(read[f'{name}.calibration.bias'],
                                      fitted.settings.calibration[name].bias)
    assert read['fusion.output_temperature'] == fitted.settings.output_temperature
    assert read['abstain.min_confidence'] == fitted.settings.min_confidence
    assert 'synthetic recordings' in text
    assert max(map(len, text.splitlines())) <= 100
