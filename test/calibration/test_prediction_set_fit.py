"""Prediction sets with a coverage that holds for new people."""

import numpy as np
import pytest
import yaml

from mer_ros.calibration.calibration_file import parameters_yaml
from mer_ros.calibration.fit_calibration import calibrate
from mer_ros.calibration.prediction_set_fit import fit_sets, halves
from mer_ros.emotions import EMOTIONS
from mer_ros.engines.fusion_settings import FusionSettings
from mer_ros.engines.prediction_set import surpassed
from mer_ros.evaluation.recorded_evidence import Evidence, Outcomes, Scores
from mer_ros.fusion.logspace import softmax

K = len(EMOTIONS)
ALL = np.ones(K, dtype=np.bool_)


def people(count: int, draw: np.random.Generator) -> Outcomes:
    """Return what an overconfident model says of people who are more or less like its own.

    Each has another number of rows, and is harder or easier as a whole.
    """
    probability, truth, groups = [], [], []
    for person in range(count):
        rows = int(draw.integers(3, 40))
        mine = draw.integers(K, size=rows)
        ease = draw.normal(2.0, 1.0)
        probability.append(softmax(2.0 * (ease * np.eye(K)[mine] + draw.normal(size=(rows, K)))))
        truth.append(mine)
        groups += [f'person {person}'] * rows
    return Outcomes(np.concatenate(probability), np.concatenate(truth), groups)


def covered(outcomes: Outcomes, threshold: float) -> float:
    """Return the share of rows of one person whose set holds the truth."""
    share = surpassed(outcomes.probability)
    return float(np.mean(share[np.arange(len(share)), outcomes.truth] <= threshold))


@pytest.mark.parametrize('coverage', [0.7, 0.9])
@pytest.mark.parametrize('count', [9, 30])
def test_a_new_person_is_covered_as_often_as_promised(coverage: float, count: int) -> None:
    draw = np.random.default_rng(0)
    new = [covered(people(1, draw), fit_sets(people(count, draw), coverage).threshold)
           for _ in range(600)]
    error = np.std(new) / np.sqrt(len(new))
    assert np.mean(new) > coverage - 3 * error
    # The promise is kept without saying everything.
    assert np.mean(new) < coverage + 1 / (count + 1) + 0.05


def test_more_coverage_never_makes_sets_smaller() -> None:
    outcomes = people(40, np.random.default_rng(1))
    found = [fit_sets(outcomes, coverage) for coverage in (0.3, 0.5, 0.7, 0.8, 0.9, 0.95)]
    assert [one.threshold for one in found] == sorted(one.threshold for one in found)
    assert [one.size for one in found] == sorted(one.size for one in found)
    assert found[0].size >= 1.0
    assert all(one.reached >= one.coverage for one in found)


def test_a_person_counts_as_one_however_often_recorded() -> None:
    outcomes = people(30, np.random.default_rng(2))
    one = np.array(outcomes.groups) == 'person 7'
    again = Outcomes(
        np.concatenate([outcomes.probability, *[outcomes.probability[one]] * 9]),
        np.concatenate([outcomes.truth, *[outcomes.truth[one]] * 9]),
        [*outcomes.groups, *['person 7'] * (9 * int(one.sum()))])
    assert fit_sets(again, 0.9).threshold == fit_sets(outcomes, 0.9).threshold


@pytest.mark.parametrize(('count', 'coverage'), [(8, 0.9), (1, 0.6), (18, 0.95)])
def test_too_few_people_for_a_coverage_are_refused(count: int, coverage: float) -> None:
    with pytest.raises(ValueError, match='twice as many in all'):
        fit_sets(people(count, np.random.default_rng(0)), coverage)


@pytest.mark.parametrize('coverage', [0.0, 1.0, float('nan')])
def test_a_coverage_is_between_nothing_and_all(coverage: float) -> None:
    with pytest.raises(ValueError, match='between 0 and 1'):
        fit_sets(people(30, np.random.default_rng(0)), coverage)


def test_half_of_the_people_are_kept_aside_as_a_whole() -> None:
    groups = ['a', 'b', 'a', 'c', 'd', 'b']
    kept = {group for group, one in zip(groups, halves(groups), strict=True) if one}
    assert len(kept) == 2
    assert halves(groups).tolist() == [group in kept for group in groups]
    with pytest.raises(ValueError, match='of 1 group'):
        halves(['a', 'a'])


def recordings(count: int) -> Evidence:
    outcomes = people(count, np.random.default_rng(5))
    logits = np.log(outcomes.probability)
    return Evidence({'face': Scores(logits, ALL, np.ones(len(logits), dtype=np.bool_))},
                    outcomes.truth, outcomes.groups)


def test_the_sets_are_fitted_on_people_whom_nothing_else_has_seen() -> None:
    evidence = recordings(60)
    seen: list[FusionSettings] = []

    def outcomes(settings: FusionSettings) -> Outcomes:
        seen.append(settings)
        return evidence.outcomes(settings)

    fitted = calibrate(evidence, coverage=0.9, outcomes=outcomes)
    kept = halves(evidence.groups)
    alone = calibrate(evidence.rows((~kept).tolist()))
    assert fitted.settings.temperature == alone.settings.temperature == seen[0].temperature
    assert fitted.sets.groups == 30
    assert fitted.settings.set_threshold == fit_sets(
        evidence.outcomes(seen[0]).rows(kept), 0.9).threshold


def test_the_file_says_what_the_node_needs_and_what_was_reached() -> None:
    fitted = calibrate(recordings(60), coverage=0.9)
    text = parameters_yaml(fitted, source='a test')
    values = yaml.safe_load(text)['/**']['fusion_node']['ros__parameters']
    assert values['prediction_set.coverage'] == 0.9
    assert values['prediction_set.threshold'] == fitted.settings.set_threshold
    assert 'of 30 people' in text
    assert 'prediction_set' not in parameters_yaml(calibrate(recordings(60)), source='a test')
