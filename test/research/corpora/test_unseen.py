"""What is said about a class that was never learned."""

import numpy as np
import pytest

from mer_ros.emotions import EMOTIONS
from mer_ros.evaluation.recorded_evidence import Evidence, Scores
from mer_ros.research.corpora.unseen import unseen_classes

CERTAIN, VAGUE = 6.0, 0.5


def scores(*rows):
    logits = np.array([strength * np.eye(7)[EMOTIONS.index(label)] for label, strength in rows])
    return Scores(logits, np.ones(7, bool), np.ones(len(rows), bool))


def evidence(**modalities):
    rows = len(next(iter(modalities.values())).logits)
    return Evidence(modalities, np.full(rows, -1))


def by_preset(rows):
    return {row['preset']: row for row in rows}


def test_doubt_that_is_larger_for_every_unseen_clip_tells_them_apart():
    face = scores(('neutral', VAGUE), ('anger', VAGUE), ('fear', CERTAIN), ('anger', CERTAIN))
    row = by_preset(unseen_classes(
        evidence(face=face), ['contempt', 'contempt', None, None], ('face',)))['calibrated']
    assert (row['n'], row['seen']) == (2, 2)
    assert row['predicted']['neutral'] == row['predicted']['anger'] == 0.5
    assert row['auroc'] == {'uncertainty': 1.0, 'entropy': 1.0}
    assert row['mean']['uncertainty'] > row['mean_seen']['uncertainty']


def test_clips_that_are_as_sure_as_the_others_cannot_be_told_apart():
    face = scores(('neutral', CERTAIN), ('fear', CERTAIN))
    row = by_preset(unseen_classes(evidence(face=face), ['calm', None], ('face',)))['paper']
    assert row['auroc'] == {'uncertainty': 0.5, 'entropy': 0.5}


def test_conflict_is_measured_between_modalities():
    face = scores(('anger', CERTAIN), ('fear', CERTAIN))
    text = scores(('sadness', CERTAIN), ('fear', CERTAIN))
    row = by_preset(unseen_classes(
        evidence(face=face, text=text), ['contempt', None], ('face', 'text')))['calibrated']
    assert row['auroc']['conflict'] == 1.0
    assert row['mean']['conflict'] > 0.4
    assert row['mean_seen']['conflict'] == pytest.approx(0, abs=0.05)


def test_each_unseen_class_is_told_by_name_and_none_is_no_error():
    face = scores(('anger', CERTAIN), ('fear', CERTAIN))
    rows = unseen_classes(evidence(face=face), ['contempt', 'calm'], ('face',))
    assert [row['label'] for row in rows] == ['calm'] * 3 + ['contempt'] * 3
    assert rows[0]['auroc'] == {'uncertainty': None, 'entropy': None}, 'nothing to compare with'
    assert rows[0]['mean_seen']['entropy'] is None
    assert unseen_classes(evidence(face=face), [None, None], ('face',)) == []
