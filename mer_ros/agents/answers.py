"""What an agent is told about a person: numbers, and a sentence that says no more than they do."""

from dataclasses import dataclass
import math

import numpy as np

from mer_ros.agents.accounts import Account
from mer_ros.data import Emotion, NANOSECONDS
from mer_ros.emotions import UNKNOWN
from mer_ros.engines.remarks import doubts_in_words

_DIGITS = 3


@dataclass(frozen=True)
class Source:
    """What one modality says on its own.

    ``probability`` and ``uncertainty`` are in [0, 1]; ``weight`` is in [0, 1], 1 = fully
    trusted; ``doubts`` are the reasons why it is trusted less, in words; ``seconds_old`` is how
    long ago its evidence was.
    """

    modality: str
    emotion: str
    probability: float
    uncertainty: float
    weight: float
    doubts: list[str]
    seconds_old: float


@dataclass(frozen=True)
class Impression:
    """How a person seems: what is perceived, how sure that is, since when, and from what.

    ``emotion`` is 'unknown' where nothing is known *now*; ``last_emotion`` is what was perceived
    last, '' for nothing.  Probabilities, uncertainty and conflict are in [0, 1], valence and
    arousal in [-1, 1], times in seconds; None is what nobody knows.  ``cannot_be_ruled_out`` are
    the emotions among which the true one is in the share ``coverage`` of the cases; none where
    that was not calibrated; ``present`` are those that are there where several may be at once.
    """

    person_id: str
    summary: str
    emotion: str
    is_stale: bool
    last_emotion: str
    probability: float | None
    probabilities: dict[str, float]
    several_at_once: bool
    present: list[str]
    cannot_be_ruled_out: list[str]
    coverage: float | None
    uncertainty: float | None
    conflict: float | None
    valence: float | None
    arousal: float | None
    seconds_old: float | None
    since_seconds: float | None
    sources: list[Source]
    missing: list[str]


@dataclass(frozen=True)
class Reason:
    """Why a person does not seem to feel something: for each modality the probability it gives."""

    person_id: str
    summary: str
    emotion: str
    probability: float | None
    perceived: str
    given_by: dict[str, float]
    missing: list[str]


def impression(account: Account, now: int) -> Impression:
    """Return how a person seems at a time in ns, 0 where the graph has none."""
    state = account.state
    is_stale = _is_stale(state, now)
    return Impression(
        person_id=state.person_id, summary=_summary(account, now),
        emotion=UNKNOWN if is_stale else state.label, is_stale=is_stale,
        last_emotion='' if state.label == UNKNOWN else state.label,
        probability=_round(state.confidence),
        probabilities={label: _round(value) for label, value
                       in zip(state.labels, state.probability, strict=True)},
        several_at_once=state.multi_label, present=list(state.present),
        cannot_be_ruled_out=list(state.prediction_set),
        coverage=_round(state.prediction_set_coverage) if state.prediction_set else None,
        uncertainty=_round(state.uncertainty),
        conflict=_round(state.conflict), valence=_finite(state.valence),
        arousal=_finite(state.arousal), seconds_old=_seconds(now, state.stamp),
        since_seconds=None if is_stale else _seconds(now, account.since),
        sources=[_source(state, row, now) for row in range(len(state.modalities))],
        missing=list(state.missing))


def nobody(person_id: str, summary: str) -> Impression:
    """Return how a person seems who is not perceived, in the words of ``summary``."""
    return Impression(
        person_id=person_id, summary=summary, emotion=UNKNOWN, is_stale=False, last_emotion='',
        probability=None, probabilities={}, several_at_once=False,
        present=[], cannot_be_ruled_out=[], coverage=None, uncertainty=None, conflict=None,
        valence=None, arousal=None, seconds_old=None, since_seconds=None, sources=[], missing=[])


