"""Scores of models, and what their fusion reaches."""

import numpy as np
import pytest

from mer_ros.engines.fusion_settings import FusionSettings
from mer_ros.evaluation.recorded_evidence import Evidence, Scores


class Two:
    """A model of two classes in an order of its own that always prefers sadness."""

    name = 'two'
    labels = ('sadness', 'anger')

    def logits(self, batch):
        return np.tile(np.array([2.0, 0.0], dtype=np.float32), (len(batch), 1))


def certain(index, rows=2):
    return Scores(np.tile(9.0 * np.eye(7)[index], (rows, 1)), np.ones(7, bool),
                  np.ones(rows, bool))


def test_scores_go_by_name_and_mark_missing_rows_and_unlearned_classes():
    scores = Scores.of(Two(), ['x', None])
    assert scores.present.tolist() == [True, False]
    assert np.flatnonzero(scores.named).tolist() == [0, 5]
    assert (scores.logits[0, 0], scores.logits[0, 5]) == (0.0, 2.0)
    assert not scores.logits[1].any()


def test_rows_without_any_of_the_modalities_count_in_no_figure():
    evidence = Evidence({'face': Scores.of(Two(), ['x', None]), 'text': certain(0)},
                        np.array([5, 0]))
    settings = FusionSettings()
    assert evidence.having(['face']).tolist() == [True, False]
    assert evidence.figures(['face'], settings, resamples=0)['accuracy'] == 1.0
    assert evidence.figures(['face', 'text'], settings, resamples=0)['n'] == 2


def test_a_modality_that_no_row_has_gives_no_figure():
    evidence = Evidence({'face': Scores.of(Two(), [None, None])}, np.array([5, 0]))
    assert evidence.figures(['face'], FusionSettings(), resamples=0) == {'n': 0}


def test_other_scores_of_one_modality_leave_the_rest_as_it_was():
    evidence = Evidence({'face': certain(0), 'text': certain(0)}, np.array([0, 0]))
    replaced = evidence.replacing('face', certain(1))
    settings = FusionSettings(reliability=1.0)
    conflict = [each.figures(['face', 'text'], settings, resamples=0)['mean_conflict']
                for each in (evidence, replaced)]
    assert conflict[0] == pytest.approx(0)
    assert conflict[1] > 0.5
