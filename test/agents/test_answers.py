"""What an agent is told: no more than what is known."""

from dataclasses import asdict, replace
import json

import pytest

from mer_ros.agents.accounts import Account
from mer_ros.agents.answers import impression, nobody, why_not
from mer_ros.data import NANOSECONDS

SECOND = NANOSECONDS


@pytest.fixture
def account(anna):
    (face,) = anna.modalities
    state = replace(anna, modalities=(replace(face, doubts=()),), prediction_set=())
    return Account(state, since=anna.stamp - 3 * SECOND)


def test_an_answer_says_how_sure_since_when_and_from_what(account):
    told = impression(account, account.state.stamp + SECOND)
    assert (told.emotion, told.probability, told.uncertainty, told.conflict) == (
        'calm', 0.75, 0.123, 0.5)
    assert (told.seconds_old, told.since_seconds) == (1.0, 4.0)
    (face,) = told.sources
    assert (face.modality, face.emotion, face.probability, face.weight) == (
        'face', 'calm', 0.625, 0.8)
    assert face.seconds_old == 1.5
    assert told.missing == ['text']
    assert told.summary == (
        'anna seems to show calm: probability 0.75, uncertainty 0.12, conflict between modalities '
        '0.50, for 4.0 s; from face; nothing from text.')


def test_what_is_stale_is_unknown_and_said_to_be_stale(account):
    told = impression(account, account.state.stamp + 5 * SECOND)
    assert told.is_stale
    assert (told.emotion, told.last_emotion, told.since_seconds) == ('unknown', 'calm', None)
    assert 'unknown: the last evidence is 5.0 s old and counted for 2.0 s; it said calm' in (
        told.summary)


def test_unknown_stays_unknown_with_the_reason(account):
    weak = replace(account, state=replace(account.state, label='unknown'))
    told = impression(weak, account.state.stamp)
    assert (told.emotion, told.last_emotion) == ('unknown', '')
    assert 'too weak or contradictory' in told.summary
    assert 'the best guess calm has probability 0.75' in told.summary
    empty = replace(weak, state=replace(weak.state, modalities=(), missing=('face', 'text')))
    assert 'there is no evidence from face, text' in impression(empty, 0).summary


def test_why_not_compares_the_modalities(account):
    reason = why_not(account, 'anger', account.state.stamp)
    assert (reason.probability, reason.perceived, reason.given_by) == (
        0.25, 'calm', {'face': 0.375})
    assert reason.summary == (
        'anger has probability 0.25, calm has 0.75. Probability of anger by modality: face 0.38; '
        'nothing from text.')
    assert 'unknown' in why_not(account, '', account.state.stamp + 5 * SECOND).summary


def test_why_not_of_what_is_not_perceived_names_what_is(account):
    with pytest.raises(ValueError, match="'joy' is not perceived here; known are calm, anger"):
        why_not(account, 'joy', 0)


def test_doubts_and_what_cannot_be_ruled_out_are_told(anna):
    told = impression(Account(anna, anna.stamp), 0)
    assert told.sources[0].doubts == ['a language that was not learned', 'made up']
    assert 'from face (a language that was not learned; made up)' in told.summary
    assert (told.cannot_be_ruled_out, told.coverage) == (['calm', 'anger'], 0.9)


def test_a_graph_without_time_tells_none(account):
    told = impression(account, 0)
    assert (told.seconds_old, told.since_seconds, told.is_stale) == (None, None, False)
    assert (told.cannot_be_ruled_out, told.coverage) == ([], None)


def test_several_emotions_at_once_are_told_as_such(ben):
    told = impression(Account(ben, ben.stamp), ben.stamp)
    assert told.several_at_once
    assert told.probabilities == {'joy': 0.9, 'pride': 0.6}


def test_every_answer_is_json_without_nan(account, ben):
    for told in (impression(account, 0), impression(Account(ben, ben.stamp), ben.stamp),
                 nobody('carla', 'Unknown.'), why_not(account, 'anger', 0)):
        json.dumps(asdict(told), allow_nan=False)
