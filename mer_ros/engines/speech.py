"""From sound to the evidence of the voice."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from mer_ros.data import (
    AudioBlock,
    BadInput,
    check_stamp,
    Logits,
    Media,
    NANOSECONDS,
    SAMPLE_RATE,
    Speaker,
    VoiceHeard,
)
from mer_ros.engines.active_speaker import ActiveSpeaker
from mer_ros.engines.scores import check_gives_features, check_scores, features_of, scores
from mer_ros.engines.speaker_adaptation import AdaptiveModel, KnowsStrangers, SpeakerAdaptation
from mer_ros.engines.voice_quality import doubted
from mer_ros.engines.voice_reports import VoiceReports
from mer_ros.models.protocols import SpeechModel
from mer_ros.perception.sample_clock import SampleClock
from mer_ros.perception.segments import Frame, Segmenter, SlidingWindow, Utterance
from mer_ros.perception.sound import check_sound, Resampler
from mer_ros.perception.voice import FRAME, SileroVoice, VoiceActivity

MODES = ('utterance', 'window', 'both')
"""When to judge: at the end of each utterance, on sliding windows while someone speaks, or both."""

PEOPLE = ('one', 'many')
"""Who may be speaking where nobody says it: always the one same person, or one of many."""

LOUD = 0.02
"""Root mean square from which on a frame of sound is loud."""

LOUD_FOR = 30 * NANOSECONDS
"""Loud sound without any voice for this long is rather sound of another rate or encoding."""

LEAST_NEW = NANOSECONDS // 4
"""Less new sound than this has no features of its own: it is left to the next ones."""

LEARN_FROM = 0.5
"""The least quality of an utterance that adaptation learns from."""


@dataclass(frozen=True, slots=True)
class _Due:
    """What is to be judged: an utterance in stream time, and the event time of its end.

    ``new`` samples at its end have no features yet; not ``wanted`` is what is only learned from.
    """

    utterance: Utterance
    stamp: int
    person_id: str
    frame_id: str
    whole: bool
    wanted: bool
    new: int


class SpeechEngine:
    """Judges the utterances in one stream of sound.

    ``mode`` is one of MODES; windows are ``window_length`` seconds long and come every ``hop``
    seconds (speech shorter than a hop is judged when it ends).  ``segmenter`` sets how utterances
    are found, ``voice`` by what.  With ``adaptation``, the voice is judged against the person's
    own; it learns from whole utterances, after they were judged, never from windows.  The person
    is that of the sound, else the active speaker (`note_speaker`), else '' where ``people`` is
    'one'; with 'many' nobody knows who spoke, and the voice is judged like anybody's.

    ``counts`` says how often sound was ``lost`` (a little: silence takes its place), lost for
    longer (``gap``: the utterance ends there) or time was set back (``backward``: the open
    utterance is forgotten); how often the model gave no finite answer (``model_output``: there is
    no evidence then); and after how many stretches of LOUD_FOR of loud sound there was still
    ``no_voice``.

    `take_heard` tells when there was a voice at all.

    ``with_features`` asks for the model's features too; ValueError where it gives none.  They
    cover only sound that no features covered before, though windows overlap.  ``with_media`` asks
    for the sound that was judged, at 16 kHz.
    """

    def __init__(
        self, model: SpeechModel, *, mode: str = 'both', window_length: float = 3.0,
        hop: float = 1.0, segmenter: Segmenter | None = None, voice: VoiceActivity | None = None,
        adaptation: SpeakerAdaptation | None = None, people: str = 'one',
        with_features: bool = False, with_media: bool = False,
    ) -> None:
        for name, value, known in (('mode', mode, MODES), ('people', people, PEOPLE)):
            if value not in known:
                raise ValueError(f'{name} cannot be {value!r}; known: {list(known)}')
        if with_features:
            check_gives_features(model)
        self.counts: Counter[str] = Counter()
        self._model = model
        self._mode = mode
        self._clock = SampleClock()
        self._resampler = Resampler()
        self._voice = voice or SileroVoice()
        self._segmenter = segmenter or Segmenter()
        self._windows = SlidingWindow(length=window_length, hop=hop)
        self._adaptation = adaptation
        self._people = people
        self._speakers = ActiveSpeaker()
        self._heard = VoiceReports()
        self._with_features = with_features
        self._with_media = with_media
        self.reset()

    @property
    def people(self) -> tuple[str, ...]:
        """The persons that the engine has adapted to."""
        return () if self._adaptation is None else self._adaptation.people

    def reset(self) -> None:
        """Forget the stream, who spoke and how people sound; the counts stay."""
        self._restart()
        self._speakers.reset()
        self.reset_adaptation()

    def reset_adaptation(self) -> None:
        """Forget how people sound."""
        if self._adaptation is not None:
            self._adaptation.forget()

    def take_heard(self) -> list[VoiceHeard]:
        """Return when sound was listened to and a voice was in it, since the last call."""
        return self._heard.take()

    def note_speaker(self, speaker: Speaker, now: int | None = None) -> None:
        """Take in who was being talked with at a time: whose voice it is that is heard then.

        Raises BadInput (``future``) as `ActiveSpeaker.note` does.
        """
        self._speakers.note(speaker, now)

    def _restart(self) -> None:
        self._given = 0  # the stamp of the last evidence
        self._clock.reset()
        self._heard.reset()
        self._restart_listening()

    def _restart_listening(self) -> None:
        self._resampler.reset()
        self._voice.reset()
        self._segmenter.reset()
        self._windows.reset()
        self._rest = np.empty(0, dtype=np.float32)
        self._source: AudioBlock | None = None
        self._covered = 0
        self._loud = 0

    def process(self, block: AudioBlock) -> list[Logits]:
        """Take the next block; return the evidence that it completes.

        A gap, the robot's own voice, another person, frame, rate or number of channels ends the
        open utterance.

        Raises:
            BadInput: ``unstamped``, ``channels``, ``sample_rate``, ``not_finite``; the engine
                stays as it was.
        """
        due, missing = self._follow(block)
        if block.own:
            due += self._end_listening()
            self._clock.take(block, missing)
            self._heard.hear(self._clock.time_of(self._clock.position), block.end - block.stamp,
                             voice=False, frame_id=block.frame_id)
            return self._judge(due)
        start = self._clock.position
        self._clock.take(block, missing)
        if missing:
            silence = np.zeros((missing, block.samples.shape[1]), dtype=np.float32)
            block = replace(block, samples=np.concatenate([silence, block.samples]))
        self._source = block
        due += self._listen(*self._resampler.push(replace(block, stamp=start)))
        return self._judge(due)

    def flush(self) -> list[Logits]:
        """End the stream here; return the evidence that was still open; people stay known."""
        due = self._end_listening()
        self._heard.close()
        self._clock.reset()
        return self._judge(due)

    def _follow(self, block: AudioBlock) -> tuple[list[_Due], int]:
        """Return what ends before a block, and how many samples are missing between."""
        check_block(block)
        step = self._clock.step(block)
        if step.kind != 'next':
            self.counts[step.kind] += 1
        due: list[_Due] = []
        if step.kind == 'backward':
            self._restart()
        elif step.kind == 'gap':
            due = self._end_listening()
            self._heard.close()
            self._clock.reset()
        elif self._source is not None and _kind(block) != _kind(self._source):
            due = self._end_listening()
        if self._adaptation is not None:
            self._adaptation.expire(block.stamp)
        return due, step.missing if step.kind == 'lost' else 0

    def _end_listening(self) -> list[_Due]:
        if self._source is None:
            return []
        due = self._listen(*self._resampler.flush())
        utterance = self._segmenter.flush()
        if utterance is not None:
            due += self._whole(utterance)
        self._restart_listening()
        return due

    def _listen(self, position: int, samples: NDArray[np.float32]) -> list[_Due]:
        """Return what is to be judged once these samples are heard."""
        position -= len(self._rest) * NANOSECONDS // SAMPLE_RATE
        stream = np.concatenate([self._rest, samples])
        whole = len(stream) - len(stream) % FRAME
        self._rest = stream[whole:]
        frame_id = self._source.frame_id if self._source is not None else ''
        due = []
        for start in range(0, whole, FRAME):
            part = stream[start:start + FRAME]
            frame = Frame(position + start * NANOSECONDS // SAMPLE_RATE,
                          self._voice.probability(part), part)
            self._note_loudness(frame)
            self._heard.hear(self._clock.time_of(frame.end), frame.end - frame.stamp,
                             voice=frame.probability >= self._segmenter.keep, frame_id=frame_id)
            utterance = self._segmenter.push(frame)
            if utterance is not None:
                due += self._whole(utterance)
            window = self._windows.push(
                frame, speaking=self._segmenter.speaking, keep=self._segmenter.keep)
            if window is not None and self._mode != 'utterance':
                due.append(self._due(window))
        return due

    def _note_loudness(self, frame: Frame) -> None:
        if frame.probability >= self._segmenter.keep:
            self._loud = 0
        elif float(np.mean(np.square(frame.samples))) >= LOUD ** 2:
            self._loud += frame.end - frame.stamp
        if self._loud >= LOUD_FOR:
            self._loud = 0
            self.counts['no_voice'] += 1

    def _whole(self, utterance: Utterance) -> list[_Due]:
        """Return a whole utterance, if it is asked for or if something is to be learned from it."""
        wanted = self._mode != 'window' or not self._windows.given
        if not wanted and self._adaptation is None:
            return []
        return [self._due(utterance, whole=True, wanted=wanted)]

    def _due(self, utterance: Utterance, *, whole: bool = False, wanted: bool = True) -> _Due:
        source = self._source
        assert source is not None, 'sound is judged only after a block came'
        new = 0
        if wanted and self._with_features and utterance.end - self._covered >= LEAST_NEW:
            new = -(-(utterance.end - self._covered) * SAMPLE_RATE // NANOSECONDS)
            self._covered = utterance.end
        stamp = self._clock.time_of(utterance.end)
        if wanted:
            # A window and an utterance may end together; two judgements with one stamp would be
            # taken for those of two publishers.
            stamp += stamp == self._given
            self._given = stamp
        return _Due(utterance, stamp, source.person_id, source.frame_id, whole, wanted, new)

    def _judge(self, due: list[_Due]) -> list[Logits]:
        """Return the evidence of what is due; the sound is taken in by now, whatever fails."""
        results = []
        for item in due:
            try:
                logits = self._evidence(item)
            except BadInput as error:  # of the model alone: the sound itself was checked
                self.counts[error.reason] += 1
                continue
            if item.wanted:
                results.append(logits)
        return results

    def _evidence(self, due: _Due) -> Logits:
        utterance = due.utterance
        statistics = (self._model.describe(utterance.waveform)
                      if isinstance(self._model, AdaptiveModel) else None)
        strangeness = (
            float(self._model.strangeness(statistics[None])[0])
            if statistics is not None and isinstance(self._model, KnowsStrangers) else 0.0)
        trust, doubts = doubted(utterance, strangeness=strangeness)
        return Logits(
            stamp=due.stamp, modality='speech', labels=tuple(self._model.labels),
            logits=self._scores(due, statistics, learn=due.whole and trust >= LEARN_FROM),
            person_id=due.person_id, model=self._model.name,
            window=utterance.end - utterance.start, quality=trust, frame_id=due.frame_id,
            features=features_of(self._model, utterance.waveform[-due.new:]) if due.new else None,
            media=Media(sound=utterance.waveform) if self._with_media else None, doubts=doubts)

    def _scores(self, due: _Due, statistics: NDArray[np.float64] | None, *, learn: bool
                ) -> NDArray[np.float64]:
        if not isinstance(self._model, AdaptiveModel):
            return scores(self._model, due.utterance.waveform)
        if statistics is None:
            return np.zeros(len(self._model.labels))
        person = due.person_id or self._speakers.at(due.stamp)
        if self._adaptation is None or (self._people == 'many' and not person):
            return check_scores(self._model, self._model.classify(statistics[None]))
        return self._adaptation.judge(person, statistics, learn=learn, now=due.stamp)


def _kind(block: AudioBlock) -> tuple[str, str, int, int]:
    return block.person_id, block.frame_id, block.sample_rate, block.samples.shape[1]


def check_block(block: AudioBlock) -> None:
    """Raise BadInput where sound cannot be used.

    The reasons are ``unstamped``, ``channels``, ``sample_rate`` and ``not_finite``.
    """
    check_stamp(block.stamp)
    if block.samples.ndim != 2:
        raise BadInput('channels', (
            f'samples of shape {block.samples.shape} cannot be used; needed is (n, channels)'))
    check_sound(block.samples.shape[1], block.sample_rate)
    if not np.isfinite(block.samples).all():
        raise BadInput('not_finite', (
            'sound holds samples that are NaN or infinite; they must be finite, in [-1, 1]'))
