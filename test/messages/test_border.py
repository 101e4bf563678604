"""What is believed of a message: strings, numbers and times of anybody in the network."""

from collections.abc import Callable
from dataclasses import replace
import io
import math
from types import SimpleNamespace as Message
from typing import Any

from hypothesis import given, HealthCheck, settings
from hypothesis import strategies as st
import numpy as np
import pytest
from rich.console import Console

from mer_ros.bags.bag_messages import to_message
from mer_ros.data import (
    AudioBlock,
    BadInput,
    Emotion,
    Features,
    Logits,
    ModalityOpinion,
    NANOSECONDS,
    Response,
    Speaker,
    Words,
)
from mer_ros.evaluation.reports.state_view import people_view, state_line, state_panel
from mer_ros.messages.adapters import words_from
from mer_ros.messages.border import LATEST, LONGEST, LONGEST_TEXT, to_nanoseconds
from mer_ros.messages.conversions import (
    emotion_from,
    features_from,
    logits_from,
    response_from,
    speaker_from,
)
from mer_ros.messages.sound_reader import SoundReader
from mer_ros.printable import is_printable, SHORT

STAMP = 1_700_000_000 * NANOSECONDS
THIRD = np.full(3, 1 / 3)
STATE = Emotion(
    STAMP, STAMP - 7, 'ada', 'a', 0.5, 0.5, 0.125, ('a', 'b', 'c'), THIRD * 0.5, THIRD, THIRD + 1,
    modalities=(ModalityOpinion('face', 'lite', THIRD * 0.5, 0.5, THIRD, 5, 0.25, ('blurred',)),),
    missing=('text',), valid_for=2 * NANOSECONDS, frame_id='camera', prediction_set=('a', 'c'),
    prediction_set_coverage=0.9)
SEVERAL = Emotion(
    STAMP, STAMP, 'ben', 'joy', 0.9, 0.5, 0.0, ('joy', 'pride'), np.empty(0), np.array([0.9, 0.6]),
    np.empty(0), multi_label=True, label_uncertainty=np.array([0.5, 0.25]),
    present=('joy',))


def sound_from(message: Any) -> AudioBlock:
    return SoundReader().read(message)


ITEMS: dict[Callable[..., Any], Any] = {
    emotion_from: STATE,
    response_from: Response(STATE, 'Hello.', 'en', 'template'),
    logits_from: Logits(STAMP, 'face', ('a', 'b', 'c'), np.zeros(3), 'ada', 'lite',
                        quality=0.5, doubts=('blurred', 'dark')),
    features_from: Features(STAMP, 'face', 'lite', np.zeros((2, 3), np.float32), 'ada', 'camera'),
    speaker_from: Speaker(STAMP, 'ada', 'camera'),
    words_from: Words(STAMP, 'hello', 'microphone', 'ada', 'en'),
    sound_from: AudioBlock(STAMP, np.zeros((9, 1), np.float32), 16_000, 'microphone')}


