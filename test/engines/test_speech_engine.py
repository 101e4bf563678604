from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
import numpy as np
from numpy.typing import NDArray
import pytest
import soxr

from mer_ros.data import AudioBlock, BadInput, Logits, NANOSECONDS, nanoseconds, Speaker
from mer_ros.engines.speaker_adaptation import SpeakerAdaptation
from mer_ros.engines.speech import SpeechEngine
from mer_ros.fusion import fuse
from mer_ros.models import load_model
from mer_ros.perception.segments import Segmenter

START = 30 * NANOSECONDS


class Length:
    """A model whose answer is the length of the utterance in seconds."""

    name = 'length'
    labels = ('anger', 'neutral')

    def logits(self, batch: Sequence[NDArray[np.float32]]) -> NDArray[np.float32]:
        return np.array([[len(waveform) / 16000, 0.0] for waveform in batch], dtype=np.float32)


class Level(Length):
    """A model that can be adapted; its one statistic is how loud the utterance is."""

    mean = np.array([0.2])
    departures = np.zeros((2, 1))
    inertia = np.ones(1)

    def describe(self, waveform: NDArray[np.float32]) -> NDArray[np.float64] | None:
        return np.array([float(np.abs(waveform).max())])

    def classify(
        self, statistics: NDArray[np.float64], *, mean: NDArray[np.float64] | None = None
    ) -> NDArray[np.float32]:
        departure = statistics - (self.mean if mean is None else mean)
        return np.concatenate([departure, 0 * departure], axis=1).astype(np.float32)

    def logits(self, batch: Sequence[NDArray[np.float32]]) -> NDArray[np.float32]:
        return self.classify(np.array([[np.abs(waveform).max()] for waveform in batch]))


class Broken(Length):
    """A model that cannot judge what is longer than a second."""

    def logits(self, batch: Sequence[NDArray[np.float32]]) -> NDArray[np.float32]:
        return np.where(super().logits(batch)[:, :1] > 1.0, np.nan, super().logits(batch))


class Loudness:
    """A voice activity detector for which whatever is loud is a voice."""

    def probability(self, frame: NDArray[np.float32]) -> float:
        return float(np.abs(frame).mean() > 0.1)

    def reset(self) -> None:
        pass


class Anything(Loudness):
    """A voice activity detector for which whatever can be heard is a voice."""

    def probability(self, frame: NDArray[np.float32]) -> float:
        return float(np.abs(frame).max() > 0.01)


def engine(**options: object) -> SpeechEngine:
    options.setdefault('mode', 'utterance')
    return SpeechEngine(Length(), voice=Loudness(), **options)  # type: ignore[arg-type]


def sound(*parts: tuple[float, float], rate: int = 16000) -> NDArray[np.float32]:
    """Return (level, seconds) parts one after the other, float32 (n, 1)."""
    random = np.random.default_rng(5)
    return np.concatenate([
        level * random.choice([-1.0, 1.0], round(seconds * rate)) for level, seconds in parts
    ]).astype(np.float32)[:, None]


def blocks(
    samples: NDArray[np.float32], *, rate: int = 16000, start: int = START, person: str = '',
    seconds: float = 0.02, jitter: float = 0.0,
) -> Iterator[AudioBlock]:
    size, random = round(rate * seconds), np.random.default_rng(6)
    for at in range(0, len(samples), size):
        stamp = start + at * NANOSECONDS // rate + nanoseconds(random.uniform(-jitter, jitter))
        yield AudioBlock(stamp, samples[at:at + size], rate, 'ears', person)


def run(perceiver: SpeechEngine, stream: Iterator[AudioBlock]) -> list[Logits]:
    return [logits for block in stream for logits in perceiver.process(block)]


def at(logits: Logits) -> float:
    return (logits.stamp - START) / NANOSECONDS


SENTENCE = sound((0.0, 1.0), (0.4, 1.5), (0.0, 1.0))


def test_an_utterance_is_stamped_with_its_end_and_carries_its_length() -> None:
    [logits] = run(engine(), blocks(SENTENCE, person='ada'))
    assert at(logits) == pytest.approx(2.5, abs=0.04)
    assert logits.window / NANOSECONDS == pytest.approx(1.5, abs=0.06)
    assert (logits.modality, logits.model, logits.person_id, logits.frame_id) == (
        'speech', 'length', 'ada', 'ears')
    assert logits.labels == ('anger', 'neutral')
    assert logits.logits[0] == pytest.approx(1.7, abs=0.1)  # with the padding
    assert logits.quality > 0.75
    assert logits.doubts == ('short',)


