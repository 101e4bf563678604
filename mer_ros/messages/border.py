"""The border: what of a message is believed, before it becomes plain data.

Whoever is on the network can publish.  Every message is read through here, by engines and by those
who only show or obey what was perceived, so that no one behind the border need doubt a string, a
number or a time.  What is refused is a BadInput with a reason to count it under.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mer_ros.data import BadInput, check_stamp, Emotion, ModalityOpinion, NANOSECONDS
from mer_ros.emotions import UNKNOWN
from mer_ros.printable import is_printable, SHORT

LONGEST_TEXT = 65_536
"""The most characters of a transcript that are read: more than anybody says in an hour."""

MOST_NAMES = 256
"""The most labels, or modalities, of a message."""

MOST_DOUBTS = 8
"""The most doubts about one piece of evidence."""

LONGEST_DOUBT = 64
"""The most characters of the name of a doubt."""

LATEST = (2**31 - 86_400) * NANOSECONDS
"""The last time that is believed: what is derived from it must still fit into a message."""

LONGEST = 86_400 * NANOSECONDS
"""The longest duration that is believed: a day."""

_QUOTED = 40
"""How many characters of a name that is refused are told."""

_ROUNDING = 1e-6
"""By how much a number may leave its range, as float32 and sums do."""


def to_nanoseconds(time: Any) -> int:
    """Return a builtin_interfaces Time or Duration as integer nanoseconds.

    Raises BadInput (``time``) where it does not fit into one, which not every publisher checks.
    """
    sec, nanosec = int(time.sec), int(time.nanosec)
    value = sec * NANOSECONDS + nanosec
    if not (-2**31 <= sec < 2**31 and 0 <= nanosec < 2**32 and value <= LATEST):
        raise BadInput('time', f'{sec} s and {nanosec} ns are no time; seconds end in 2038')
    return value


def stamp_of(message: Any) -> int:
    """Return the header stamp; raise BadInput (``unstamped``, ``time``) if it is none."""
    stamp = to_nanoseconds(message.header.stamp)
    check_stamp(stamp)
    return stamp


def duration_of(value: Any, what: str) -> int:
    """Return a Duration in nanoseconds; raise BadInput (``duration``) outside 0 to a day."""
    return _lasting(to_nanoseconds(value), what)


def duration_of_seconds(seconds: float, what: str) -> int:
    """Return seconds as nanoseconds; raise BadInput (``duration``) outside 0 to a day, or NaN."""
    if not 0.0 <= seconds <= LONGEST / NANOSECONDS:
        raise BadInput('duration', f'{what} is {seconds} s; allowed is 0 to a day')
    return round(seconds * NANOSECONDS)


def _lasting(nanoseconds: int, what: str) -> int:
    if not 0 <= nanoseconds <= LONGEST:
        raise BadInput('duration', f'{what} is {nanoseconds} ns; allowed is 0 to a day')
    return nanoseconds


def name_of(text: str, what: str) -> str:
    """Return an id, a label or another name; raise BadInput (``text``) if it cannot be one."""
    if text.isprintable() and len(text) <= SHORT:
        return text
    if len(text) > SHORT or not is_printable(text):
        raise BadInput('text', (
            f'the {what} {text[:_QUOTED]!r} of {len(text)} characters cannot be used; allowed are '
            f'{SHORT} printable ones'))
    return text


def names_of(texts: Iterable[str], what: str) -> tuple[str, ...]:
    """Return names; raise BadInput (``text``) where one cannot be one or there are too many."""
    return _names_of(tuple(texts), what)


@lru_cache(maxsize=64)  # a stream of messages repeats its labels
def _names_of(texts: tuple[str, ...], what: str) -> tuple[str, ...]:
    if len(texts) > MOST_NAMES:
        raise BadInput('text', f'{len(texts)} {what}s came; allowed are {MOST_NAMES}')
    for text in texts:
        name_of(text, what)
    return texts


def doubts_of(texts: Iterable[str]) -> tuple[str, ...]:
    """Return the names of doubts; raise BadInput (``text``) where they cannot be such."""
    doubts = names_of(texts, 'doubt')
    if len(doubts) > MOST_DOUBTS or any(len(name) > LONGEST_DOUBT for name in doubts):
        raise BadInput('text', (
            f'{len(doubts)} doubts of up to {max(map(len, doubts))} characters came; allowed are '
            f'{MOST_DOUBTS} of {LONGEST_DOUBT}'))
    return doubts


def spoken(text: str) -> str:
    """Return what was said, its newest LONGEST_TEXT characters, control characters as spaces."""
    newest = text[-LONGEST_TEXT:]
    return newest if newest.isprintable() else ''.join(map(_spoken, newest))


def _spoken(character: str) -> str:
    code = ord(character)
    return ' ' if code < 0x20 or 0x7f <= code < 0xa0 else character


def checked(state: Emotion) -> Emotion:
    """Return a state that may be shown and obeyed.

    Raises:
        BadInput: ``labels`` (none, repeated, or ``label`` is not among them), ``lengths`` (an
            array is not one number a label), ``range`` (not finite, or outside its range),
            ``text``, ``duration``.
    """
    count = len(names_of(state.labels, 'label'))
    if not count or len(set(state.labels)) != count:
        raise BadInput('labels', f'a state has the labels {list(state.labels)}; needed is at least '
                                 f'one, and each once')
    if state.label != UNKNOWN and state.label not in state.labels:
        raise BadInput('labels', f'a state has the label {state.label!r}, which is neither '
                                 f'{UNKNOWN!r} nor among its labels {list(state.labels)}')
    _subset('prediction_set', state.prediction_set, state.labels)
    _subset('present', state.present, state.labels if state.multi_label else ())
    name_of(state.person_id, 'person_id')
    name_of(state.frame_id, 'frame_id')
    names_of(state.missing, 'missing modality')
    _lasting(state.valid_for, 'valid_for')
    several = state.multi_label
    _shares('probability', state.probability, count)
    _shares('belief', state.belief, count, may_be_empty=several)
    _shares('label_uncertainty', state.label_uncertainty, count if several else 0)
    _numbers('alpha', state.alpha, count, 0.0, float('inf'), may_be_empty=several)
    for what in ('confidence', 'uncertainty', 'conflict', 'certain_conflict',
                 'prediction_set_coverage'):
        _shares(what, (getattr(state, what),), 1)
    for what in ('valence', 'arousal'):
        value = getattr(state, what)
        if not np.isnan(value):
            _numbers(what, (value,), 1, -1.0, 1.0)
    for what in ('valence_deviation', 'arousal_deviation'):
        value = getattr(state, what)
        if not np.isnan(value):
            _numbers(what, (value,), 1, 0.0, float('inf'))
    if len(state.modalities) > MOST_NAMES:
        raise BadInput('lengths', f'a state has {len(state.modalities)} modalities; allowed are '
                                  f'{MOST_NAMES}')
    for opinion in state.modalities:
        _check_opinion(opinion, count, several)
    return state


def _check_opinion(opinion: ModalityOpinion, count: int, several: bool) -> None:
    whose = name_of(opinion.modality, 'modality')
    name_of(opinion.model, 'model')
    doubts_of(opinion.doubts)
    _lasting(opinion.age, f'the age of {whose}')
    _shares(f'belief of {whose}', opinion.belief, count, may_be_empty=several)
    _shares(f'probability of {whose}', opinion.probability, count)
    _shares(f'uncertainty and weight of {whose}', (opinion.uncertainty, opinion.weight), 2)


def _subset(what: str, names: tuple[str, ...], allowed: tuple[str, ...]) -> None:
    if names_of(names, what) and not (len(set(names)) == len(names) and set(names) <= set(allowed)):
        raise BadInput('labels', f'a state has the {what} {list(names)}; allowed are those of '
                                 f'{list(allowed)}, each once')


def _shares(what: str, values: Sequence[float] | NDArray[np.float64], count: int, *,
            may_be_empty: bool = False) -> None:
    _numbers(what, values, count, 0.0, 1.0, may_be_empty=may_be_empty)


def _numbers(
    what: str, values: Sequence[float] | NDArray[np.float64], count: int, least: float,
    most: float, *, may_be_empty: bool = False,
) -> None:
    found = np.asarray(values, dtype=np.float64)
    if found.shape != (count,) and not (may_be_empty and not found.size):
        raise BadInput('lengths', f'a state has {found.size} values of {what}; needed are {count}')
    # Written so that NaN fails.
    fits = np.isfinite(found) & (found >= least - _ROUNDING) & (found <= most + _ROUNDING)
    if not fits.all():
        raise BadInput('range', f'a state has {what} {found[~fits][:3].tolist()}; allowed is '
                                f'{least:g} to {most:g}')