def strings_of(message: Any, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """Return the paths of all strings of a message but what is said, those of lists included."""
    found = []
    for key, value in (enumerate(message) if isinstance(message, list) else vars(message).items()):
        if isinstance(value, str) and key not in ('text', 'encoding', 'format'):
            found.append((*path, key))
        elif isinstance(value, list) or (hasattr(value, '__dict__')
                                         and not isinstance(value, np.ndarray)):
            found += strings_of(value, (*path, key))
    return [one for one in found
            if not str(one[-1]).startswith('__') and not str(one[-1]).isupper()]


def put(message: Any, path: tuple[Any, ...], value: Any) -> None:
    for key in path[:-1]:
        message = message[key] if isinstance(key, int) else getattr(message, key)
    if isinstance(path[-1], int):
        message[path[-1]] = value
    else:
        setattr(message, path[-1], value)


@pytest.mark.parametrize('text', ['\x1b[2J', 'a\rb', '\ud83d', '\u202ex', 'x' * (SHORT + 1)],
                         ids=['escape', 'return', 'half a pair', 'bidi', 'long'])
@pytest.mark.parametrize('read', ITEMS, ids=lambda read: read.__name__)
def test_no_string_of_any_message_can_write_more_than_its_letters(read: Any, text: str) -> None:
    paths = strings_of(to_message(ITEMS[read]))
    if read is response_from:  # whom it is said to is read from the emotion that it answers
        paths = [path for path in paths if path not in (('person_id',), ('header', 'frame_id'))]
    assert paths
    for path in paths:
        message = to_message(ITEMS[read])
        put(message, path, text)
        with pytest.raises(BadInput) as caught:
            read(message)
        assert caught.value.reason in ('text', 'labels'), path
        assert is_printable(str(caught.value))


def test_what_is_said_may_hold_line_ends_which_become_spaces() -> None:
    words = words_from(to_message(Words(STAMP, 'one\r\ntwo\x1b[2J\x9b')))
    assert words is not None
    assert words.text == 'one  two [2J '


def test_of_a_very_long_text_the_newest_words_are_read() -> None:
    words = words_from(to_message(Words(STAMP, 'x' * LONGEST_TEXT + 'end')))
    assert words is not None
    assert len(words.text) == LONGEST_TEXT
    assert words.text.endswith('xend')


@pytest.mark.parametrize(('sec', 'nanosec'), [
    (2**31, 0), (-2**31 - 1, 0), (2**31 - 1, 0), (0, 2**32), (0, -1), (2**31 - 1, 4_000_000_000)])
def test_what_is_no_time_is_refused(sec: int, nanosec: int) -> None:
    with pytest.raises(BadInput, match='are no time') as caught:
        to_nanoseconds(Message(sec=sec, nanosec=nanosec))
    assert caught.value.reason == 'time'


def test_a_time_with_more_than_a_second_of_nanoseconds_is_that_later() -> None:
    assert to_nanoseconds(Message(sec=5, nanosec=3_000_000_001)) == 8 * NANOSECONDS + 1


@pytest.mark.parametrize('seconds', [math.nan, math.inf, -math.inf, -1.0, 1e300])
def test_a_time_that_words_took_is_one_or_refused(seconds: float) -> None:
    with pytest.raises(BadInput, match='audio_time'):
        words_from(Message(text='hello', audio_time=seconds),
                   kind='whisper_msgs/msg/Transcription', arrival=STAMP)


@pytest.mark.parametrize('span', [-1, LONGEST + 1])
def test_windows_are_no_longer_than_a_day(span: int) -> None:
    logits = ITEMS[logits_from]
    with pytest.raises(BadInput, match='0 to a day'):
        logits_from(to_message(replace(logits, window=span)))
    with pytest.raises(BadInput, match='0 to a day'):
        emotion_from(to_message(replace(STATE, valid_for=span)))


@pytest.mark.parametrize('state', [STATE, SEVERAL], ids=['one', 'several'])
def test_a_sound_state_is_believed(state: Emotion) -> None:
    assert emotion_from(to_message(state)).label == state.label


NUMBERS = ('confidence', 'uncertainty', 'conflict', 'certain_conflict',
           'prediction_set_coverage')


@pytest.mark.parametrize('value', [math.nan, math.inf, -math.inf, -0.01, 1.01, 7.0, 1e7])
@pytest.mark.parametrize('what', [
    *NUMBERS, 'probability', 'belief', 'alpha', 'valence', 'arousal', 'label_uncertainty'])
def test_no_number_outside_its_range_is_believed(what: str, value: float) -> None:
    state = SEVERAL if what == 'label_uncertainty' else STATE
    if what == 'alpha' and value >= 0 and math.isfinite(value):
        return
    if what in ('valence', 'arousal') and (math.isnan(value) or value == -0.01):
        return
    bad: Any = value
    if what not in (*NUMBERS, 'valence', 'arousal'):
        bad = np.array(getattr(state, what))
        bad[-1] = value
    with pytest.raises(BadInput, match=what) as caught:
        emotion_from(to_message(replace(state, **{what: bad})))
    assert caught.value.reason == 'range'


@pytest.mark.parametrize('count', [0, 1, 2, 4])
@pytest.mark.parametrize('what', ['probability', 'belief', 'alpha'])
def test_arrays_of_another_length_than_the_labels_are_refused(what: str, count: int) -> None:
    with pytest.raises(BadInput, match='needed are 3') as caught:
        emotion_from(to_message(replace(STATE, **{what: np.full(count, 0.3)})))
    assert caught.value.reason == 'lengths'


@pytest.mark.parametrize('labels', [(), ('a', 'a', 'b'), ('x', 'y', 'z')])
def test_labels_must_be_there_once_and_hold_the_label(labels: tuple[str, ...]) -> None:
    with pytest.raises(BadInput) as caught:
        emotion_from(to_message(replace(STATE, labels=labels)))
    assert caught.value.reason == 'labels'


@pytest.mark.parametrize('names', [('x',), ('a', 'a'), ('b', 'unknown')])
@pytest.mark.parametrize('what', ['prediction_set', 'present'])
def test_a_set_of_labels_holds_labels_of_the_state_each_once(
    what: str, names: tuple[str, ...]
) -> None:
    state = replace(STATE if what == 'prediction_set' else SEVERAL, **{what: names})
    with pytest.raises(BadInput, match=what) as caught:
        emotion_from(to_message(state))
    assert caught.value.reason == 'labels'


def test_only_of_several_emotions_at_once_some_are_present() -> None:
    with pytest.raises(BadInput, match='present'):
        emotion_from(to_message(replace(STATE, present=('a',))))


@pytest.mark.parametrize('doubts', [('x',) * 9, ('x' * 65,)], ids=['many', 'long'])
def test_doubts_are_bounded_in_number_and_length(doubts: tuple[str, ...]) -> None:
    (opinion,) = STATE.modalities
    for read, item in ((logits_from, replace(ITEMS[logits_from], doubts=doubts)),
                       (emotion_from, replace(STATE, modalities=(replace(
                           opinion, doubts=doubts),)))):
        with pytest.raises(BadInput, match='allowed are 8 of 64') as caught:
            read(to_message(item))
        assert caught.value.reason == 'text'


ODD = st.one_of(
    st.floats(), st.floats(0, 1), st.just(1e7), st.just(math.nan))
ARRAYS = st.lists(ODD, max_size=6).map(lambda values: np.array(values, dtype=np.float64))
TEXTS = st.one_of(st.sampled_from(['a', 'b', 'joy', 'unknown', '']),
                  st.text(alphabet=st.characters(exclude_categories=()), max_size=9))
STATES = st.builds(
    Emotion, stamp=st.integers(0, LATEST), window_start=st.integers(0, LATEST), person_id=TEXTS,
    label=TEXTS, confidence=ODD, uncertainty=ODD, conflict=ODD,
    labels=st.lists(TEXTS, max_size=5).map(tuple), belief=ARRAYS, probability=ARRAYS, alpha=ARRAYS,
    valence=ODD, arousal=ODD, modalities=st.lists(st.builds(
        ModalityOpinion, modality=TEXTS, model=TEXTS, belief=ARRAYS, uncertainty=ODD,
        probability=ARRAYS, age=st.integers(0, 2**62), weight=ODD,
        doubts=st.lists(TEXTS, max_size=9).map(tuple)), max_size=3).map(tuple),
    missing=st.lists(TEXTS, max_size=3).map(tuple), valid_for=st.integers(0, 2 * LONGEST),
    multi_label=st.booleans(), label_uncertainty=ARRAYS, certain_conflict=ODD,
    prediction_set=st.lists(TEXTS, max_size=3).map(tuple), prediction_set_coverage=ODD,
    present=st.lists(TEXTS, max_size=3).map(tuple))


def as_message(state: Emotion) -> Any:
    def time(value: int) -> Any:
        return Message(sec=value // NANOSECONDS, nanosec=value % NANOSECONDS)

    fields = {name: getattr(state, name) for name in Emotion.__slots__}
    return Message(**{
        **fields, 'header': Message(stamp=time(state.stamp), frame_id=state.frame_id),
        'window_start': time(state.window_start), 'valid_for': time(state.valid_for),
        'modalities': [Message(**{
            **{name: getattr(one, name) for name in ModalityOpinion.__slots__},
            'age': time(one.age)}) for one in state.modalities]})


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(st.one_of(STATES, st.builds(
    lambda odd, names: replace(STATE, **{name: getattr(odd, name) for name in names}),
    STATES, st.lists(st.sampled_from(Emotion.__slots__), max_size=2))))
def test_a_state_is_refused_or_can_be_shown(state: Emotion) -> None:
    try:
        read = emotion_from(as_message(state))
    except BadInput:
        return
    console = Console(file=io.StringIO(), width=80, height=24)
    for view in (people_view({'': read}, now=STAMP), state_panel({'': read}), state_line(read)):
        console.print(view, markup=False)
    shown = console.file.getvalue()  # type: ignore[attr-defined]
    assert len(shown) < 20_000
    assert '\x1b' not in shown