@pytest.mark.parametrize('rate', [8000, 22050, 44100, 48000, 96000])
@pytest.mark.parametrize('seconds', [0.01, 0.0371, 0.5])
def test_neither_rate_nor_size_of_blocks_changes_the_result(rate: int, seconds: float) -> None:
    parts = ((0.0, 1.0), (0.4, 1.5), (0.0, 1.0))
    perceiver = engine()
    [logits] = run(perceiver, blocks(sound(*parts, rate=rate), rate=rate, seconds=seconds))
    assert at(logits) == pytest.approx(2.5, abs=0.04)
    assert perceiver.counts == {}


def test_channels_are_mixed() -> None:
    [logits] = run(engine(), blocks(np.repeat(SENTENCE, 2, axis=1)))
    assert at(logits) == pytest.approx(2.5, abs=0.04)


def test_silence_gives_nothing() -> None:
    perceiver = engine(mode='both')
    assert run(perceiver, blocks(sound((0.0, 3.0), (0.05, 3.0)))) + perceiver.flush() == []


def test_flush_ends_what_is_open_and_then_nothing_is_left() -> None:
    perceiver = engine()
    assert run(perceiver, blocks(sound((0.4, 1.0)))) == []
    [logits] = perceiver.flush()
    assert at(logits) == pytest.approx(1.0, abs=0.04)
    assert perceiver.flush() == []


def test_flush_gives_what_the_filter_still_held() -> None:
    perceiver = engine()
    run(perceiver, blocks(sound((0.4, 1.0), rate=8000), rate=8000))
    [logits] = perceiver.flush()
    assert at(logits) == pytest.approx(1.0, abs=0.04)


def test_an_engine_that_heard_nothing_has_nothing_to_flush() -> None:
    assert engine().flush() == []


def test_windows_come_every_hop_while_someone_speaks() -> None:
    perceiver = engine(mode='window', window_length=2.0, hop=0.5)
    found = run(perceiver, blocks(sound((0.0, 1.0), (0.4, 4.0), (0.0, 1.0))))
    assert [at(logits) for logits in found] == pytest.approx(
        np.arange(1.5, 5.1, 0.5), abs=0.04)
    assert max(logits.window for logits in found) == pytest.approx(2 * NANOSECONDS, rel=0.02)


def test_speech_shorter_than_a_hop_is_judged_when_it_ends() -> None:
    perceiver = engine(mode='window', hop=1.0)
    [logits] = run(perceiver, blocks(sound((0.0, 1.0), (0.4, 0.6), (0.0, 1.0))))
    assert at(logits) == pytest.approx(1.6, abs=0.04)


def test_both_gives_windows_and_then_the_utterance() -> None:
    found = run(engine(mode='both', hop=1.0), blocks(SENTENCE))
    assert [at(logits) for logits in found] == pytest.approx([2.0, 2.5], abs=0.04)


def test_a_gap_ends_the_utterance() -> None:
    perceiver = engine()
    speech = sound((0.4, 1.0))
    assert run(perceiver, blocks(speech)) == []
    [logits] = run(perceiver, blocks(speech, start=START + 3 * NANOSECONDS))
    assert at(logits) == pytest.approx(1.0, abs=0.04)
    [logits] = perceiver.flush()
    assert at(logits) == pytest.approx(4.0, abs=0.04)
    assert perceiver.counts == {'gap': 1}


def test_a_step_back_in_time_forgets_the_utterance() -> None:
    perceiver = engine()
    run(perceiver, blocks(sound((0.4, 1.0)), start=START + 60 * NANOSECONDS))
    [logits] = run(perceiver, blocks(SENTENCE))
    assert at(logits) == pytest.approx(2.5, abs=0.04)
    assert perceiver.counts == {'backward': 1}


def test_a_replay_gives_the_same_as_the_first_time() -> None:
    perceiver = engine(mode='both')
    first = run(perceiver, blocks(SENTENCE))
    assert [logits.stamp for logits in run(perceiver, blocks(SENTENCE))] == [
        logits.stamp for logits in first]


