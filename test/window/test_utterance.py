"""The trigger that closes one window an utterance."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st
import numpy as np
import pytest

from mer_ros.data import Logits, nanoseconds
from mer_ros.window import Windows, WindowSettings

MODALITIES = ('face', 'speech', 'text')
MS = 1_000_000


def s(seconds):
    return nanoseconds(seconds)


def windows(**chosen):
    return Windows(MODALITIES, WindowSettings(
        **{'trigger': 'utterance', 'length': s(2.0), 'half_life': s(3), **chosen}))


def voice(message, end, lasted=1.0):
    return replace(message('speech', end), window=s(lasted))


def test_one_window_holds_the_voice_the_best_face_since_its_start_and_the_words(message, summary):
    gather = windows()
    for seconds, strength in ((9.5, 9.0), (10.2, 1.0), (10.6, 3.0), (10.9, 2.0)):
        assert gather.add(message('face', seconds, value=strength), s(seconds)) == []
    assert gather.add(message('text', 10.95), s(11.0)) == []
    ready = gather.add(voice(message, 11.0), s(11.1))
    assert summary(ready) == [('', 11.0, {'face': 10.6, 'speech': 11.0, 'text': 10.95})]
    assert ready[0].start == s(10.0)
    assert gather.advance(s(14.0)) == []


def test_the_model_that_selects_moments_has_the_last_word_on_the_best_face(message, summary):
    gather = windows()
    for seconds, strength, saliency in ((10.2, 9.0, 0.4), (10.6, 1.0, 0.9)):
        gather.add(replace(message('face', seconds, value=strength), saliency=saliency),
                   s(seconds))
    gather.add(message('text', 10.7), s(10.7))
    ready = gather.add(voice(message, 11.0), s(11.0))
    assert summary(ready) == [('', 11.0, {'face': 10.6, 'speech': 11.0, 'text': 10.7})]


def test_the_words_may_come_after_the_voice_and_the_face_stays_that_of_the_voice(message, summary):
    gather = windows()
    gather.add(message('face', 10.5, value=1.0), s(10.5))
    assert gather.add(voice(message, 11.0), s(11.0)) == []
    assert gather.add(message('face', 11.2, value=9.0), s(11.2)) == []
    ready = gather.add(message('text', 11.8), s(11.8))
    assert summary(ready) == [('', 11.8, {'face': 10.5, 'speech': 11.0, 'text': 11.8})]


def test_what_is_missing_is_waited_for_up_to_the_deadline(message, summary):
    gather = windows()
    gather.add(voice(message, 11.0), s(11.0))
    assert gather.next_deadline() == s(13.0)
    ready = gather.advance(s(13.0))
    assert summary(ready) == [('', 11.0, {'speech': 11.0})]
    assert ready[0].missing == ('face', 'text')


def test_the_next_utterance_ends_the_waiting_and_gets_its_own_words(message, summary):
    gather = windows()
    gather.add(message('face', 10.5), s(10.5))
    gather.add(voice(message, 11.0), s(11.0))
    gather.add(message('face', 11.7), s(11.7))
    ready = gather.add(voice(message, 12.0, 0.8), s(12.0))
    assert summary(ready) == [('', 11.0, {'face': 10.5, 'speech': 11.0})]
    ready = gather.add(message('text', 12.1), s(12.1))
    assert summary(ready) == [('', 12.1, {'face': 11.7, 'speech': 12.0, 'text': 12.1})]


def test_words_that_began_after_the_voice_ended_are_of_the_next_utterance(message, summary):
    gather = windows()
    gather.add(message('face', 10.5), s(10.5))
    gather.add(voice(message, 11.0), s(11.0))
    gather.add(replace(message('text', 12.5), window=s(1.0)), s(12.5))
    assert summary(gather.advance(s(13.0))) == [('', 11.0, {'face': 10.5, 'speech': 11.0})]
    gather.add(message('face', 12.2), s(13.0))
    ready = gather.add(voice(message, 13.1, 1.5), s(13.1))
    assert summary(ready) == [('', 13.1, {'face': 12.2, 'speech': 13.1, 'text': 12.5})]


def test_nothing_that_was_said_before_is_used_again(message, summary):
    gather = windows(length=s(0.5))
    gather.add(message('face', 10.5), s(10.5))
    gather.add(message('text', 10.9), s(10.9))
    gather.add(voice(message, 11.0), s(11.0))
    gather.add(voice(message, 15.0), s(15.0))
    assert summary(gather.advance(s(15.5))) == [('', 15.0, {'speech': 15.0})]


def test_without_a_voice_there_is_no_window_and_what_waits_is_forgotten(message):
    gather = windows(max_age=s(4))
    for second in range(10, 40):
        assert gather.add(message('face', float(second)), s(second)) == []
    waiting = gather._tracks[''].waiting['face']
    assert len(waiting) == 9  # of max_age and max_lateness
    assert gather.advance(s(42.9)) == []
    assert list(gather.people) == ['']
    assert gather.advance(s(43.0)) == []
    assert list(gather.people) == []
    assert gather.next_deadline() is None


def test_a_state_expires_while_the_face_goes_on(message, summary):
    gather = windows(max_age=s(4))
    gather.add(message('face', 10.5), s(10.5))
    gather.add(message('text', 10.9), s(10.9))
    gather.add(voice(message, 11.0), s(11.0))
    for tenth in range(120, 160, 5):
        ready = gather.add(message('face', tenth / 10), s(tenth / 10))
        assert summary(ready) == ([('', 15.0, 'expired')] if tenth == 150 else [])


def test_a_trigger_without_its_voice_is_refused_and_the_way_out_is_named():
    with pytest.raises(ValueError, match=r"needs the modality 'speech'.*window.voice"):
        Windows(('face', 'text'), WindowSettings(trigger='utterance'))
    Windows(('face', 'av'), WindowSettings(trigger='utterance', voice='av'))


SETTLE = 60 * MS
START = 10_000 * MS
LATER = 10**15

told = st.lists(st.tuples(
    st.sampled_from(MODALITIES), st.integers(0, 3000), st.integers(0, 800),
    st.sampled_from([0.0, 1.0, 2.0])), max_size=30, unique_by=lambda one: one[:2])


@st.composite
def arrivals(draw):
    """Messages that arrive less than SETTLE after their stamps, each topic in order."""
    arrived, last = [], {}
    for modality, offset, window, value in sorted(draw(told), key=lambda one: one[1]):
        stamp = START + offset * MS
        arrival = max(stamp + draw(st.integers(0, SETTLE - 1)), last.get(modality, 0))
        last[modality] = arrival
        arrived.append((arrival, Logits(
            stamp=stamp, modality=modality, labels=('anger', 'fear'),
            logits=np.array([value, 0.0]), window=window * MS)))
    return sorted(arrived, key=lambda pair: pair[0])


def model(messages, chosen):
    """Say slowly which stamps each utterance holds."""
    queues = {name: sorted((one for _, one in messages if one.modality == name),
                           key=lambda one: one.stamp) for name in MODALITIES}
    taken, found = set(), []
    voices = queues['speech']
    before = 0
    for index, spoken in enumerate(voices):
        end, start = spoken.stamp, spoken.stamp - spoken.window
        close = end + chosen.length
        if index + 1 < len(voices):
            close = min(close, voices[index + 1].stamp - 1)
        held = {'speech': end}
        for name in ('face', 'text'):
            left = [one for one in queues[name] if one.stamp > before and id(one) not in taken]
            within = [one for one in left if start <= one.stamp <= end]
            after = [one for one in left if end < one.stamp <= close
                     and (one.window == 0 or one.stamp - one.window <= end)]
            if within:
                one = sorted(within, key=lambda one: (one.logits[0], one.stamp))[-1]
            elif after:
                one = after[0]
            else:
                continue
            taken.add(id(one))
            held[name] = one.stamp
        newest = max(held.values())
        found.append((newest, {name: stamp for name, stamp in held.items()
                               if newest - stamp < chosen.max_age}))
        before = end
    return found


@settings(max_examples=300)
@given(arrived=arrivals(), deadlines=st.booleans())
def test_utterances_are_a_function_of_event_time_alone(arrived, deadlines):
    chosen = WindowSettings(trigger='utterance', length=300 * MS, settle=SETTLE,
                            half_life=200 * MS, max_age=4000 * MS)
    gather = Windows(MODALITIES, chosen)
    ready = []
    for arrival, item in arrived:
        while deadlines and (due := gather.next_deadline()) and due < arrival:
            ready += gather.advance(due)
        ready += gather.add(item, arrival)
    ready += gather.advance(LATER)
    assert gather.next_deadline() is None
    assert not gather.counts
    assert [(window.time, {name: one.logits.stamp for name, one in window.evidence.items()})
            for window in ready if not window.expired] == sorted(
                model(arrived, chosen), key=lambda one: one[0])
