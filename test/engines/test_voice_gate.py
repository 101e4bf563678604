"""Words count where a voice was heard with them."""

import numpy as np
import pytest

from mer_ros.data import BadInput, Logits, nanoseconds, VoiceHeard
from mer_ros.emotions import EMOTIONS
from mer_ros.engines.fused_stream import FusedStream
from mer_ros.engines.fusion import FusionEngine
from mer_ros.engines.fusion_settings import FusionSettings
from mer_ros.window import WindowSettings


def s(seconds):
    return nanoseconds(seconds)


def happy(modality, seconds, *, lasted=0.0, **more):
    scores = np.where(np.array(EMOTIONS) == 'happiness', 3.0, 0.0)
    return Logits(s(seconds), modality, EMOTIONS, scores, window=s(lasted), **more)


def engine(*, modalities=('speech', 'text'), window=None, **fusion):
    return FusionEngine(modalities=modalities, fusion=FusionSettings(**fusion),
                        window=WindowSettings(**{'length': s(0.25), **(window or {})}))


def report(end, *, voiced=0.0):
    return VoiceHeard(s(end), s(0.25), s(voiced))


def listen(fusion, start, end, *, voice=(0.0, 0.0), now=None):
    """Have the microphone listen from start to end; return the states."""
    states = []
    for stamp in np.arange(start + 0.25, end + 0.01, 0.25):
        spoken = max(0.0, min(stamp, voice[1]) - max(stamp - 0.25, voice[0]))
        states += fusion.note_voice(report(stamp, voiced=spoken), now)
    return states


def text_of(states):
    """Return what words contributed to the only state."""
    (state,) = states
    return next(one for one in state.modalities if one.modality == 'text')


def test_words_in_silence_count_for_nothing_and_the_doubt_is_named():
    fusion = engine()
    listen(fusion, 0, 20)
    said = text_of(fusion.add(happy('text', 19), s(19)) + fusion.advance(s(20)))
    assert said.weight == 0.0
    assert said.uncertainty == 1.0
    assert said.doubts == ('no_voice',)
    assert fusion.counts['no_voice'] == 1


@pytest.mark.parametrize('voice', [(10.5, 11.2), (13.4, 13.9), (14.2, 14.9)])
def test_words_count_where_a_voice_was_heard_with_them_or_shortly_before(voice):
    fusion = engine()
    listen(fusion, 0, 20, voice=voice)
    said = text_of(fusion.add(happy('text', 15), s(15)) + fusion.advance(s(20)))
    assert said.weight == 1.0
    assert said.doubts == ()
    assert not fusion.counts['no_voice']


def test_a_voice_long_before_does_not_help_and_that_of_a_long_sentence_does():
    for lasted, counts in ((0.0, False), (6.0, True)):
        fusion = engine()
        listen(fusion, 0, 20, voice=(5, 6))
        said = text_of(fusion.add(happy('text', 15, lasted=lasted), s(15))
                       + fusion.advance(s(20)))
        assert (said.weight == 1.0) == counts


def test_a_click_is_no_voice():
    fusion = engine()
    listen(fusion, 0, 20, voice=(14.0, 14.06))
    assert text_of(fusion.add(happy('text', 15), s(15)) + fusion.advance(s(20))).weight == 0.0


def test_typed_words_without_a_microphone_count_at_once():
    fusion = engine(modalities=('text',))
    assert text_of(fusion.add(happy('text', 15), s(15))).weight == 1.0


@pytest.mark.parametrize(('start', 'end'), [(0, 5), (12, 20), (0, 13)])
def test_a_microphone_that_did_not_listen_all_the_time_says_nothing(start, end):
    fusion = engine()
    listen(fusion, start, end)
    said = text_of(fusion.add(happy('text', 15), s(15)) + fusion.advance(s(16.5)))
    assert said.weight == 1.0
    assert not fusion.counts['no_voice']


def test_words_wait_for_the_report_on_their_own_moment():
    fusion = engine(modalities=('text',))
    listen(fusion, 0, 14.75)
    assert fusion.add(happy('text', 15), s(15)) == []
    assert fusion.next_deadline() == s(16)
    assert text_of(fusion.note_voice(report(15.0, voiced=0.2), s(15.1))).weight == 1.0
    assert text_of(fusion.add(happy('text', 15.25), s(15.25))).weight == 1.0
    assert not fusion.counts['no_voice']