def test_jittery_stamps_do_not_cut_an_utterance() -> None:
    perceiver = engine()
    [logits] = run(perceiver, blocks(SENTENCE, jitter=0.05))
    assert at(logits) == pytest.approx(2.5, abs=0.1)
    assert perceiver.counts == {}


def test_another_person_ends_the_utterance_of_the_first() -> None:
    perceiver = engine()
    speech = sound((0.4, 1.0))
    run(perceiver, blocks(speech, person='ada'))
    [ada] = run(perceiver, blocks(speech, start=START + NANOSECONDS, person='bob'))
    [bob] = perceiver.flush()
    assert (ada.person_id, bob.person_id) == ('ada', 'bob')


def test_another_rate_loses_nothing_of_the_utterance() -> None:
    perceiver = engine()
    run(perceiver, blocks(sound((0.4, 1.0), rate=8000), rate=8000))
    later = blocks(sound((0.0, 1.0), rate=48000), rate=48000, start=START + NANOSECONDS)
    [logits] = run(perceiver, later)
    assert at(logits) == pytest.approx(1.0, abs=0.04)


def test_an_empty_block_changes_nothing() -> None:
    perceiver = engine()
    assert perceiver.process(AudioBlock(START, np.empty((0, 1), np.float32), 16000)) == []
    assert len(run(perceiver, blocks(SENTENCE))) == 1


@pytest.mark.parametrize(('block', 'reason', 'text'), [
    (AudioBlock(0, SENTENCE, 16000), 'unstamped', 'header.stamp'),
    (AudioBlock(START, SENTENCE[:, 0], 16000), 'channels', 'shape'),
    (AudioBlock(START, SENTENCE[:, :0], 16000), 'channels', '0 channels'),
    (AudioBlock(START, SENTENCE, 100), 'sample_rate', '100 Hz'),
    (AudioBlock(START, SENTENCE * np.float32(np.nan), 16000), 'not_finite', 'finite'),
])
def test_sound_that_cannot_be_used_says_why_and_changes_nothing(
    block: AudioBlock, reason: str, text: str
) -> None:
    perceiver = engine()
    run(perceiver, blocks(sound((0.4, 1.0))))
    with pytest.raises(BadInput, match=text) as caught:
        perceiver.process(block)
    assert caught.value.reason == reason
    [logits] = run(perceiver, blocks(sound((0.0, 1.0)), start=START + NANOSECONDS))
    assert at(logits) == pytest.approx(1.0, abs=0.04)


def adaptive(**options: object) -> tuple[SpeechEngine, SpeakerAdaptation]:
    adaptation = SpeakerAdaptation(Level(), prior=1.0, memory=1e9)
    return SpeechEngine(Level(), voice=Loudness(), adaptation=adaptation,
                        **options), adaptation  # type: ignore[arg-type]


TALK = sound(*[(0.4, 1.5), (0.0, 1.0)] * 3)


@pytest.mark.parametrize('mode', ['utterance', 'both'])
def test_whole_utterances_are_judged_against_what_the_person_said_before(mode: str) -> None:
    perceiver, adaptation = adaptive(mode=mode)
    found = [logits.logits[0] for logits in run(perceiver, blocks(TALK, person='ada'))]
    per_utterance = len(found) // 3
    expected = np.repeat([0.2, 0.1, 0.2 / 3], per_utterance)
    assert found == pytest.approx(expected, abs=1e-3)
    assert adaptation.people == ('ada',)


def test_windows_do_not_count_but_the_utterances_they_lie_in_do() -> None:
    perceiver, adaptation = adaptive(mode='window')
    run(perceiver, blocks(TALK, person='ada'))
    assert adaptation.mean_of('ada')[0] == pytest.approx(0.2 + 0.6 / 4, abs=1e-3)


def test_short_or_clipped_speech_is_not_learned_from() -> None:
    perceiver, adaptation = adaptive(mode='utterance')
    poor = sound((0.4, 0.4), (0.0, 1.0), (1.0, 1.5), (0.0, 1.0))
    assert len(run(perceiver, blocks(poor))) == 2
    assert adaptation.people == ()