def why_not(account: Account, emotion: str, now: int) -> Reason:
    """Return why a person does not seem to feel an emotion, or anything with ``emotion`` ''.

    Raises:
        ValueError: the emotion is not one of those that are perceived.
    """
    state = account.state
    if emotion and emotion not in state.labels:
        raise ValueError(f'{emotion!r} is not perceived here; known are {", ".join(state.labels)}')
    perceived = UNKNOWN if _is_stale(state, now) else state.label
    row = state.labels.index(emotion) if emotion else None
    given = {} if row is None else {
        opinion.modality: _round(opinion.probability[row]) for opinion in state.modalities}
    return Reason(
        person_id=state.person_id, summary=_because(account, emotion, now), emotion=emotion,
        probability=None if row is None else _round(state.probability[row]),
        perceived=perceived, given_by=given, missing=list(state.missing))


def _summary(account: Account, now: int) -> str:
    state = account.state
    if _is_stale(state, now) or state.label == UNKNOWN:
        return f'How {_name(state)} seems is unknown: {_why_unknown(state, now)}.'
    words = [f'{_name(state)} seems to show {state.label}: probability {state.confidence:.2f}, '
             f'uncertainty {state.uncertainty:.2f}, conflict between modalities '
             f'{state.conflict:.2f}']
    since = _seconds(now, account.since)
    words.append('' if since is None else f', for {since:.1f} s')
    words.append(f'; from {_modalities(state)}')
    words.append(f'; nothing from {", ".join(state.missing)}.' if state.missing else '.')
    return ''.join(words)


def _because(account: Account, emotion: str, now: int) -> str:
    state = account.state
    if _is_stale(state, now) or state.label == UNKNOWN:
        return f'How {_name(state)} seems is unknown: {_why_unknown(state, now)}.'
    if not emotion or emotion == state.label:
        return _summary(account, now)
    row = state.labels.index(emotion)
    said = [f'{opinion.modality} {opinion.probability[row]:.2f}' for opinion in state.modalities]
    missing = f'; nothing from {", ".join(state.missing)}' if state.missing else ''
    return (f'{emotion} has probability {state.probability[row]:.2f}, {state.label} has '
            f'{state.confidence:.2f}. Probability of {emotion} by modality: '
            f'{", ".join(said) or "none"}{missing}.')


def _why_unknown(state: Emotion, now: int) -> str:
    """Return why nothing is known of a person now."""
    if _is_stale(state, now):
        last = 'nothing' if state.label == UNKNOWN else f'{state.label} ({state.confidence:.2f})'
        return (f'the last evidence is {(now - state.stamp) / NANOSECONDS:.1f} s old and counted '
                f'for {state.valid_for / NANOSECONDS:.1f} s; it said {last}')
    if not state.modalities:
        return f'there is no evidence from {", ".join(state.missing) or "any modality"}'
    best = state.labels[int(np.argmax(state.probability))]
    return (f'the evidence is too weak or contradictory (abstain.*): the best guess {best} has '
            f'probability {state.confidence:.2f}, uncertainty {state.uncertainty:.2f} and conflict '
            f'{state.conflict:.2f}, from {_modalities(state)}')


def _source(state: Emotion, row: int, now: int) -> Source:
    opinion = state.modalities[row]
    best = int(np.argmax(opinion.probability))
    since = max(0, now - state.stamp) if now else 0
    return Source(
        modality=opinion.modality, emotion=state.labels[best],
        probability=_round(opinion.probability[best]), uncertainty=_round(opinion.uncertainty),
        weight=_round(opinion.weight), doubts=doubts_in_words(opinion.doubts),
        seconds_old=_round((opinion.age + since) / NANOSECONDS))


def _is_stale(state: Emotion, now: int) -> bool:
    return bool(now) and now > state.stamp + state.valid_for


def _modalities(state: Emotion) -> str:
    return ', '.join(
        f'{opinion.modality} ({"; ".join(doubts_in_words(opinion.doubts))})' if opinion.doubts
        else opinion.modality for opinion in state.modalities) or 'no single modality'


def _name(state: Emotion) -> str:
    return state.person_id or 'the person without an id'


def _seconds(now: int, stamp: int) -> float | None:
    return _round(max(0, now - stamp) / NANOSECONDS) if now else None


def _finite(value: float) -> float | None:
    return _round(value) if math.isfinite(value) else None


def _round(value: float) -> float:
    return round(float(value), _DIGITS)