def test_where_the_microphone_dies_words_wait_no_longer_than_a_second():
    fusion = engine(modalities=('text',))
    listen(fusion, 0, 14.0)
    assert fusion.add(happy('text', 15), s(15)) == []
    assert fusion.advance(s(15.9)) == []
    assert text_of(fusion.advance(s(16))).weight == 1.0
    assert fusion.next_deadline() != s(16)


def test_words_in_silence_do_not_take_the_place_of_words_that_were_said():
    fusion = engine(modalities=('face', 'speech', 'text'))
    listen(fusion, 0, 20, voice=(8, 9))
    fusion.add(happy('text', 9.5), s(9.5))
    fusion.advance(s(10))
    fusion.add(happy('text', 15), s(15))
    said = text_of(fusion.add(happy('face', 15.1), s(15.1)) + fusion.advance(s(16)))
    assert said.doubts == ()
    assert said.age == s(5.6)
    assert said.weight > 0.0
    assert fusion.counts['no_voice'] == 1


def test_that_quality_is_not_discounted_does_not_give_them_weight():
    fusion = engine(discount_quality=False)
    listen(fusion, 0, 20)
    assert text_of(fusion.add(happy('text', 19), s(19)) + fusion.advance(s(20))).weight == 0.0


@pytest.mark.parametrize('seconds', [0.0, 2.0])
def test_it_can_be_switched_off_while_it_runs(seconds):
    fusion = engine(voice_within={'text': 5.0})
    fusion.configure(FusionSettings(voice_within={'text': seconds}))
    listen(fusion, 0, 20)
    said = text_of(fusion.add(happy('text', 19), s(19)) + fusion.advance(s(20)))
    assert (said.weight == 0.0) == bool(seconds)


def test_the_same_evidence_gives_the_same_states_however_late_the_reports_come():
    words = [happy('text', at) for at in (6.0, 9.0, 14.5, 16.0)]
    reports = [report(at, voiced=0.2 if 8 < at < 9 or 15 < at < 15.5 else 0.0)
               for at in np.arange(0.25, 20, 0.25)]
    found = []
    for delay in (0.0, 0.1, 0.4, 0.9):
        items = sorted([*((s(0.3) + item.stamp, item) for item in words),
                        *((s(delay) + item.stamp, item) for item in reports)],
                       key=lambda pair: pair[0])
        stream = FusedStream(engine(window={'settle': s(3)}))
        states = [state for time, item in items for state in stream.add([item], time)]
        states += stream.end(())
        found.append([(state.stamp, [(one.weight, one.doubts) for one in state.modalities])
                      for state in states])
    assert found[0] == found[1] == found[2] == found[3]
    assert [(stamp, *said) for stamp, said in found[0] if said] == [
        (s(6), (0.0, ('no_voice',))), *[(s(at), (1.0, ())) for at in (9, 9, 16)]]


def test_after_a_reset_nothing_is_known_of_the_microphone():
    fusion = engine(modalities=('text',))
    listen(fusion, 0, 14.75)
    fusion.add(happy('text', 15), s(15))
    fusion.reset()
    assert fusion.next_deadline() is None
    assert text_of(fusion.add(happy('text', 15), s(15))).weight == 1.0


@pytest.mark.parametrize(('wrong', 'reason'), [
    (VoiceHeard(s(30), s(0.25), 0), 'future'), (VoiceHeard(s(19), 0, 0), 'duration'),
    (VoiceHeard(s(19), s(0.25), s(0.3)), 'duration'), (VoiceHeard(s(19), s(0.25), -1), 'duration'),
    (VoiceHeard(s(19), s(60), 0), 'duration')])
def test_a_report_that_cannot_be_is_refused_and_changes_nothing(wrong, reason):
    fusion = engine(modalities=('text',))
    with pytest.raises(BadInput) as error:
        fusion.note_voice(wrong, s(20))
    assert error.value.reason == reason
    assert text_of(fusion.add(happy('text', 19), s(20))).weight == 1.0


def test_memory_is_bounded_and_a_clock_that_was_set_back_does_not_deafen_it():
    fusion = engine()
    listen(fusion, 1000, 1300)
    listen(fusion, 0, 20)
    said = text_of(fusion.add(happy('text', 19), s(19)) + fusion.advance(s(20)))
    assert said.doubts == ('no_voice',)
    listen(fusion, 20, 300)
    assert len(fusion._gate._reports) <= 1024