def test_neither_a_gap_nor_a_step_back_forgets_how_people_sound_but_a_reset_does() -> None:
    perceiver, adaptation = adaptive(mode='utterance')
    run(perceiver, blocks(TALK))
    run(perceiver, blocks(TALK, start=START + 60 * NANOSECONDS))
    run(perceiver, blocks(TALK))
    assert perceiver.counts == {'gap': 1, 'backward': 1}
    assert adaptation.mean_of('')[0] > 0.37
    perceiver.reset()
    assert adaptation.people == ()


def test_a_voice_is_judged_against_the_active_speaker_at_its_time() -> None:
    perceiver, adaptation = adaptive(mode='utterance', people='many')
    perceiver.note_speaker(Speaker(START, 'ada'))
    perceiver.note_speaker(Speaker(START + 4 * NANOSECONDS, 'ben'))
    found = run(perceiver, blocks(TALK))
    assert adaptation.people == ('ada', 'ben')
    assert [logits.person_id for logits in found] == ['', '', '']


def test_among_many_a_voice_that_may_be_anybodys_is_judged_like_everybodys() -> None:
    perceiver, adaptation = adaptive(mode='utterance', people='many')
    found = run(perceiver, blocks(TALK))
    assert [logits.logits[0] for logits in found] == [found[0].logits[0]] * 3
    assert adaptation.people == ()


def test_a_voice_that_was_not_heard_for_ten_minutes_is_forgotten_while_nobody_speaks() -> None:
    perceiver, adaptation = adaptive(mode='utterance')
    run(perceiver, blocks(TALK))
    assert adaptation.people == ('',)
    for minutes in (9, 11):
        later = START + minutes * 60 * NANOSECONDS
        run(perceiver, blocks(sound((0.0, 0.1)), start=later))
        assert adaptation.people == (('',) if minutes == 9 else ())


def test_how_people_sound_can_be_forgotten_while_the_stream_goes_on() -> None:
    perceiver, adaptation = adaptive(mode='utterance')
    stream = blocks(TALK)
    heard = [logits for block in (next(stream) for _ in range(140))
             for logits in perceiver.process(block)]
    perceiver.reset_adaptation()
    assert adaptation.people == ()
    assert len(heard) + len(run(perceiver, stream)) == 3


