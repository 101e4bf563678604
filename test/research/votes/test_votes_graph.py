"""People's votes on faces and voices beside the built-in models, fused as the node does."""

from pathlib import Path

import numpy as np
import pytest

from mer_ros.calibration.company_fit import steps
from mer_ros.emotions import EMOTIONS
from mer_ros.engines.fusion_settings import FusionSettings
from mer_ros.evaluation.recorded_evidence import Evidence
from mer_ros.research.votes.votes_graph import graph_evidence, VOICES


@pytest.fixture(scope='module')
def heard_by_people(shared_data) -> Evidence:
    return graph_evidence(shared_data, 'test')


def test_every_clip_has_a_face_a_voice_and_words(heard_by_people: Evidence) -> None:
    assert list(heard_by_people.scores) == ['face', 'voice', 'text']
    assert len(heard_by_people.truth) == 1133
    assert len(set(heard_by_people.groups)) == 14
    for scores in heard_by_people.scores.values():
        assert scores.present.all()
    assert EMOTIONS.index('surprise') not in heard_by_people.truth
    assert heard_by_people.scores['voice'].named.sum() == 6


@pytest.mark.parametrize('voice', VOICES)
def test_no_modality_costs_more_than_noise_beside_any_choice_of_the_others(
    heard_by_people: Evidence, shared_data: Path, voice: str
) -> None:
    evidence = (heard_by_people if voice == 'people'
                else graph_evidence(shared_data, 'test', voice=voice))
    found = list(steps(evidence, FusionSettings()))
    assert len(found) == 9
    for step in found:
        assert step.is_free, step


def test_conflict_and_uncertainty_tell_errors(heard_by_people: Evidence) -> None:
    names = list(heard_by_people.scores)
    figures = heard_by_people.figures(names, FusionSettings(), resamples=0)
    assert figures['accuracy'] > 0.75
    assert figures['error_auroc_conflict'] >= 0.60
    assert figures['error_auroc_uncertainty'] >= 0.83
    assert np.isfinite(figures['nll'])


@pytest.mark.parametrize(('split', 'voice'), [('train', 'people'), ('test', 'nobody')])
def test_other_splits_and_voices_are_refused(shared_data, split: str, voice: str) -> None:
    with pytest.raises(ValueError, match='allowed: dev and test, people and model'):
        graph_evidence(shared_data, split, voice=voice)