class Stranger(Level):
    """A model to which everything louder than 0.3 is strange."""

    def strangeness(self, statistics: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.where(statistics[:, 0] > 0.3, 1.0, 0.0)


def test_a_voice_unlike_those_that_were_learned_counts_for_nothing_and_is_not_learned() -> None:
    adaptation = SpeakerAdaptation(Stranger())
    perceiver = SpeechEngine(Stranger(), mode='utterance', voice=Loudness(),
                             adaptation=adaptation)
    [strange] = run(perceiver, blocks(SENTENCE))
    assert strange.quality == 0.0
    assert 'strange_voice' in strange.doubts
    assert adaptation.people == ()
    [known] = run(perceiver, blocks(SENTENCE * np.float32(0.6), start=START + 60 * NANOSECONDS))
    assert known.quality > 0.75
    assert 'strange_voice' not in known.doubts
    assert adaptation.people == ('',)


@pytest.mark.parametrize('kind', ['pink', 'tone', 'chords', 'motor'])
def test_what_is_no_voice_but_passed_for_one_leaves_the_emotion_unknown(kind: str) -> None:
    time = np.arange(4 * 16000) / 16000
    white = np.random.default_rng(0).normal(size=len(time))
    colour = np.maximum(np.fft.rfftfreq(len(time), 1 / 16000), 50.0) ** -0.5
    wave = {
        'pink': np.fft.irfft(np.fft.rfft(white) * colour),
        'tone': np.sin(2 * np.pi * 440 * time),
        'chords': sum(np.sin(2 * np.pi * hertz * time) for hertz in (220, 277, 330, 440))
        * np.exp(-3 * (time % 0.5)),
        'motor': np.sign(np.sin(2 * np.pi * 55 * time)) + 0.1 * white}[kind]
    stream = np.concatenate([np.zeros(16000), 0.8 * wave / np.abs(wave).max(), np.zeros(16000)])
    perceiver = SpeechEngine(load_model('speech', 'lite'), mode='utterance', voice=Anything())
    found = run(perceiver, blocks(stream.astype(np.float32)[:, None]))
    assert found
    for logits in found:
        opinion = fuse({'speech': logits.logits}, reliability={'speech': logits.quality},
                       named={'speech': np.ones(6, bool)})
        assert opinion.uncertainty > 0.8, (logits.quality, logits.doubts)
        assert 'strange_voice' in logits.doubts or 'noisy' in logits.doubts


def test_a_short_utterance_says_so() -> None:
    [logits] = run(engine(), blocks(sound((0.0, 1.0), (0.4, 0.4), (0.0, 1.0))))
    assert logits.quality < 0.8
    assert logits.doubts == ('short',)


@pytest.mark.parametrize(('option', 'known'), [
    ('mode', "'utterance', 'window', 'both'"), ('people', "'one', 'many'")])
def test_an_unknown_choice_is_refused(option: str, known: str) -> None:
    with pytest.raises(ValueError, match=rf"'sometimes'.*{known}"):
        engine(**{option: 'sometimes'})


def told(found: Sequence[Logits]) -> list[tuple[int, int, bytes]]:
    """Return the end, the length and the samples of each utterance."""
    return [(logits.stamp, logits.window, logits.media.sound.tobytes()) for logits in found
            if logits.media is not None and logits.media.sound is not None]


SPEECH = sound((0.0, 0.5), (0.4, 0.8), (0.0, 0.6), (0.4, 1.3), (0.0, 0.7))


def cut(sizes: Sequence[int]) -> Iterator[AudioBlock]:
    """Cut the speech into blocks of these sizes, and the rest into blocks of 20 ms."""
    at = 0
    for size in (*sizes, *[320] * len(SPEECH)):
        if at >= len(SPEECH):
            return
        yield AudioBlock(START + at * NANOSECONDS // 16000, SPEECH[at:at + size], 16000)
        at += size


def heard(stream: Iterator[AudioBlock]) -> tuple[SpeechEngine, list[tuple[int, int, bytes]]]:
    perceiver = engine(with_media=True)
    return perceiver, told([*run(perceiver, stream), *perceiver.flush()])


WHOLE = heard(cut([]))[1]


@given(st.lists(st.integers(0, 9000), max_size=40))
def test_the_same_sound_gives_the_same_utterances_however_it_is_cut(sizes: list[int]) -> None:
    perceiver, found = heard(cut(sizes))
    assert found == WHOLE
    assert len(found) == 2
    assert perceiver.counts == {}


@given(st.lists(st.integers(80, 9000), max_size=40),
       st.lists(st.floats(0.0, 1.99), min_size=1, max_size=60))
def test_arrivals_below_two_seconds_late_give_the_same_utterances(
    sizes: list[int], delays: list[float]
) -> None:
    arrival, late = 0, []
    for index, block in enumerate(cut(sizes)):
        delay = 0.0 if index == 0 else delays[index % len(delays)]
        arrival = max(arrival, block.end + nanoseconds(delay))
        late.append(replace(block, stamp=arrival - (block.end - block.stamp), arrived=True))
    perceiver, found = heard(iter(late))
    assert [one[1:] for one in found] == [one[1:] for one in WHOLE]
    assert [one[0] for one in found] == pytest.approx([one[0] for one in WHOLE], abs=1000)
    assert perceiver.counts == {}


@pytest.mark.parametrize('delay', [0.15, 1.0, 1.9])
def test_a_stall_neither_cuts_the_utterance_nor_forgets_the_voice(delay: float) -> None:
    perceiver, adaptation = adaptive(mode='utterance')
    until = START + nanoseconds(5.0)
    stream = [replace(block, arrived=True, stamp=max(block.stamp, until) if
                      until - nanoseconds(delay) <= block.stamp else block.stamp)
              for block in blocks(TALK)]
    assert len(run(perceiver, iter(stream))) == 3
    assert perceiver.counts == {}
    assert adaptation.mean_of('')[0] > 0.3


def test_lost_blocks_are_silence_of_their_length_and_the_utterance_keeps_its_own() -> None:
    perceiver = engine()
    kept = [block for index, block in enumerate(blocks(SENTENCE)) if index % 4]
    [logits] = run(perceiver, iter(kept))
    assert at(logits) == pytest.approx(2.5, abs=0.04)
    assert logits.window / NANOSECONDS == pytest.approx(1.5, abs=0.06)
    assert perceiver.counts['lost'] == pytest.approx(len(kept) / 3, abs=2)
    assert set(perceiver.counts) == {'lost'}


def test_the_robots_own_voice_ends_the_utterance_and_is_not_judged() -> None:
    perceiver = engine()
    stream = list(blocks(sound((0.4, 3.0), (0.0, 1.0))))
    found = run(perceiver, iter(stream[:50]))
    found += run(perceiver, (replace(block, own=True) for block in stream[50:100]))
    found += run(perceiver, iter(stream[100:]))
    assert [at(logits) for logits in found] == pytest.approx([1.0, 3.0], abs=0.04)
    assert [logits.window / NANOSECONDS for logits in found] == pytest.approx([1, 1], abs=0.04)
    assert perceiver.counts == {}


def reported(perceiver: SpeechEngine) -> list[tuple[float, float]]:
    """Return the end of each report, in seconds since the start, and its share of voice."""
    return [((one.stamp - START) / NANOSECONDS, one.voiced / one.window)
            for one in perceiver.take_heard()]


@pytest.mark.parametrize('seconds', [0.02, 0.1, 3.5])
def test_it_tells_about_four_times_a_second_whether_there_was_a_voice(seconds: float) -> None:
    perceiver = engine()
    run(perceiver, blocks(SENTENCE, seconds=seconds))
    reports = reported(perceiver)
    assert np.diff([end for end, _ in reports]) == pytest.approx(0.256, abs=0.01)
    assert reports[-1][0] > 3.2
    assert {share for end, share in reports if end < 0.95 or end > 2.8} == {0.0}
    assert {share for end, share in reports if 1.3 < end < 2.45} == {1.0}
    assert reported(perceiver) == []


def test_while_the_robot_speaks_the_microphone_is_there_and_hears_nobody() -> None:
    perceiver = engine()
    run(perceiver, (replace(block, own=True) for block in blocks(SENTENCE)))
    reports = reported(perceiver)
    assert len(reports) == 13
    assert {share for _, share in reports} == {0.0}


def test_where_sound_is_missing_no_report_says_that_it_was_silent() -> None:
    perceiver = engine()
    run(perceiver, blocks(sound((0.0, 1.1))))
    run(perceiver, blocks(sound((0.0, 1.1)), start=START + 5 * NANOSECONDS))
    perceiver.flush()
    ends = [end for end, _ in reported(perceiver)]
    assert [end for end in ends if 1.15 < end < 5.2] == []
    assert max(end for end in ends if end < 5) == pytest.approx(1.1, abs=0.04)
    assert ends[-1] == pytest.approx(6.1, abs=0.04)


def test_an_answer_that_is_not_finite_is_counted_and_the_sound_is_taken_in() -> None:
    perceiver = SpeechEngine(Broken(), mode='utterance', voice=Loudness())
    parts = sound((0.0, 0.5), (0.4, 1.5), (0.0, 0.6), (0.4, 0.6), (0.0, 0.6))
    [logits] = perceiver.process(AudioBlock(START, parts, 16000))
    assert at(logits) == pytest.approx(3.2, abs=0.04)
    assert perceiver.counts == {'model_output': 1}


def test_nothing_is_learned_from_an_answer_that_is_not_finite() -> None:
    class Nan(Level):
        def classify(self, statistics: NDArray[np.float64], *,
                     mean: NDArray[np.float64] | None = None) -> NDArray[np.float32]:
            return np.full((len(statistics), 2), np.nan, np.float32)

    adaptation = SpeakerAdaptation(Nan())
    perceiver = SpeechEngine(Nan(), mode='utterance', voice=Loudness(), adaptation=adaptation)
    assert run(perceiver, blocks(TALK)) == []
    assert perceiver.counts == {'model_output': 3}
    assert adaptation.people == ()


def test_a_model_that_fails_loses_none_of_the_sound_that_follows() -> None:
    class Failing(Length):
        failed = False

        def logits(self, batch: Sequence[NDArray[np.float32]]) -> NDArray[np.float32]:
            if not self.failed:
                self.failed = True
                raise RuntimeError('out of memory')
            return super().logits(batch)

    perceiver = SpeechEngine(Failing(), mode='utterance', voice=Loudness())
    with pytest.raises(RuntimeError, match='memory'):
        perceiver.process(AudioBlock(
            START, np.concatenate([SENTENCE, SENTENCE[:24000]]), 16000, 'ears'))
    later = START + len(SENTENCE) * NANOSECONDS // 16000 + nanoseconds(1.5)
    [logits] = run(perceiver, blocks(SENTENCE[24000:], start=later))
    assert logits.window / NANOSECONDS == pytest.approx(1.5, abs=0.06)


def test_loud_sound_without_a_voice_for_long_is_remarked() -> None:
    class Deaf(Loudness):
        def probability(self, frame: NDArray[np.float32]) -> float:
            return 0.0

    perceiver = SpeechEngine(Length(), voice=Deaf())
    run(perceiver, blocks(sound((0.01, 40.0)), seconds=0.5))
    assert perceiver.counts == {}
    run(perceiver, blocks(sound((0.3, 29.0)), seconds=0.5, start=START + 40 * NANOSECONDS))
    assert perceiver.counts == {}
    run(perceiver, blocks(sound((0.3, 2.0)), seconds=0.5, start=START + 69 * NANOSECONDS))
    assert perceiver.counts == {'no_voice': 1}
    talk = engine()
    run(talk, blocks(sound((0.4, 40.0)), seconds=0.5))
    assert talk.counts == {}


def test_settings_of_the_segmenter_are_used() -> None:
    parts = sound((0.4, 1.0), (0.0, 0.6), (0.4, 1.0), (0.0, 1.5))
    assert len(run(engine(), blocks(parts))) == 2
    assert len(run(engine(segmenter=Segmenter(min_silence=0.8)), blocks(parts))) == 1


def test_speech_is_found_with_the_real_voice_activity(sample: Any) -> None:
    spoken = sample.spoken(0)
    speech = soxr.resample(spoken[:np.flatnonzero(np.abs(spoken) > 0.01)[-1]], 16000, 48000)
    silence = np.zeros(48000, dtype=np.float32)
    stream = np.concatenate([silence, speech, silence])[:, None]
    [logits] = run(SpeechEngine(Length(), mode='utterance'), blocks(stream, rate=48000))
    assert at(logits) == pytest.approx(1.0 + len(speech) / 48000, abs=0.2)
    assert logits.quality > 0.7


def test_the_built_in_model_judges_speech(sample: Any) -> None:
    perceiver = SpeechEngine(load_model('speech', 'lite'), mode='utterance')
    logits = [*run(perceiver, iter(sample.blocks[:44])), *perceiver.flush()][0]
    assert np.isfinite(logits.logits).all()
    assert len(logits.labels) == len(logits.logits)


class Seeing(Length):
    """A model whose one feature is the length of what it is asked about, in seconds."""

    def features(self, waveform: NDArray[np.float32]) -> NDArray[np.float32]:
        return np.array([[len(waveform) / 16000]], dtype=np.float32)


def seen(mode: str, *parts: tuple[float, float]) -> list[float]:
    perceiver = SpeechEngine(Seeing(), mode=mode, voice=Loudness(), with_features=True)
    return [round(float(item.features[0, 0]), 1) for item in run(perceiver, blocks(sound(*parts)))
            if item.features is not None]


def test_features_come_only_when_asked_for() -> None:
    parts = (0, 0.5), (0.5, 2), (0, 1)
    assert all(item.features is None for item in run(engine(), blocks(sound(*parts))))
    [whole] = seen('utterance', *parts)
    assert whole == pytest.approx(2.0, abs=0.3)


def test_no_sound_is_told_of_twice() -> None:
    lengths = seen('both', (0, 0.5), (0.5, 3.6), (0, 1))
    assert lengths[:3] == [1.0, 1.0, 1.0]
    assert len(lengths) == 4
    assert sum(lengths) == pytest.approx(3.6, abs=0.2)
    assert seen('window', (0, 0.5), (0.5, 3.1), (0, 1)) == [1.0, 1.0, 1.0]


def test_a_model_without_features_cannot_be_asked_for_them() -> None:
    with pytest.raises(ValueError, match="'length' gives no features"):
        engine(with_features=True)


@pytest.mark.parametrize('seconds', [*np.arange(1.0, 1.6, 0.032), 25.0])
def test_a_window_and_an_utterance_that_end_together_have_stamps_of_their_own(
        seconds: float) -> None:
    speech = sound((0.0, 0.5), (0.4, seconds), (0.0, 1.0))
    stamps = [logits.stamp for logits in run(engine(mode='both'), blocks(speech))]
    assert len(stamps) == len(set(stamps)) >= 2
    assert stamps == sorted(stamps)
